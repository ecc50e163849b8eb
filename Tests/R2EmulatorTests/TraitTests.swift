#if Emulator
import HTTPTypes
import R2Kit
import Testing

@testable import R2Emulator

/// A trait that gives each test, or each case of it, an emulator of its own.
///
/// Copy these lines into your tests. They aren't part of the library, which would then need the testing library in
/// apps, too.
struct EmulatedR2: TestTrait, SuiteTrait, TestScoping {
    @TaskLocal static var config: R2Config?

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        // For a suite itself, there is nothing to start.
        guard testCase != nil else { return try await function() }
        try await withR2Emulator { config in
            try await Self.$config.withValue(config) { try await function() }
        }
    }
}

extension Trait where Self == EmulatedR2 {
    static var emulatedR2: Self { EmulatedR2() }
}

@Suite("A trait for tests", .emulatedR2)
struct TraitTests {
    @Test(arguments: 0..<3) func `each case has an emulator of its own`(_ number: Int) async throws {
        let config = try #require(EmulatedR2.config)
        let request = try R2RequestSigner(config).sign(ListObjectsV2().request()).request
        let port = try #require(config.endpoint.port)
        let head =
            ["GET \(request.path ?? "") HTTP/1.1", "host: \(request.authority ?? "")"]
            + request.headerFields.map { "\($0.name): \($0.value)" }
        let response = try await RawConnection.with(port: port) { exchange in
            try await exchange.send((head.joined(separator: "\r\n") + "\r\n\r\n").utf8)
            return try await exchange.response()
        }
        #expect(response.status == 200)
        #expect(response.element("KeyCount") == "0")
    }
}
#endif
