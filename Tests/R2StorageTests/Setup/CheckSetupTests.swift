#if Storage
import R2Kit
import R2Storage
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reports about installations with one problem each.
@Suite struct CheckSetupTests {
    /// A small bucket that responds by method, with errors where it is told to.
    struct Bucket: Sendable {
        var list: [StubServer.Step] = .response(200, ["date": "Fri, 02 Jan 2026 03:04:05 GMT"], Documents.list([]))
        var put: [StubServer.Step] = .stored
        var get: [StubServer.Step]?
        var delete: [StubServer.Step] = .response(204)
        var cors: [StubServer.Step] = .error(404, "NoSuchCORSConfiguration")

        func response(to request: StubServer.Request, _ stored: [UInt8]) -> [StubServer.Step] {
            switch request.method {
            case "PUT": put
            case "DELETE": delete
            case _ where request.target.hasSuffix("cors="): cors
            case _ where request.target.contains("list-type"): list
            default: get ?? .object(String(decoding: stored, as: UTF8.self))
            }
        }
    }

    private func report(
        _ bucket: Bucket, origin: String? = nil, otherLocations: Bucket? = nil,
        _ look: (StubServer) throws -> Void = { _ in }
    ) async throws -> SetupReport {
        try await StubServer.run { request in
            if request.path.hasPrefix("/other") {
                return (otherLocations ?? Bucket(list: .error(404, "NoSuchBucket"))).response(to: request, [])
            }
            return bucket.response(to: request, [])
        } _: { empty in
            // A GET returns the bytes of the last PUT.
            let stored = Stored()
            return try await StubServer.run { request in
                if request.method == "PUT" { stored.bytes = request.body }
                return bucket.response(to: request, stored.bytes)
            } _: { server in
                let report = try await server.client(configuration: .init(retry: .none)).checkSetup(
                    origin: origin, otherLocations: [("eu", Fixture.config(port: empty.port, bucket: "other"))])
                try look(server)
                return report
            }
        }
    }

    @Test func `a correct installation passes, and no object remains`() async throws {
        let cors = try CORSConfiguration.browserUploads(from: ["https://app.example.com"]).xml
        let report = try await report(Bucket(cors: .response(200, [:], cors)), origin: "https://app.example.com") {
            server in
            let written = server.requests.filter { $0.method == "PUT" }.map(\.target)
            #expect(written.count == 1)
            #expect(written[0].hasPrefix("/media/.r2kit-probe/"))
            #expect(server.requests.filter { $0.method == "DELETE" }.map(\.target) == written)
        }
        #expect(report.findings.allSatisfy { $0.severity == .passed && $0.remedy == nil }, "\(report)")
        #expect(
            Set(report.findings.map(\.subject)) == [
                .credentials, .clock, .bucket, .list, .write, .read, .delete, .corsUpload, .corsETag, .corsPlayback,
            ])
        #expect(report.isUsable)
    }

    @Test(arguments: [
        (403, "InvalidAccessKeyId", SetupReport.Subject.credentials, "access key ID"),
        (401, "Unauthorized", .credentials, "access key ID"),
        (403, "SignatureDoesNotMatch", .credentials, "secret"), (403, "ExpiredToken", .credentials, "expired"),
        (404, "NoSuchBucket", .bucket, "no bucket named media"), (403, "RequestTimeTooSkewed", .clock, "time"),
        (403, "AccessDenied", .list, "list"), (301, "PermanentRedirect", .bucket, "PermanentRedirect"),
        (400, "AuthorizationHeaderMalformed", .bucket, "region auto"),
        (400, "InvalidRegionName", .bucket, "region auto"),
    ])
    func `a rejected listing is explained`(
        _ status: Int, _ code: String, _ subject: SetupReport.Subject, _ word: String
    ) async throws {
        let report = try await report(Bucket(list: .error(status, code)))
        let finding = try #require(report[subject])
        #expect(finding.severity == .problem)
        #expect(finding.message.contains(word), "\(finding)")
        let remedy = try #require(finding.remedy)
        #expect(!remedy.isEmpty && !finding.message.contains(remedy))
        #expect(!report.isUsable)
    }

    @Test func `a token that can't list can write, read and delete`() async throws {
        let report = try await report(Bucket(list: .error(403, "AccessDenied")))
        #expect(
            [SetupReport.Subject.write, .read, .delete].allSatisfy { report[$0]?.severity == .passed }, "\(report)")
    }

    @Test func `a bucket in another jurisdiction is found`() async throws {
        let report = try await report(Bucket(list: .error(404, "NoSuchBucket")), otherLocations: Bucket())
        let finding = try #require(report[.jurisdiction])
        #expect(finding.severity == .problem)
        #expect(finding.remedy?.contains("R2_JURISDICTION=eu") == true)
    }

    @Test func `a server that doesn't respond is reported as a connection problem`() async throws {
        // Nothing listens on port 1, and no test's server can be given it.
        let client = R2Client(try Fixture.config(port: 1), environment: ManualEnvironment().environment)
        let report = try await client.checkSetup()
        #expect(report.findings.map(\.subject) == [.connection])
        #expect(!report.isUsable)
    }

    @Test func `a token that can only read is detected`() async throws {
        let report = try await report(
            Bucket(put: .error(403, "AccessDenied"), get: .error(404, "NoSuchKey"), delete: .error(403, "AccessDenied"))
        )
        #expect(report[.write]?.severity == .problem)
        #expect(report[.delete]?.severity == .problem)
        #expect(report[.read]?.severity == .passed)
        #expect(report[.write]?.remedy?.contains("Object Read & Write") == true)
        #expect(!report.description.contains("still exists"))
    }

    @Test func `a token that can only write is detected`() async throws {
        let report = try await report(Bucket(get: .error(403, "AccessDenied"), delete: .error(403, "AccessDenied")))
        #expect(report[.write]?.severity == .passed)
        #expect(report[.read]?.severity == .problem)
        #expect(report.description.contains("still exists"))
    }

    @Test func `a changed body is detected`() async throws {
        let report = try await report(Bucket(get: .object("something else")))
        #expect(report[.read]?.severity == .problem)
        #expect(report[.delete]?.severity == .passed)
    }

    @Test(arguments: [(3600, "behind"), (-3600, "ahead"), (90, "behind")])
    func `a wrong clock is reported`(_ offset: Int, _ word: String) async throws {
        let bucket = Bucket()
        try await StubServer.run {
            bucket.response(to: $0, $0.body)
        } _: { server in
            let manual = ManualEnvironment(now: ManualEnvironment.instant.addingTimeInterval(-Double(offset)))
            let report = try await server.client(manual).checkSetup()
            #expect(report[.clock]?.severity == .warning)
            #expect(report[.clock]?.message.contains("\(abs(offset)) seconds \(word)") == true, "\(report)")
        }
    }

    @Test func `the probe is deleted even if the task is canceled`() async throws {
        let bucket = Bucket()
        try await StubServer.run { request in
            request.target.contains("probe") && request.method == "GET" ? [.hang] : bucket.response(to: request, [])
        } _: { server in
            let client = try server.client()
            let task = Task { try await client.checkSetup() }
            try await settles { server.requests.contains { $0.method == "GET" && $0.target.contains("probe") } }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(server.requests.last?.method == "DELETE")
        }
    }
}
#endif
