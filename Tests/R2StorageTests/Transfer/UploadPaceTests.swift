#if Storage
import NIOCore
import R2Kit
import R2Storage
import Testing

@Suite struct UploadPaceTests {
    /// The server holds the responses, so that the line alone decides about more parts.
    @Test(arguments: [true, false]) func `a slow line carries two parts at once, and a fast one all`(
        isSlow: Bool
    ) async throws {
        try await TransferFixture.run { fixture in
            // A clock that runs so fast that every line is slow. No other limit may end the upload.
            let factor = isSlow ? 1_000_000 : 1
            var environment = ClientEnvironment.live
            environment.elapsed = { [elapsed = environment.elapsed] in elapsed() * factor }
            let never = Duration.seconds(1_000_000_000_000)
            let client = R2Client(
                fixture.client.config,
                configuration: R2ClientConfiguration(
                    stallTimeout: never, connectionTimeout: never, completionTimeout: never),
                environment: environment)
            let latch = Latch()
            fixture.bucket.fail("UploadPart", times: 10, .wait(latch))
            let upload = client.makeUpload(
                .bytes(pattern(6 * partLength)), to: fixture.key, options: TransferFixture.parts(concurrency: 4))
            async let result = upload.run()
            let expected = isSlow ? 2 : 4
            try await eventually("\(expected) parts are under way") { fixture.bucket.count("UploadPart") == expected }
            // Longer than several checks of the pace.
            try await Task.sleep(for: .milliseconds(200))
            #expect(fixture.bucket.count("UploadPart") == expected)
            latch.open()
            #expect(try await result.partCount == 6)
        }
    }
}
#endif
