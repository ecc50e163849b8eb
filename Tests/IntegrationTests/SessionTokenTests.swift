import R2Kit
import SigV4
import TestSupport
import Testing

@Suite("Session tokens", .againstServers)
struct SessionTokenTests {
    @Test(.needs(.sessionTokens, of: .emulator))
    func `R2Emulator: temporary credentials sign URLs that work with their token only`() async throws {
        let server = try await ServerKind.emulator.running()
        let temporary = try TemporaryCredentials(
            for: server.config, accountID: AccountID("00000000000000000000000000000000"),
            scope: .init(permission: .objectReadWrite), lifetime: .seconds(7200))
        try await useToken(of: temporary.config.credentials, on: server)
    }

    @Test(.needs(.sessionTokens, of: .seaweedFS))
    func `SeaweedFS: temporary credentials sign URLs that work with their token only`() async throws {
        let server = try await ServerKind.seaweedFS.running()
        try await useToken(of: try await assumedRole(of: server), on: server)
    }

    @Test(.needs(.sessionTokens, of: .swift))
    func `OpenStack Swift: temporary credentials sign URLs that work with their token only`() async throws {
        let server = try await ServerKind.swift.running()
        try await useToken(of: try await assumedRole(of: server), on: server)
    }

    private func useToken(of credentials: R2Credentials, on server: TestServer) async throws {
        let config = try server.config
        let presigner = R2Presigner(
            try R2Config(endpoint: config.endpoint, credentials: credentials, bucket: config.bucket))
        let key = try Sample.key("a b+c.mp4")
        let upload = try presigner.presignUpload(to: key, constraints: UploadConstraints(contentType: "video/mp4"))
        #expect(try await Message(upload, body: Sample.text).send().status == 200)
        let good = Message(try presigner.presignPlayback(of: key))
        #expect(try await good.send().body == Sample.text)

        let token = try #require(good.url.firstMatch(of: /&X-Amz-Security-Token=([^&]+)/))
        var bad = good
        bad.url.removeSubrange(token.range)
        #expect(try await bad.send().status == 403, "without the token")
        bad = good
        let end = token.range.upperBound
        let last = bad.url.index(before: end)
        bad.url.replaceSubrange(last..<end, with: bad.url[last] == "A" ? "B" : "A")
        #expect(try await bad.send().status == 403, "with another token")
    }

    /// Asks the server for keys of a role.
    private func assumedRole(of server: TestServer) async throws -> R2Credentials {
        let form = [
            ("Action", "AssumeRole"), ("Version", "2011-06-15"), ("RoleSessionName", "tests"),
            ("RoleArn", "arn:aws:iam::000000000000:role/tester"),
        ]
        let body = form.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        let response = try await server.signed(
            "POST", path: "/", query: [], body: Body(body.utf8),
            headers: [SignableRequest.Header("content-type", "application/x-www-form-urlencoded")], service: "sts"
        ).send()
        guard let id = response.element("AccessKeyId"), let secret = response.element("SecretAccessKey"),
            let token = response.element("SessionToken")
        else { throw TestSupportError("Assuming the role failed with status \(response.status).") }
        return try R2Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token)
    }
}
