#if Emulator
import Testing

@testable import R2Emulator

@Suite("Headers that R2 doesn't implement")
struct ScreeningRules {
    /// A request of an operation, in whose target `{id}` stands for an upload.
    private struct Request: Sendable {
        let method: String
        let target: String
        var headers: [(String, String)] = []
        var body: String?

        static let put = Request(method: "PUT", target: "/media/key", body: "x")
        static let copy = Request(
            method: "PUT", target: "/media/copy", headers: [("x-amz-copy-source", "/media/key")], body: "")
        static let create = Request(method: "POST", target: "/media/key?uploads", body: "")
        static let part = Request(method: "PUT", target: "/media/key?partNumber=1&uploadId={id}", body: "x")
        static let partCopy = Request(
            method: "PUT", target: "/media/key?partNumber=1&uploadId={id}",
            headers: [("x-amz-copy-source", "/media/key")], body: "")
        static let complete = Request(method: "POST", target: "/media/key?uploadId={id}", body: "<X/>")
        static let abort = Request(method: "DELETE", target: "/media/key?uploadId={id}")
        static let delete = Request(method: "DELETE", target: "/media/key")
        static let deleteObjects = Request(
            method: "POST", target: "/media?delete", body: "<Delete><Object><Key>k</Key></Object></Delete>")
    }

    private static let prepare: @Sendable (TestClient) async throws -> String = { client in
        try await client.put("key", "0123456789")
        return try await client.createUpload("key")
    }

    private static func refused(
        _ name: String, _ value: String = "v", by request: Request, _ source: Rule.Source = .observed
    ) -> Rule {
        Rule(
            name: "\(name) of \(request.method) \(request.target)", source: source, prepare: prepare,
            method: request.method, target: request.target, headers: request.headers + [(name, value)],
            body: request.body, status: 501, code: "NotImplemented",
            message: "Header &apos;\(name)&apos; with value &apos;\(value)&apos; not implemented")
    }

    private static func accepted(
        _ name: String, _ value: String = "v", by request: Request, status: Int = 200,
        _ source: Rule.Source = .observed
    ) -> Rule {
        Rule(
            name: "\(name): \(value) of \(request.method) \(request.target)", source: source, prepare: prepare,
            method: request.method, target: request.target, headers: request.headers + [(name, value)],
            body: request.body, status: status)
    }

    private static let writes: [Request] = [.put, .copy, .create]
    private static let writeHeaders = [
        "x-amz-tagging", "x-amz-grant-full-control", "x-amz-grant-read", "x-amz-grant-read-acp", "x-amz-grant-write",
        "x-amz-grant-write-acp", "x-amz-website-redirect-location", "x-amz-object-lock-mode",
        "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold",
        "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-context",
        "x-amz-server-side-encryption-bucket-key-enabled",
    ]

    private static let owner = "x-amz-expected-bucket-owner"
    private static let owned: [Request] =
        writes + [.part, .partCopy, .complete, .delete, .deleteObjects]
        + [
            "/media/key", "/media", "/media?list-type=2", "/media?uploads", "/media?location",
            "/media/key?uploadId={id}",
        ]
        .map { Request(method: "GET", target: $0) }

    private static let refusals: [Rule] =
        owned.map { refused(owner, by: $0) }
        + writes.flatMap { request in writeHeaders.map { refused($0, by: request) } }
        + ["x-amz-source-expected-bucket-owner", "x-amz-tagging-directive", "x-amz-checksum-algorithm"]
        .map { refused($0, by: .copy) }
        + [
            "x-amz-copy-source-if-match", "x-amz-copy-source-if-none-match", "x-amz-copy-source-if-modified-since",
            "x-amz-copy-source-if-unmodified-since", "x-amz-source-expected-bucket-owner",
        ].map { refused($0, by: .partCopy) }
        + [Request.delete, .deleteObjects].flatMap { request in
            ["x-amz-mfa", "x-amz-bypass-governance-retention"].map { refused($0, by: request) }
        }
        + writes.flatMap { request in
            [
                refused("x-amz-acl", "everyone", by: request),
                refused("x-amz-server-side-encryption", "aws:kms", by: request),
            ]
        }
        + [
            refused("x-amz-server-side-encryption", "aws:kms", by: .part),
            refused("x-amz-checksum-sha1", by: .part, .live), refused("x-amz-checksum-sha256", by: .part, .live),
        ]

