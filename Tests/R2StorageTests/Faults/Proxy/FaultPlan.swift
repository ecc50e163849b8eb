#if Storage
import Synchronization
import TestSupport

/// A plan of faults, which are drawn from a seed.
///
/// The fault of a request depends on its operation, key, and part, and on how often these have occurred. It doesn't
/// depend on the order in which tasks run, so a seed repeats a run.
final class FaultPlan: Sendable {
    private struct Series {
        var generator: SeededGenerator
        var burst: [Fault] = []
    }

    private struct State {
        var series: [String: Series] = [:]
        var calm: Set<String> = []
    }

    let seed: UInt64
    private let prefix: String
    private let rate: @Sendable (String) -> Double
    private let state = Mutex(State())

    /// Creates a plan.
    /// - Parameters:
    ///   - seed: The seed of the random faults.
    ///   - prefix: The prefix of the keys, which differs between runs and doesn't affect the faults.
    ///   - rate: Returns the fraction of failing requests for a key without its prefix, from 0 to 1.
    init(seed: UInt64, prefix: String = "", rate: @escaping @Sendable (String) -> Double) {
        self.seed = seed
        self.prefix = prefix
        self.rate = rate
    }

    /// Passes all later requests for a key without faults.
    func calm(_ key: String) { state.withLock { _ = $0.calm.insert(key) } }

    func fault(for request: S3Request) -> Fault {
        let key = request.key ?? ""
        let name = key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : key
        let slot = "\(request.operation) \(name) \(request.partNumber ?? 0)"
        return state.withLock { state in
            guard !state.calm.contains(key) else { return .none }
            var series = state.series[slot] ?? Series(generator: SeededGenerator(seed: seed, slot))
            defer { state.series[slot] = series }
            if let next = series.burst.popLast() { return next }
            guard series.generator.happens(rate(name)) else { return .none }
            let fault = Self.draw(for: request, &series.generator)
            if case .refusal = fault {
                series.burst = Array(repeating: fault, count: series.generator.pick([0, 1, 2, 4]))
            }
            return fault
        }
    }

    private static func draw(for request: S3Request, _ generator: inout SeededGenerator) -> Fault {
        let respondsLate = ["CompleteMultipartUpload", "CopyObject", "UploadPartCopy"].contains(request.operation)
        let fraction = Double.random(in: 0..<1, using: &generator)
        switch Int.random(in: 0..<100, using: &generator) {
        case ..<50:
            let places: [Fault.Place] = [
                .beforeRequest, .inHead(fraction), .inBody(fraction), .beforeResponse, .inResponseHead(fraction),
                .inResponseBody(fraction), .afterResponse,
            ]
            return .at(generator.pick(places), generator.pick([.reset, .close]))
        case ..<60:
            return .at(generator.pick([.beforeRequest, .inBody(fraction), .beforeResponse]), .pause(5))
        case ..<63:
            return .at(
                generator.pick([.beforeRequest, .inBody(fraction), .beforeResponse, .inResponseBody(fraction)]),
                .stall(1200))
        case ..<78:
            return .refusal(
                status: generator.pick([429, 503, 503, 500, 502]), retryAfter: generator.pick([nil, nil, 0, 1]),
                readsBody: generator.happens(0.7))
        case ..<86:
            return respondsLate ? .errorInSuccess(isDone: generator.happens(0.5)) : .at(.beforeResponse, .reset)
        case ..<91:
            // Without a requested range, a truncated body with a matching length looks complete.
            let isPlainContent = request.operation == "GetObject" && request.headers["range"] == nil
            return .wrongLength(isPlainContent ? 1 : generator.pick([-1, 1, 1000]))
        case ..<95: return .duplicateResponse
        default: return .drip
        }
    }
}
#endif
