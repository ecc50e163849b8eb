#if Emulator
import Foundation
import Testing

@testable import R2Emulator

@Suite("Copies and deletions")
struct CopyAndDeleteRules {
    private static func copy(
        _ name: String, _ source: Rule.Source = .observed, from path: String = "/media/key",
        headers: [(String, String)] = [], status: Int, code: String? = nil, message: String? = nil,
        contains: [String] = []
    ) -> Rule {
        Rule(
            name: name, source: source, prepare: anObject, method: "PUT", target: "/media/copy",
            headers: [("x-amz-copy-source", path)] + headers, body: "", status: status, code: code, message: message,
            contains: contains)
    }

    private static let etag = "\"781e5e245d69b566979b86e28d23f2c7\""
    private static let past = "Thu, 01 Jan 2015 00:00:00 GMT"

    private static let copies: [Rule] = [
        copy(
            "a copy", status: 200,
            contains: [
                "<CopyObjectResult xmlns=", "<ETag>&quot;781e5e245d69b566979b86e28d23f2c7&quot;</ETag><LastModified>",
            ]),
        copy("a source without a slash at its start", from: "media/key", status: 200),
        copy("an encoded source", from: "/media/%6Bey", status: 200),
        copy(
            "a source without a key", from: "/media", status: 400, code: "InvalidArgument",
            message: "copy source bucket name"),
        copy("a missing source", from: "/media/missing", status: 404, code: "NoSuchKey"),
        copy("a missing source bucket", from: "/missing/key", status: 404, code: "NoSuchBucket"),
        copy(
            "another directive", headers: [("x-amz-metadata-directive", "KEEP")], status: 400, code: "InvalidArgument",
            message: "metadata directive KEEP."),
        copy("If-Match of the source", headers: [("x-amz-copy-source-if-match", etag)], status: 200),
        copy(
            "If-None-Match of the source", headers: [("x-amz-copy-source-if-none-match", etag)], status: 412,
            code: "PreconditionFailed"),
        copy(
            "If-Unmodified-Since of the source", headers: [("x-amz-copy-source-if-unmodified-since", past)],
            status: 412,
            code: "PreconditionFailed"),
        copy(
            "a destination that doesn't exist", .documented, headers: [("cf-copy-destination-if-none-match", "*")],
            status: 200),
        copy(
            "a destination that should exist", .documented, headers: [("cf-copy-destination-if-match", "*")],
            status: 412,
            code: "PreconditionFailed"),
        copy(
            "x-amz-tagging-directive", headers: [("x-amz-tagging-directive", "COPY")], status: 501,
            code: "NotImplemented"),
    ]

    @Test(arguments: copies) func copying(_ rule: Rule) async throws { try await rule.check() }

    @Test func `COPY keeps metadata, REPLACE takes the request's, and MERGE takes both`() async throws {
        try await TestClient.with { client in
            try await client.put(
                "key", "x", [("x-amz-meta-a", "old"), ("x-amz-meta-b", "old"), ("cache-control", "no-store")])
            func copy(_ directive: String?) async throws -> RawResponse {
                let headers = [("x-amz-copy-source", "/media/key"), ("x-amz-meta-a", "new"), ("x-amz-meta-c", "new")]
                try await client.send(
                    "PUT", "/media/copy", headers + (directive.map { [("x-amz-metadata-directive", $0)] } ?? []),
                    body: [])
                return try await client.send("HEAD", "/media/copy")
            }
            let kept = try await copy(nil)
            #expect([kept["x-amz-meta-a"], kept["x-amz-meta-c"], kept["cache-control"]] == ["old", nil, "no-store"])
            let replaced = try await copy("REPLACE")
            #expect(
                [replaced["x-amz-meta-a"], replaced["x-amz-meta-b"], replaced["cache-control"]] == ["new", nil, nil])
            let merged = try await copy("MERGE")
            #expect([merged["x-amz-meta-a"], merged["x-amz-meta-b"], merged["x-amz-meta-c"]] == ["new", "old", "new"])
            #expect(merged["cache-control"] == "no-store")
        }
    }

    private static func delete(_ name: String, _ body: String, status: Int, contains: [String] = []) -> Rule {
        Rule(
            name: name, source: .observed, prepare: anObject, method: "POST", target: "/media?delete", body: body,
            status: status, code: status == 400 ? "MalformedXML" : nil,
            message: status == 400
                ? "The XML you provided was not well formed or did not validate against our published schema." : nil,
            contains: contains)
    }

    private static let deletions: [Rule] = [
        delete(
            "keys that exist and don't",
            "<Delete><Object><Key>key</Key></Object><Object><Key> no</Key></Object></Delete>",
            status: 200,
            contains: ["<DeleteResult xmlns=", "<Deleted><Key>key</Key></Deleted><Deleted><Key> no</Key></Deleted>"]),
        delete(
            "quiet", "<Delete><Quiet>true</Quiet><Object><Key>key</Key></Object></Delete>", status: 200,
            contains: ["<Deleted><Key>key</Key></Deleted>"]),
        delete("a wrong Quiet", "<Delete><Quiet>yes</Quiet><Object><Key>k</Key></Object></Delete>", status: 400),
        delete("another root", "<Remove><Object><Key>k</Key></Object></Remove>", status: 400),
        delete("no object", "<Delete></Delete>", status: 400),
        delete("no key", "<Delete><Object></Object></Delete>", status: 400),
        delete("not well-formed", "<Delete><Object><Key>k</Object></Delete>", status: 400),
        delete("an entity bomb", "<!DOCTYPE d [<!ENTITY a \"b\">]><Delete/>", status: 400),
        delete(
            "1,001 keys",
            "<Delete>\((0...1000).map { "<Object><Key>\($0)</Key></Object>" }.joined())</Delete>", status: 400),
        Rule(
            name: "a wrong Content-MD5", source: .observed, method: "POST", target: "/media?delete",
            headers: [("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==")],
            body: "<Delete><Object><Key>k</Key></Object></Delete>", status: 400, code: "BadDigest"),
    ]

    @Test(arguments: deletions) func deleting(_ rule: Rule) async throws { try await rule.check() }

    @Test func `keys are composed, and metadata has encoded words`() async throws {
        try await TestClient.with { client in
            try await client.put("u\u{308}", "decomposed")
            #expect(try await client.send("GET", "/media/%C3%BC").text == "decomposed")
            try await client.put("\u{FC}", "composed")
            let list = try await client.send("GET", "/media?list-type=2")
            #expect(list.elements("Key").map { Array($0.unicodeScalars).count } == [1])

            let word = "=?UTF-8?Q?Gr=C3=BC=C3=9Fe_und?= =?utf-8?B?IHNvIHdlaXRlcg==?="
            try await client.put("m", "x", [("x-amz-meta-t", word), ("x-amz-meta-p", "=?plain?=")])
            let head = try await client.send("HEAD", "/media/m")
            let value = try #require(head["x-amz-meta-t"])
            #expect(EncodedWords.decode(value) == "Grüße und so weiter")
            #expect(value.hasPrefix("=?UTF-8?B?"))
            #expect(head["x-amz-meta-p"] == "=?plain?=")
        }
    }
}
#endif
