#if Emulator && Storage
import Foundation
import R2Emulator
import R2Kit
import R2Storage
import Testing

/// The Swift code of the guide to the emulator, its article and its documentation comments, each example exactly as
/// there.
@Suite("Examples of the guide to the emulator")
struct EmulatorExamples {
    private let key: ObjectKey

    init() throws { key = try ObjectKey("videos/1.mp4") }

    @Test func `a video is stored`() async throws {
        try await withR2Emulator { config in
            let client = R2Client(config)
            try await client.put(Array("video".utf8), to: ObjectKey("videos/1.mp4"))
            #expect(try await client.exists(ObjectKey("videos/1.mp4")))
        }
    }

    @Test func `an emulator is started and stopped`() async throws {
        let r2 = try await R2Emulator.start()
        let client = R2Client(r2.config)
        try await client.put(Array("video".utf8), to: key)
        await r2.stop()
        #expect(r2.log.requests.map(\.status) == [200])
    }

    @Test func `a URL is signed for the emulator`() async throws {
        let r2 = try await R2Emulator.start()
        let upload = try R2Presigner(r2.config).presignUpload(to: key)
        await r2.stop()
        #expect(upload.url.hasPrefix("\(r2.url)/media/videos/1.mp4?"))
    }

    @Test func `the log explains refusals`() async throws {
        let r2 = try await R2Emulator.start()
        try await stopping(r2) {
            await #expect(throws: R2Error.self) { try await R2Client(r2.config).get(key) }
            for request in r2.log.requests where request.code != nil {
                print(request.method, request.path, request.status, request.explanation ?? request.message ?? "")
            }
            #expect(r2.log.requests.first?.code == "NoSuchKey")
        }
    }

    @Test func `time and faults`() async throws {
        let r2 = try await R2Emulator.start()
        try await stopping(r2) {
            try await r2.advanceClock(by: .seconds(7 * 86_400))  // URLs have expired, open uploads are aborted
            r2.clock.stop(at: Date(timeIntervalSince1970: 1_800_000_000))  // the time of signatures and of new objects
            r2.inject(.internalError, count: 3)  // the next three requests
            r2.inject(.delay(.seconds(1)), into: .operations("GetObject"))
            r2.inject(.lostResponse, into: .operation("CompleteMultipartUpload", key: "videos/1.mp4"))
            r2.removeFaults()
            #expect(r2.clock.now == Date(timeIntervalSince1970: 1_800_000_000))
        }
    }

    @Test func `settings`() async throws {
        let (accessKeyID, secret) = ("0123456789abcdef0123456789abcdef", "sample-secret")

        var options = R2Emulator.Options()
        options.buckets = ["media", "archive"]
        options.keys = [
            R2Emulator.Key(
                accessKeyID: accessKeyID, secretAccessKey: secret, permission: .objectReadOnly, buckets: ["media"])
        ]
        options.limits.minimumPartLength = 1024  // so that a test needs no 5 MiB for two parts
        options.limits.maximumPageLength = 2
        options.behavior.limitsWritesToOnePerSecond = true
        let tokenRule = R2Emulator.PublicOrigin.TokenRule(secret: "edge", timeToLive: .seconds(3600))
        options.publicOrigin = R2Emulator.PublicOrigin(bucket: "media", tokenRule: tokenRule)
        options.eventDelivery = .duplicated
        options.eventHandler = { event in print(event.action, event.object.key) }

        let r2 = try await R2Emulator.start(options)
        await r2.stop()
        #expect(r2.publicURL != nil)
    }

    /// Runs code, and stops the emulator whether it throws or not.
    private func stopping(_ r2: R2Emulator, after body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            await r2.stop()
            throw error
        }
        await r2.stop()
    }
}

/// The trait of the guide, in a namespace because the other tests have the same one.
private enum Guide {
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
}

@Suite("The trait of the guide", Guide.EmulatedR2())
private struct GuideTraitTests {
    @Test func `each test has an emulator`() async throws {
        let config = try #require(Guide.EmulatedR2.config)
        #expect(try await R2Client(config).exists(ObjectKey("videos/1.mp4")) == false)
    }
}
#endif
