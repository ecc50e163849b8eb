#if Emulator
import Foundation
import Testing

@testable import R2Emulator

@Suite("Objects")
struct ObjectRules {
    private static let rangeMessage =
        "range must be in format &apos;bytes=start-end&apos;, &apos;bytes=start-&apos; or &apos;bytes=-suffix&apos;.&apos;"

    private static func range(_ value: String, _ status: Int, _ content: String?, message: String? = nil) -> Rule {
        Rule(
            name: "Range: \(value)", source: .observed, prepare: anObject, target: "/media/key",
            headers: [("range", value)], status: status, message: message,
            responseHeaders: ["content-range": content])
    }

    private static let reads: [Rule] = [
        Rule(
            name: "GET", source: .observed, prepare: anObject, target: "/media/key", status: 200,
            responseHeaders: [
                "content-type": "text/plain", "content-length": "10", "accept-ranges": "bytes",
                "etag": "\"781e5e245d69b566979b86e28d23f2c7\"", "x-amz-meta-a": "1", "x-amz-storage-class": nil,
                "x-amz-missing-meta": nil,
            ], contains: ["0123456789"]),
        Rule(
            name: "a missing key", source: .observed, target: "/media/missing", status: 404, code: "NoSuchKey",
            message: "The specified key does not exist."),
        Rule(
            name: "no type", source: .unsettled, prepare: { try await $0.put("key") }, target: "/media/key",
            status: 200, responseHeaders: ["content-type": "application/octet-stream"]),
        range("bytes=2-4", 206, "bytes 2-4/10"),
        range("bytes=7-", 206, "bytes 7-9/10"),
        range("bytes=-3", 206, "bytes 7-9/10"),
        range("bytes=-99", 206, "bytes 0-9/10"),
        range("bytes=8-99", 206, "bytes 8-9/10"),
        range("bytes=0-0,2-3", 400, nil, message: rangeMessage),
        range("bytes=a-b", 400, nil, message: rangeMessage),
        range("items=0-1", 400, nil, message: rangeMessage),
        range("bytes=4-2", 400, nil, message: "range must be positive."),
        range("bytes=-0", 416, nil, message: "The requested range is not satisfiable"),
        range("bytes=10-", 416, nil, message: "The requested range is not satisfiable"),
        Rule(
            name: "a bad range of a missing key", source: .observed, target: "/media/missing",
            headers: [("range", "bytes=x")], status: 400, code: "InvalidArgument"),
        Rule(
            name: "a range of an empty object", source: .observed, prepare: { try await $0.put("key", "") },
            target: "/media/key", headers: [("range", "bytes=0-")], status: 416, code: "InvalidRange"),
        Rule(
            name: "HEAD obeys Range", source: .observed, prepare: anObject, method: "HEAD", target: "/media/key",
            headers: [("range", "bytes=2-4")], status: 206,
            responseHeaders: ["content-length": "3", "content-range": "bytes 2-4/10"]),
        Rule(
            name: "response-content-disposition", source: .live, prepare: anObject,
            target: "/media/key?response-content-disposition=attachment&response-content-type=video%2Fmp4",
            status: 200, responseHeaders: ["content-disposition": "attachment", "content-type": "video/mp4"]),
    ]

    private static let etag = "\"781e5e245d69b566979b86e28d23f2c7\""

    private static func condition(
        _ name: String, _ value: String, _ method: String, _ status: Int, _ source: Rule.Source = .observed
    ) -> Rule {
        Rule(
            name: "\(method) \(name): \(value)", source: source, prepare: anObject, method: method,
            target: "/media/key", headers: [(name, value)], body: method == "PUT" ? "x" : nil, status: status,
            code: status == 412 ? "PreconditionFailed" : nil,
            message: status == 412 ? "At least one of the pre-conditions you specified did not hold." : nil,
            responseHeaders: status == 304 ? ["etag": etag] : [:])
    }

    private static let past = "Thu, 01 Jan 2015 00:00:00 GMT"
    private static let future = "Thu, 01 Jan 2099 00:00:00 GMT"

