#if Emulator
import Foundation
import R2Kit
import SigV4
import Testing

@testable import R2Emulator

@Suite("Details of objects, lists and uploads")
struct DetailRules {
    // MARK: Objects

    private static let stored = [
        ("cache-control", "max-age=60"), ("content-disposition", "inline"), ("content-encoding", "gzip"),
        ("content-language", "de"), ("content-type", "text/plain"), ("expires", "Thu, 01 Jan 2099 00:00:00 GMT"),
    ]

    @Test func `stored headers are in every response with the object`() async throws {
        try await TestClient.with { client in
            try await client.put("key", "0123456789", Self.stored)
            let etag = "\"781e5e245d69b566979b86e28d23f2c7\""
            let responses = [
                try await client.send("GET", "/media/key"), try await client.send("HEAD", "/media/key"),
                try await client.send("GET", "/media/key", [("range", "bytes=1-2")]),
                try await client.send("GET", "/media/key", [("if-none-match", etag)]),
            ]
            #expect(responses.map(\.status) == [200, 200, 206, 304])
            for response in responses {
                for (name, value) in Self.stored { #expect(response[name] == value, "\(response.status) \(name)") }
                #expect(response["etag"] == etag)
            }
        }
    }

    /// A comparison with the second in which the object was stored.
    @Test(arguments: [true, false]) func `conditions on dates have whole seconds`(_ includes: Bool) async throws {
        var options = TestClient.options
        options.behavior.unmodifiedSinceIncludesItsSecond = includes
        try await TestClient.with(options) { client in
            client.emulator.clock.stop(at: Date(timeIntervalSince1970: 1_767_323_045.9))
            try await client.put("key")
            func status(_ name: String, _ second: String) async throws -> Int {
                try await client.send("GET", "/media/key", [(name, "Fri, 02 Jan 2026 03:04:\(second) GMT")]).status
            }
            #expect(try await status("if-unmodified-since", "04") == 412)
            #expect(try await status("if-unmodified-since", "05") == (includes ? 200 : 412))
            #expect(try await status("if-unmodified-since", "06") == 200)
            #expect(try await status("if-modified-since", "04") == 200)
            #expect(try await status("if-modified-since", "05") == 304)
            #expect(try await status("if-modified-since", "06") == 304)
        }
    }

    /// Metadata, and whether its lengths, which are UTF-16 units and count twice beyond Latin-1, fit.
    @Test(arguments: [
        ("é", 8191, true), ("é", 8192, false), ("ж", 4095, true), ("ж", 4096, false), ("\u{1F3AC}", 2047, true),
        ("\u{1F3AC}", 2048, false),
    ])
    func `the length of decoded metadata is limited`(_ text: String, _ count: Int, _ fits: Bool) async throws {
        try await TestClient.with { client in
            // Encoded words may be as long as they like, but a header of the emulator's isn't.
            let word = Data(String(repeating: text, count: count).utf8).base64EncodedString()
            let response = try await client.send(
                "PUT", "/media/key", [("x-amz-meta-a", "=?UTF-8?B?\(word)?=")], text: "x")
            #expect(response.status == (fits ? 200 : 400), "\(response.text)")
            #expect(response.element("Code") == (fits ? nil : "MetadataTooLarge"))
        }
    }

    @Test func `a SHA-256 that differs is shown in hexadecimal`() async throws {
        try await TestClient.with { client in
            let response = try await client.send(
                "PUT", "/media/key",
                [("x-amz-checksum-sha256", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")], text: "hello")
            #expect(
                response.element("Message") == """
                    The SHA-256 checksum you specified did not match what we received.
                    You provided a SHA-256 checksum with value: \(String(repeating: "0", count: 64))
                    Actual SHA-256 was: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
                    """)
        }
    }

    @Test func `a URL that was signed with If-None-Match writes once`() async throws {
        try await TestClient.with { client in
            let presigner = R2Presigner(client.emulator.config)
            let key = try ObjectKey("once")
            let constraints = UploadConstraints(precondition: .ifAbsent)
            let once = try presigner.presignUpload(to: key, constraints: constraints).url
            let plain = try presigner.presignUpload(to: key).url
            func put(_ url: String, _ headers: [(String, String)]) async throws -> RawResponse {
                let target = try #require(url.range(of: "/media/").map { String(url[$0.lowerBound...]) })
                let lines =
                    ["PUT \(target) HTTP/1.1", "Host: 127.0.0.1:\(client.emulator.port)", "Content-Length: 1"]
                    + headers.map { "\($0.0): \($0.1)" }
                return try await RawConnection.with(port: client.emulator.port) { exchange in
                    try await exchange.send((lines.joined(separator: "\r\n") + "\r\n\r\nx").utf8)
                    return try await exchange.response()
                }
            }
            let condition = [("If-None-Match", "*")]
            #expect(try await put(once, condition).status == 200)
            #expect(try await put(once, condition).status == 412)
            #expect(try await put(once, []).element("Code") == "SignatureDoesNotMatch")
            // A condition that isn't signed is obeyed too, and a hash of the body isn't compared.
            #expect(try await put(plain, condition).status == 412)
            let hash = [("x-amz-content-sha256", String(repeating: "0", count: 64))]
            #expect(try await put(plain, hash).status == 200)
        }
    }

    @Test func `an object is copied onto itself, and a copy has versions`() async throws {
        try await TestClient.with { client in
            try await client.put("key", "0123456789", [("x-amz-meta-a", "1")])
            let version = try #require(
                try await client.send("PUT", "/media/key", [("x-amz-meta-a", "1")], text: "x")["x-amz-version-id"])
            let copy = try await client.send("PUT", "/media/key", [("x-amz-copy-source", "/media/key")], body: [])
            #expect(copy.status == 200)
            #expect(copy["x-amz-copy-source-version-id"] == version)
            #expect(copy["x-amz-version-id"] != nil && copy["x-amz-version-id"] != version)
            #expect(try await client.send("HEAD", "/media/key")["x-amz-meta-a"] == "1")
            let date = [("x-amz-copy-source-if-modified-since", "Thu, 01 Jan 2099 00:00:00 GMT")]
            let unmodified = try await client.send(
                "PUT", "/media/copy", [("x-amz-copy-source", "/media/key")] + date, body: [])
            #expect(unmodified.status == 412)
        }
    }

    // MARK: Lists

    @Test func `a list has its elements in R2's order`() async throws {
        try await TestClient.with { client in
            for key in ["a", "b/1", "c"] { try await client.put(key) }
            func names(_ query: String) async throws -> [String] {
                let text = try await client.send("GET", "/media?delimiter=%2F&encoding-type=url&max-keys=2\(query)")
                    .text
                var names: [String] = []
                var depth = 0
                for tag in text.matches(of: /<(\/?)([A-Za-z]+)[^>]*>/) {
                    if tag.1 == "/" { depth -= 1 } else { depth += 1 }
                    if tag.1.isEmpty, depth == 2 { names.append(String(tag.2)) }
                }
                return names
            }
            #expect(
                try await names("&list-type=2&start-after=%20") == [
                    "Name", "Contents", "IsTruncated", "CommonPrefixes", "Prefix", "Delimiter", "StartAfter",
                    "NextContinuationToken", "MaxKeys", "KeyCount", "EncodingType",
                ])
            #expect(
                try await names("&marker=%20") == [
                    "Name", "Contents", "IsTruncated", "CommonPrefixes", "Prefix", "Delimiter", "Marker", "NextMarker",
                    "MaxKeys", "EncodingType",
                ])
        }
    }

