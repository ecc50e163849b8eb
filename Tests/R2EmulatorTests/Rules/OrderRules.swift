#if Emulator
import Testing

@testable import R2Emulator

@Suite("The order of checks")
struct OrderRules {
    /// Sends a request with all mistakes, and removes them one by one.
    ///
    /// Each mistake is a header, or several, with the code and a part of the message of its refusal.
    private func check(
        _ client: TestClient, _ method: String, _ target: String, _ valid: [(String, String)] = [], body: String,
        mistakes: [(headers: [(String, String)], code: String, message: String)], status: Int = 200
    ) async throws {
        for index in mistakes.indices {
            let headers = mistakes[index...].flatMap(\.headers)
            let names = Set(headers.map(\.0))
            let response = try await client.send(
                method, target, valid.filter { !names.contains($0.0) } + headers, text: body)
            #expect(response.element("Code") == mistakes[index].code, "\(headers): \(response.text)")
            #expect(response.element("Message")?.contains(mistakes[index].message) == true, "\(response.text)")
        }
        let right = try await client.send(method, target, valid, text: body)
        #expect(right.status == status, "\(right.text)")
    }

    @Test func `headers, encryption, class and digest of a write are checked before its conditions`() async throws {
        try await TestClient.with { client in
            try await client.put("key")
            try await check(
                client, "PUT", "/media/key", body: "x",
                mistakes: [
                    ([("x-amz-tagging", "a=b")], "NotImplemented", "x-amz-tagging"),
                    ([("x-amz-server-side-encryption", "aws:kms")], "NotImplemented", "aws:kms"),
                    ([("x-amz-acl", "everyone")], "NotImplemented", "x-amz-acl"),
                    (
                        [("x-amz-server-side-encryption-customer-algorithm", "AES256")], "InvalidArgument",
                        "secret key"
                    ),
                    ([("x-amz-storage-class", "GLACIER")], "InvalidStorageClass", "storage class"),
                    ([("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==")], "BadDigest", "MD5"),
                    ([("if-none-match", "*")], "PreconditionFailed", "pre-conditions"),
                ])
        }
    }

    @Test func `directive, class and source of a copy are checked before its conditions`() async throws {
        try await TestClient.with { client in
            try await client.put("key")
            func source(_ path: String) -> [(String, String)] { [("x-amz-copy-source", path)] }
            try await check(
                client, "PUT", "/media/copy", source("/media/key"), body: "",
                mistakes: [
                    ([("x-amz-tagging-directive", "COPY")], "NotImplemented", "x-amz-tagging-directive"),
                    ([("x-amz-metadata-directive", "KEEP")], "InvalidArgument", "metadata directive KEEP."),
                    ([("x-amz-storage-class", "GLACIER")], "InvalidStorageClass", "storage class"),
                    (source("media"), "InvalidArgument", "copy source bucket name"),
                ])
            for (path, code) in [
                ("/missing/missing", "NoSuchBucket"), ("/media/missing", "NoSuchKey"),
                ("/media/key", "PreconditionFailed"),
            ] {
                let response = try await client.send(
                    "PUT", "/media/copy", source(path) + [("x-amz-copy-source-if-match", "\"x\"")], body: [])
                #expect(response.element("Code") == code)
            }
        }
    }

    private static let owner = ("x-amz-expected-bucket-owner", "me")

    private static func incompleteKey(
        _ name: String, _ method: String, _ target: String, _ prefix: String = "x-amz-",
        _ headers: [(String, String)] = []
    ) -> Rule {
        Rule(
            name: name, source: .observed, method: method, target: target,
            headers: headers + [("\(prefix)server-side-encryption-customer-algorithm", "AES256")],
            body: method == "PUT" ? "" : nil, status: 400, code: "InvalidArgument",
            message: "Requests specifying Server Side Encryption with Customer provided keys must provide "
                + "an appropriate secret key.")
    }

    /// Requests with two mistakes, and the response to the first.
    private static let two: [Rule] = [
        incompleteKey("a customer's key before the range", "GET", "/media/key", "x-amz-", [("range", "x")]),
        incompleteKey("a customer's key before the part number", "GET", "/media/key?partNumber=0"),
        incompleteKey("a customer's key before the part", "PUT", "/media/key?partNumber=0&uploadId=never"),
        incompleteKey(
            "the source's key before the upload", "PUT", "/media/key?partNumber=1&uploadId=never",
            "x-amz-copy-source-", [("x-amz-copy-source", "/media/key")]),
        incompleteKey(
            "the source's key before the directive", "PUT", "/media/copy", "x-amz-copy-source-",
            [("x-amz-copy-source", "/media/key"), ("x-amz-metadata-directive", "KEEP")]),
        Rule(
            name: "parameters of a list before headers", source: .observed, target: "/media?list-type=2&foo=1",
            headers: [owner], status: 501, message: "ListObjectsV2 search parameter foo not implemented"),
        Rule(
            name: "parameters of version 1 before headers", source: .observed, target: "/media?foo=1",
            headers: [owner], status: 501, message: "ListObjectsV1 search parameter foo not implemented"),
        Rule(
            name: "the token of version 1 before headers", source: .observed, target: "/media?continuation-token=x",
            headers: [owner], status: 400, code: "InvalidArgument",
            message: "continuation-token not supported in ListObjects"),
        Rule(
            name: "headers before a list's values", source: .observed, target: "/media?list-type=2&max-keys=x",
            headers: [owner], status: 501,
            message: "Header &apos;x-amz-expected-bucket-owner&apos; with value &apos;me&apos; not implemented"),
    ]

    @Test(arguments: two) func rule(_ rule: Rule) async throws { try await rule.check() }

    @Test(arguments: ["/missing/key", "/missing", "/media/key?tagging", "/media?policy", "/media/missing"])
    func `the signature is checked before the bucket and the route`(_ target: String) async throws {
        try await TestClient.with { client in
            var other = client
            other.key = R2Emulator.Key(
                accessKeyID: client.key.accessKeyID, secretAccessKey: String(repeating: "0", count: 64))
            for method in ["GET", "PUT", "DELETE"] {
                let response = try await other.send(method, target, body: method == "PUT" ? [1] : nil)
                #expect(response.element("Code") == "SignatureDoesNotMatch", "\(method)")
            }
            let head = try await other.send("HEAD", target)
            #expect(head.status == 403)
            #expect(head.body.isEmpty)
            let unsigned = try await RawConnection.with(port: client.emulator.port) { exchange in
                try await exchange.send("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
                return try await exchange.response()
            }
            #expect(unsigned.status == 400)
            #expect(unsigned.element("Message") == "Authorization")
        }
    }

    @Test func `a response to HEAD never has a body, also for errors`() async throws {
        try await TestClient.with { client in
            let bytes = try await RawConnection.with(port: client.emulator.port) { exchange in
                try await exchange.send("HEAD /media/key HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".utf8)
                return await exchange.receiveToEnd()
            }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 400 "))
            #expect(text.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func `an error is a document of two elements`() async throws {
        try await TestClient.with { client in
            let response = try await client.send("GET", "/media/missing")
            #expect(
                response.text
                    == #"<?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchKey</Code>"#
                    + "<Message>The specified key does not exist.</Message></Error>")
        }
    }
}
#endif
