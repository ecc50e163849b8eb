#if Storage
import R2Kit
import R2Storage
import Testing

@Suite("Bucket settings on real servers", .againstServers, .serialized)
struct ServerBucketTests {
    @Test(.needs(.bucketCORS, of: .emulator))
    func `R2Emulator stores, returns and deletes CORS rules`() async throws { try await cors(.emulator) }

    @Test(.needs(.bucketCORS, of: .seaweedFS))
    func `SeaweedFS stores, returns and deletes CORS rules`() async throws { try await cors(.seaweedFS) }

    @Test(.needs(.bucketCORS, of: .swift))
    func `OpenStack Swift stores, returns and deletes CORS rules`() async throws { try await cors(.swift) }

    private func cors(_ server: TestServer) async throws {
        let client = try await server.running().client
        let configuration = try CORSConfiguration.browserUploads(from: ["https://app.example"])
        try await client.putBucketCORS(configuration)
        let kept = try #require(try await client.getBucketCORS())
        #expect(kept.rules.map(\.allowedMethods) == configuration.rules.map(\.allowedMethods))
        #expect(kept.rules.map(\.allowedOrigins) == configuration.rules.map(\.allowedOrigins))
        try await client.deleteBucketCORS()
        #expect(try await client.getBucketCORS() == nil)
    }

    @Test(.needs(.bucketLifecycle, of: .emulator))
    func `R2Emulator stores, returns and deletes lifecycle rules`() async throws { try await lifecycle(.emulator) }

    @Test(.needs(.bucketLifecycle, of: .seaweedFS))
    func `SeaweedFS stores, returns and deletes lifecycle rules`() async throws { try await lifecycle(.seaweedFS) }

    @Test(.needs(.bucketLifecycle, of: .swift))
    func `OpenStack Swift stores, returns and deletes lifecycle rules`() async throws { try await lifecycle(.swift) }

    private func lifecycle(_ server: TestServer) async throws {
        let client = try await server.running().client
        let configuration = try LifecycleConfiguration(rules: [
            try .init(id: "old", prefix: "old/", expiration: .days(30))
        ])
        try await client.putBucketLifecycle(configuration)
        #expect(try await client.getBucketLifecycle()?.rules.count == configuration.rules.count)
        try await client.deleteBucketLifecycle()
        #expect(try await client.getBucketLifecycle() == nil)
    }

    @Test(arguments: TestServer.allCases)
    func `the setup check finds no problem in a correct installation`(_ server: TestServer) async throws {
        let client = try await server.running().client
        let origin = "https://app.example"
        let hasCORS = server.gap(.bucketCORS) == nil
        if hasCORS { try await client.putBucketCORS(.browserUploads(from: [origin])) }
        let report = try await client.checkSetup(origin: origin)
        #expect(report.isUsable, "\(report)")
        #expect(report[.corsUpload]?.severity == (hasCORS ? .passed : .unknown), "\(report)")
        if hasCORS { try await client.deleteBucketCORS() }
        for try await object in client.list(prefix: ".r2kit-probe/") { Issue.record("\(object.key) was left behind") }
    }

    @Test(arguments: TestServer.allCases)
    func `the setup check distinguishes a wrong secret from a missing bucket`(_ server: TestServer) async throws {
        let settings = try await server.running().settings
        func client(_ name: String, _ value: String) throws -> R2Client {
            R2Client(try R2Config(environment: settings.merging([name: value]) { $1 }))
        }
        let stranger = try await client("R2_SECRET_ACCESS_KEY", "another").checkSetup()
        #expect(stranger[.credentials]?.severity == .problem, "\(stranger)")
        let elsewhere = try await client("R2_BUCKET_NAME", "nowhere-to-be-found").checkSetup()
        #expect(elsewhere[.bucket]?.severity == .problem, "\(elsewhere)")
    }
}
#endif