    private static let conditions: [Rule] = [
        condition("if-match", etag, "GET", 200), condition("if-match", "\"x\", \(etag)", "GET", 200),
        condition("if-match", "*", "GET", 200), condition("if-match", "\"x\"", "GET", 412),
        condition("if-match", "W/\(etag)", "GET", 412), condition("if-none-match", etag, "GET", 304),
        condition("if-none-match", "W/\(etag)", "GET", 304), condition("if-none-match", "*", "GET", 304),
        condition("if-none-match", "\"x\"", "GET", 200), condition("if-modified-since", past, "GET", 200),
        condition("if-modified-since", future, "GET", 304), condition("if-unmodified-since", past, "GET", 412),
        condition("if-unmodified-since", future, "GET", 200),
        condition("if-modified-since", "yesterday", "GET", 200, .unsettled),
        condition("if-match", "\"x\"", "PUT", 412), condition("if-match", etag, "PUT", 200),
        condition("if-none-match", "*", "PUT", 412), condition("if-none-match", etag, "PUT", 412),
        condition("if-modified-since", future, "PUT", 412), condition("if-unmodified-since", past, "PUT", 412),
        Rule(
            name: "If-Match on nothing", source: .documented, method: "PUT", target: "/media/new",
            headers: [("if-match", etag)], body: "x", status: 412, code: "PreconditionFailed"),
        Rule(
            name: "If-None-Match on nothing", source: .documented, method: "PUT", target: "/media/new",
            headers: [("if-none-match", "*")], body: "x", status: 200),
        Rule(
            name: "If-Modified-Since on nothing", source: .documented, method: "PUT", target: "/media/new",
            headers: [("if-modified-since", past)], body: "x", status: 412),
        Rule(
            name: "If-Unmodified-Since on nothing", source: .documented, method: "PUT", target: "/media/new",
            headers: [("if-unmodified-since", past)], body: "x", status: 200),
        Rule(
            name: "412 comes before 304", source: .observed, prepare: anObject, target: "/media/key",
            headers: [("if-match", "\"x\""), ("if-none-match", etag)], status: 412),
        Rule(
            name: "If-Match overrides If-Unmodified-Since", source: .observed, prepare: anObject,
            target: "/media/key", headers: [("if-match", etag), ("if-unmodified-since", past)], status: 200),
        Rule(
            name: "If-None-Match overrides If-Modified-Since", source: .observed, prepare: anObject,
            target: "/media/key", headers: [("if-none-match", "\"x\""), ("if-modified-since", future)], status: 200),
    ]

    private static func digest(
        _ header: String, _ value: String, _ status: Int, _ code: String? = nil, _ message: String? = nil,
        _ source: Rule.Source = .observed
    ) -> Rule {
        Rule(
            name: "\(header): \(value)", source: source, method: "PUT", target: "/media/key",
            headers: [(header, value)], body: "hello", status: status, code: code, message: message,
            responseHeaders: status == 200 && header.hasPrefix("x-amz") ? [header: value] : [:])
    }

    /// A part with a checksum that isn't its body's.
    private static func partDigest(_ header: String, _ value: String) -> Rule {
        Rule(
            name: "\(header): \(value) of a part", source: .live, prepare: { try await $0.createUpload("key") },
            method: "PUT", target: "/media/key?partNumber=1&uploadId={id}", headers: [(header, value)], body: "hello",
            status: 400, code: "BadDigest")
    }

    /// Requests of an object that was stored with a checksum, which the response has or hasn't.
    private static func checksum(
        _ name: String, _ source: Rule.Source, _ method: String = "GET", _ query: String = "",
        _ headers: [(String, String)] = [], status: Int = 200, isSent: Bool
    ) -> Rule {
        let value = "NhCmhg=="
        return Rule(
            name: "the checksum of \(name)", source: source,
            prepare: { try await $0.put("key", "hello", [("x-amz-checksum-crc32", value)]) }, method: method,
            target: "/media/key\(query)", headers: [("x-amz-checksum-mode", "ENABLED")] + headers, status: status,
            responseHeaders: [
                "x-amz-checksum-crc32": isSent ? value : nil, "x-amz-checksum-type": isSent ? "FULL_OBJECT" : nil,
            ])
    }

    private static let checksums: [Rule] = [
        checksum("an object", .live, isSent: true), checksum("HEAD", .live, "HEAD", isSent: true),
        checksum(
            "an object that hasn't changed", .live, "GET", "", [("if-none-match", "*")], status: 304, isSent: true),
        checksum("a range", .unsettled, "GET", "", [("range", "bytes=1-2")], status: 206, isSent: false),
        checksum("a range of HEAD", .unsettled, "HEAD", "", [("range", "bytes=-1")], status: 206, isSent: false),
        checksum("a range of all bytes", .unsettled, "GET", "", [("range", "bytes=0-")], status: 206, isSent: true),
        checksum("the only part", .unsettled, "GET", "?partNumber=1", status: 206, isSent: true),
    ]