    /// Types of checksums, each with the algorithms of which an upload in parts has none of that type.
    private static let checksumTypes: [Rule] = [
        ("FULL_OBJECT", ["CRC32", "CRC32C", "SHA1", "SHA256"], ["CRC64NVME"]),
        ("COMPOSITE", ["CRC64NVME"], ["CRC32", "CRC32C", "SHA1", "SHA256"]),
    ].flatMap { (type: String, refusals: [String], acceptances: [String]) in
        func create(_ algorithm: String) -> Request {
            Request(
                method: "POST", target: "/media/key?uploads", headers: [("x-amz-checksum-algorithm", algorithm)],
                body: "")
        }
        return refusals.map { refused("x-amz-checksum-type", type, by: create($0), .unsettled) }
            + acceptances.map { accepted("x-amz-checksum-type", type, by: create($0), .documented) }
    }

    private static let cannedACLs = [
        "private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "bucket-owner-read",
        "bucket-owner-full-control",
    ]

    private static let acceptances: [Rule] =
        writes.flatMap { request in
            cannedACLs.map { accepted("x-amz-acl", $0, by: request) }
                + [accepted("x-amz-server-side-encryption", "AES256", by: request)]
        }
        + [
            accepted(owner, by: .abort, status: 204), accepted(owner, by: Request(method: "GET", target: "/")),
            accepted("x-amz-mfa", by: .put), accepted("x-amz-tagging-directive", by: .put),
            accepted("x-amz-tagging", by: .delete, status: 204), accepted("x-amz-tagging", by: .part),
            accepted("x-amz-copy-source-if-match", "\"x\"", by: .put),
            accepted("x-amz-server-side-encryption", "AES256", by: .part, .unsettled),
        ]

    @Test(arguments: refusals) func refusing(_ rule: Rule) async throws { try await rule.check() }
    @Test(arguments: checksumTypes) func typing(_ rule: Rule) async throws { try await rule.check() }
    @Test(arguments: acceptances) func accepting(_ rule: Rule) async throws { try await rule.check() }

    // MARK: Keys of customers

    private static let key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    private static let md5 = "hRasmdxgYDKV3nvbahU1MA=="

    /// The headers that a request has, and the code and the message that it gets.
    private static let customerKeys: [(algorithm: String?, key: String?, md5: String?, code: String, message: String)] =
        [
            ("DES", nil, nil, "InvalidArgument", "\(mustProvide) an appropriate secret key."),
            (
                "DES", key, nil, "InvalidArgument",
                "\(mustProvide) the client calculated MD5 of the secret key."
            ),
            (nil, key, md5, "InvalidArgument", "\(mustProvide) a valid encryption algorithm."),
            (
                "DES", key, md5, "InvalidEncryptionAlgorithmError",
                "The encryption request that you specified is not valid. The valid value is AES256."
            ),
        ]
    private static let mustProvide =
        "Requests specifying Server Side Encryption with Customer provided keys must provide"

    @Test(arguments: customerKeys) func `an incomplete key of a customer's`(
        _ algorithm: String?, _ key: String?, _ md5: String?, _ code: String, _ message: String
    ) async throws {
        let sent = [("algorithm", algorithm), ("key", key), ("key-md5", md5)]
        func headers(_ prefix: String) -> [(String, String)] {
            sent.compactMap { name, value in value.map { ("\(prefix)-server-side-encryption-customer-\(name)", $0) } }
        }
        let requests: [(Request, String)] = [
            (.put, "x-amz"), (.create, "x-amz"), (.copy, "x-amz"), (.copy, "x-amz-copy-source"),
            (.partCopy, "x-amz-copy-source"), (Request(method: "GET", target: "/media/key"), "x-amz"),
        ]
        try await TestClient.with { client in
            let id = try await Self.prepare(client)
            for (request, prefix) in requests {
                let response = try await client.send(
                    request.method, request.target.replacing("{id}", with: id), request.headers + headers(prefix),
                    body: request.body.map { Array($0.utf8) })
                #expect(response.status == 400, "\(request.target)")
                #expect(response.element("Code") == code, "\(request.target)")
                #expect(response.element("Message") == message, "\(request.target)")
            }
        }
    }
}
#endif
