#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The fuzz targets by the name that `FUZZ_TARGET` selects one with.
///
/// Each uses the library with any bytes, and checks the results with ``check(_:_:)``.
let targets: [String: @Sendable (FuzzInput) -> Void] = standardTargets.merging(emulatorTargets) { $1 }

#if FUZZ_EMULATOR
private let emulatorTargets: [String: @Sendable (FuzzInput) -> Void] = ["emulator-request": fuzzEmulatorRequest]
#else
private let emulatorTargets: [String: @Sendable (FuzzInput) -> Void] = [:]
#endif

private let standardTargets: [String: @Sendable (FuzzInput) -> Void] = [
    "cors": fuzzCORS,
    "config": fuzzConfig,
    "edge-token": fuzzEdgeToken,
    "endpoint": fuzzEndpoint,
    "error-response": fuzzErrorResponse,
    "http-date": fuzzHTTPDate,
    "list-response": fuzzListResponse,
    "media-probe": fuzzMediaProbe,
    "object-key": fuzzObjectKey,
    "part-plan": fuzzPartPlan,
    "percent-encoding": fuzzPercentEncoding,
    "playlist": fuzzPlaylist,
    "presign": fuzzPresigner,
    "presigned-request": fuzzPresignedRequest,
    "sign": fuzzSigner,
    "xml": fuzzXML,
    "canary-assertion": canaryAssertion,
    "canary-coverage": canaryCoverage,
    "canary-memory": canaryMemory,
    "canary-trap": canaryTrap,
]

private let chosen: @Sendable (FuzzInput) -> Void = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let target = targets[name] else {
        fatalError("set FUZZ_TARGET to one of: \(targets.keys.sorted().joined(separator: ", "))")
    }
    return target
}()

/// The function that libFuzzer calls with every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    chosen(FuzzInput(Array(UnsafeBufferPointer(start: start, count: count))))
    return 0
}

/// Ends the run with a finding unless `condition` holds.
func check(_ condition: Bool, _ message: @autoclosure () -> String) {
    guard condition else { fatalError("FINDING: \(message())") }
}

/// Returns the result of a closure.
///
/// An error is a finding.
func required<Result>(_ what: String, _ make: () throws -> Result) -> Result {
    do { return try make() } catch { fatalError("FINDING: \(what) is refused: \(error)") }
}
