#if Storage
import R2Kit
import R2Storage
import Testing

/// What the bucket's CORS rules allow pages to do.
@Suite struct CheckCORSTests {
    typealias Rule = CORSConfiguration.Rule
    static let origin = "https://app.example.com"

    struct Sample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let rules: [Rule]
        /// The severities by subject.
        ///
        /// Other subjects weren't checked.
        let severities: [SetupReport.Subject: SetupReport.Severity]
        var word = ""
    }

    static func samples() throws -> [Sample] {
        let exposed = ["etag", "Content-Length", "CONTENT-RANGE"]
        let whole: [SetupReport.Subject: SetupReport.Severity] = [
            .corsUpload: .passed, .corsETag: .passed, .corsPlayback: .passed,
        ]
        func rule(
            _ origins: [String] = [origin], _ methods: [Rule.Method] = [.put, .get, .head], _ headers: [String] = ["*"],
            _ exposed: [String] = exposed
        ) throws -> Rule {
            try Rule(allowedOrigins: origins, allowedMethods: methods, allowedHeaders: headers, exposedHeaders: exposed)
        }
        return [
            Sample(testDescription: "one rule", rules: [try rule()], severities: whole),
            Sample(testDescription: "every origin", rules: [try rule(["*"])], severities: whole),
            Sample(testDescription: "subdomains", rules: [try rule(["https://*.example.com"])], severities: whole),
            Sample(
                testDescription: "a rule each",
                rules: [try rule([origin], [.put], ["Content-Type"]), try rule([origin], [.get, .head], ["Range"])],
                severities: whole),
            Sample(
                testDescription: "another origin", rules: [try rule(["https://app.example.org"])],
                severities: [.corsUpload: .problem, .corsPlayback: .problem], word: "origin"),
            Sample(
                testDescription: "another scheme", rules: [try rule(["http://app.example.com"])],
                severities: [.corsUpload: .problem, .corsPlayback: .problem], word: "origin"),
            Sample(
                testDescription: "no PUT", rules: [try rule([origin], [.get, .head])],
                severities: [.corsUpload: .problem, .corsPlayback: .passed], word: "PUT"),
            Sample(
                testDescription: "no content-type", rules: [try rule([origin], [.put, .get, .head], ["range"])],
                severities: [.corsUpload: .problem, .corsPlayback: .passed], word: "content-type"),
            Sample(
                testDescription: "no ETag",
                rules: [try rule([origin], [.put, .get, .head], ["*"], ["Content-Length", "Content-Range"])],
                severities: [.corsUpload: .passed, .corsETag: .problem, .corsPlayback: .passed], word: "ETag"),
            Sample(
                testDescription: "ETag in a rule that only lets the preflight pass",
                rules: [try rule([origin], [.put], [], []), try rule()],
                severities: [.corsUpload: .passed, .corsETag: .problem, .corsPlayback: .passed], word: "ETag"),
            Sample(
                testDescription: "no GET", rules: [try rule([origin], [.put])],
                severities: [.corsUpload: .passed, .corsETag: .passed, .corsPlayback: .problem], word: "GET"),
            Sample(
                testDescription: "no HEAD, no range",
                rules: [try rule([origin], [.put, .get], ["content-type"], ["etag"])],
                severities: [.corsUpload: .passed, .corsETag: .passed, .corsPlayback: .warning],
                word: "HEAD, the header range, the exposed"),
        ]
    }

    @Test func `rules are evaluated as browsers apply them`() async throws {
        for sample in try Self.samples() {
            let report = try await report(.response(200, [:], CORSConfiguration(rules: sample.rules).xml))
            let findings = report.findings.filter { "\($0.subject)".hasPrefix("CORS") }
            let severities = Dictionary(uniqueKeysWithValues: findings.map { ($0.subject, $0.severity) })
            #expect(severities == sample.severities, "\(sample.testDescription): \(report)")
            #expect(report.description.contains(sample.word), "\(sample.testDescription): \(report)")
        }
    }

    @Test func `a bucket without rules serves no page`() async throws {
        let report = try await report(.error(404, "NoSuchCORSConfiguration"))
        #expect(report[.corsUpload]?.severity == .problem)
        #expect(report[.corsUpload]?.remedy?.contains(Self.origin) == true)
    }

    @Test func `rules that a token can't read are reported as unknown`() async throws {
        let report = try await report(.error(403, "AccessDenied"))
        #expect(report[.corsUpload]?.severity == .unknown)
        #expect(report[.corsUpload]?.message.contains("Can't check") == true)
        #expect(report.isUsable)
    }

    @Test func `an invalid origin throws`() async throws {
        await #expect {
            try await StubServer.run { _ in
                []
            } _: { server in
                _ = try await server.client().checkSetup(origin: "https://app.example.com/")
            }
        } throws: {
            ($0 as? R2ValidationError)?.code == .invalidCORSRule
        }
    }

    private func report(_ cors: [StubServer.Step]) async throws -> SetupReport {
        let bucket = CheckSetupTests.Bucket(cors: cors)
        let stored = Stored()
        return try await StubServer.run { request in
            if request.method == "PUT" { stored.bytes = request.body }
            return bucket.response(to: request, stored.bytes)
        } _: { server in
            try await server.client().checkSetup(origin: Self.origin)
        }
    }
}
#endif