    @Test func `the encoding covers all names, and tokens continue from the later start`() async throws {
        try await TestClient.with { client in
            for key in ["a b", "b/1", "b/2", "c"] { try await client.put(key) }
            let list = "/media?list-type=2&max-keys=1"
            let first = try await client.send("GET", "\(list)&encoding-type=url&delimiter=%2F&start-after=%20%2F")
            #expect(first.element("Key") == "a%20b")
            #expect(first.element("Delimiter") == "%2F")
            #expect(first.element("StartAfter") == "%20%2F")
            let marked = try await client.send("GET", "/media?max-keys=1&encoding-type=url&marker=a%20b")
            #expect(marked.element("Marker") == "a%20b")
            #expect(marked.element("NextMarker") == "b%2F1")
            let token = try #require(first.element("NextContinuationToken"))
            let next = try await client.send("GET", "\(list)&encoding-type=url&continuation-token=\(token)")
            #expect(next.element("ContinuationToken") == token)
            #expect(next.element("Key") == "b%2F1")
            for (start, key) in [("%20", "b/1"), ("b%2F1", "b/2"), ("b%2F2", "c")] {
                let page = try await client.send("GET", "\(list)&continuation-token=\(token)&start-after=\(start)")
                #expect(page.element("Key") == key)
            }
            let none = try await client.send("GET", "/media?list-type=2&max-keys=0")
            #expect(none.element("NextContinuationToken") == nil)
            #expect(none.element("IsTruncated") == "true")
            let whole = try await client.send("GET", "/media?list-type=2&max-keys=4")
            #expect(whole.element("NextContinuationToken") == nil)
            #expect(whole.element("IsTruncated") == "false")
        }
    }