    private static let writes: [Rule] = [
        Rule(
            name: "PUT", source: .observed, method: "PUT", target: "/media/key", body: "hello", status: 200,
            responseHeaders: ["etag": "\"5d41402abc4b2a76b9719d911017c592\"", "content-length": "0"]),
        digest("content-md5", "XUFAKrxLKna5cZ2REBfFkg==", 200),
        digest("content-md5", "abc", 400, "InvalidDigest", "The checksum or Content-MD5 you specified is not valid."),
        digest(
            "content-md5", "AAAAAAAAAAAAAAAAAAAAAA==", 400, "BadDigest",
            """
            The MD5 checksum you specified did not match what we received.
            You provided a MD5 checksum with value: 00000000000000000000000000000000
            Actual MD5 was: 5d41402abc4b2a76b9719d911017c592
            """),
        digest("x-amz-checksum-crc32", "NhCmhg==", 200, nil, nil, .live),
        digest("x-amz-checksum-crc32", "AAAAAA==", 400, "BadDigest", nil, .live),
        digest("x-amz-checksum-crc32c", "mnG7TA==", 200, nil, nil, .live),
        digest("x-amz-checksum-sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00=", 200, nil, nil, .live),
        digest("x-amz-checksum-sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", 200, nil, nil, .live),
        digest(
            "x-amz-checksum-sha256", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 400, "BadDigest", nil, .live),
        partDigest("x-amz-checksum-crc32", "AAAAAA=="), partDigest("x-amz-checksum-crc32c", "AAAAAA=="),
        // Live reports: the upload fails. Unsettled: the code.
        Rule(
            name: "a checksum in the query that differs", source: .unsettled, method: "PUT",
            target: "/media/key?x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32", body: "hello",
            status: 400, code: "BadDigest"),
        Rule(
            name: "a checksum in the query of a part that differs", source: .unsettled,
            prepare: { try await $0.createUpload("key") }, method: "PUT",
            target: "/media/key?partNumber=1&uploadId={id}&x-amz-checksum-crc32=AAAAAA%3D%3D", body: "hello",
            status: 400, code: "BadDigest"),
        Rule(
            name: "a checksum in the query that fits", source: .unsettled, method: "PUT",
            target: "/media/key?x-amz-checksum-crc32=NhCmhg%3D%3D", body: "hello", status: 200,
            responseHeaders: ["x-amz-checksum-crc32": "NhCmhg=="]),
        Rule(
            name: "another storage class", source: .observed, method: "PUT", target: "/media/key",
            headers: [("x-amz-storage-class", "GLACIER")], body: "x", status: 400, code: "InvalidStorageClass",
            message: "The storage class specified is not valid."),
        Rule(
            name: "STANDARD_IA", source: .documented,
            prepare: { try await $0.put("key", "x", [("x-amz-storage-class", "STANDARD_IA")]) }, method: "HEAD",
            target: "/media/key", status: 200, responseHeaders: ["x-amz-storage-class": "STANDARD_IA"]),
        Rule(
            name: "a key of 1,024 bytes", source: .observed, method: "PUT",
            target: "/media/\(String(repeating: "k", count: 1024))", body: "x", status: 200),
        Rule(
            name: "a key of 1,025 bytes", source: .observed, method: "PUT",
            target: "/media/\(String(repeating: "k", count: 1025))", body: "x", status: 400, code: "InvalidObjectName",
            message: "The specified object name is not valid."),
        Rule(
            name: "8,192 bytes of metadata", source: .documented, method: "PUT", target: "/media/key",
            headers: [("x-amz-meta-a", String(repeating: "v", count: 8191))], body: "x", status: 200),
        Rule(
            name: "8,193 bytes of metadata", source: .documented, method: "PUT", target: "/media/key",
            headers: [("x-amz-meta-a", String(repeating: "v", count: 8192))], body: "x", status: 400,
            code: "MetadataTooLarge",
            message: "Your metadata headers exceed the maximum allowed metadata size."),
        Rule(
            name: "a body over the limit", source: .documented, method: "PUT", target: "/media/key",
            body: String(repeating: "x", count: 100_001), status: 400, code: "EntityTooLarge",
            message: "Your proposed upload exceeds the maximum allowed object size."),
        Rule(
            name: "DELETE a missing key", source: .observed, method: "DELETE", target: "/media/missing", status: 204),
        Rule(
            name: "cf-create-bucket-if-missing", source: .documented, method: "PUT", target: "/other/key",
            headers: [("cf-create-bucket-if-missing", "true")], body: "x", status: 200),
    ]

    @Test(arguments: reads + checksums) func reading(_ rule: Rule) async throws { try await rule.check() }
    @Test(arguments: conditions) func condition(_ rule: Rule) async throws { try await rule.check() }
    @Test(arguments: writes) func writing(_ rule: Rule) async throws { try await rule.check() }
}
#endif