    // MARK: Uploads

    @Test func `an upload that has ended takes no parts, and can be aborted again`() async throws {
        try await TestClient.with { client in
            let aborted = try await client.createUpload("key")
            _ = try await client.part(1, "x", of: aborted, "key")
            for _ in 0..<2 {
                #expect(try await client.send("DELETE", "/media/key?uploadId=\(aborted)").status == 204)
            }
            let completed = try await client.createUpload("key")
            let first = try await client.part(1, "12345678", of: completed, "key")
            _ = try await client.part(2, "unused", of: completed, "key")
            #expect(try await client.complete([(1, first)], of: completed, "key").status == 200)
            // The part that wasn't listed is gone with the upload.
            #expect(try await client.send("GET", "/media/key").text == "12345678")
            for id in [aborted, completed] {
                let part = try await client.send("PUT", "/media/key?partNumber=1&uploadId=\(id)", text: "x")
                #expect(part.element("Code") == "NoSuchUpload")
                let parts = try await client.send("GET", "/media/key?uploadId=\(id)")
                #expect(parts.element("Code") == "NoSuchUpload")
                #expect(try await client.complete([(1, first)], of: id, "key").element("Code") == "NoSuchUpload")
            }
            #expect(try await client.send("GET", "/media?uploads").elements("Upload") == [])
        }
    }

    @Test(arguments: [true, false]) func `creations and, unless a setting says no, completions obey conditions`(
        _ obeys: Bool
    ) async throws {
        var options = TestClient.options
        options.behavior.completionObeysConditions = obeys
        try await TestClient.with(options) { client in
            let condition = [("if-none-match", "*")]
            try await client.put("key", "old")
            let refused = try await client.send("POST", "/media/key?uploads", condition, body: [])
            #expect(refused.status == 412)
            #expect(refused.element("Code") == "PreconditionFailed")
            let id = try await client.createUpload("key")
            let etag = try await client.part(1, "new", of: id, "key")
            let document =
                "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\(etag)</ETag></Part></CompleteMultipartUpload>"
            let done = try await client.send("POST", "/media/key?uploadId=\(id)", condition, text: document)
            #expect(done.status == (obeys ? 412 : 200))
            #expect(try await client.send("GET", "/media/key").text == (obeys ? "old" : "new"))
            // A failed condition aborts the upload.
            #expect(try await client.send("GET", "/media?uploads").elements("UploadId") == [])
            let again = try await client.complete([(1, etag)], of: id, "key")
            #expect(again.element("Code") == "NoSuchUpload")
            #expect(try await client.send("DELETE", "/media/key?uploadId=\(id)").status == 204)
        }
    }
}
#endif
