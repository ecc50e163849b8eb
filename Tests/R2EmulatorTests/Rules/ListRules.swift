#if Emulator
import SigV4
import Testing

@testable import R2Emulator

@Suite("Lists")
struct ListRules {
    private static let keys = ["a", "b/1", "b/2", "c d", "e'\"<&>", "ü/x"]

    private static let filled: @Sendable (TestClient) async throws -> String = { client in
        for key in keys { try await client.put(key, key) }
        return ""
    }

    private static func list(
        _ query: String, _ source: Rule.Source = .observed, contains: [String]
    ) -> Rule {
        Rule(
            name: query, source: source, prepare: filled, target: "/media?\(query)", status: 200, contains: contains)
    }

    private static func size(_ value: String, _ maxKeys: String?) -> Rule {
        Rule(
            name: "max-keys=\(value)", source: .observed, prepare: filled,
            target: "/media?list-type=2&max-keys=\(value)",
            status: maxKeys == nil ? 400 : 200, code: maxKeys == nil ? "InvalidMaxKeys" : nil,
            message: maxKeys == nil ? "MaxKeys params must be positive integer &lt;= 1000." : nil,
            contains: maxKeys.map { ["<MaxKeys>\($0)</MaxKeys>"] } ?? [])
    }

    private static let rules: [Rule] = [
        list(
            "list-type=2",
            contains: [
                #"<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>media</Name><Contents><Key>a</Key>"#,
                "<ETag>&quot;0cc175b9c0f1b6a831c399e269772661&quot;</ETag><StorageClass>STANDARD</StorageClass></Contents>",
                "<Key>e&apos;&quot;&lt;&amp;&gt;</Key>", "<Key>ü/x</Key>",
                "<IsTruncated>false</IsTruncated><Prefix></Prefix><MaxKeys>1000</MaxKeys><KeyCount>6</KeyCount>",
            ]),
        list(
            "list-type=2&delimiter=%2F",
            contains: [
                "<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>ü/</Prefix></CommonPrefixes>"
                    + "<Prefix></Prefix><Delimiter>/</Delimiter>", "<KeyCount>5</KeyCount>",
            ]),
        list("list-type=2&delimiter=", .documented, contains: ["<KeyCount>6</KeyCount>"]),
        list("list-type=2&prefix=b%2F", contains: ["<Prefix>b/</Prefix>", "<KeyCount>2</KeyCount>"]),
        list("list-type=2&start-after=b%2F1", contains: ["<KeyCount>4</KeyCount>", "<StartAfter>b/1</StartAfter>"]),
        list(
            "list-type=2&start-after=b%2F1&delimiter=%2F",
            contains: ["<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>", "<KeyCount>4</KeyCount>"]),
        list(
            "list-type=2&encoding-type=url&prefix=b%2F",
            contains: ["<Key>b%2F1</Key>", "<Prefix>b%2F</Prefix>", "<EncodingType>url</EncodingType>"]),
        list("list-type=2&encoding-type=url", contains: ["<Key>c%20d</Key>", "<Key>%C3%BC%2Fx</Key>"]),
        list(
            "list-type=2&max-keys=0",
            contains: ["<IsTruncated>true</IsTruncated>", "<MaxKeys>0</MaxKeys><KeyCount>0</KeyCount>"]),
        list("list-type=2&fetch-owner=true&max-keys=1", .documented, contains: ["<Owner><ID>"]),
        list("", contains: ["<Marker></Marker><MaxKeys>1000</MaxKeys></ListBucketResult>"]),
        list("marker=b%2F2&max-keys=1", contains: ["<Key>c d</Key>", "<NextMarker>c d</NextMarker>"]),
        list(
            "delimiter=%2F&max-keys=2",
            contains: ["<Key>a</Key>", "<Prefix>b/</Prefix>", "<NextMarker>b/</NextMarker>"]),
        list("delimiter=%2F&marker=b%2F", contains: ["<Key>c d</Key>", "<Marker>b/</Marker>"]),
        size("1.5", "1"), size("5000", "5000"), size("", nil), size("abc", nil), size("-1", nil),
        size("Infinity", nil),
        Rule(
            name: "another encoding-type", source: .observed, target: "/media?list-type=2&encoding-type=base64",
            status: 501, message: "Unrecognized encoding-type &quot;base64&quot; not implemented"),
        Rule(
            name: "a token of someone else's", source: .unsettled,
            target: "/media?list-type=2&continuation-token=abc", status: 400, code: "InvalidArgument"),
    ]

    @Test(arguments: rules) func rule(_ rule: Rule) async throws { try await rule.check() }

    @Test(arguments: [1, 2, 3, 7], [nil, "/"]) func `pages together have each entry once`(
        _ size: Int, _ delimiter: String?
    ) async throws {
        try await TestClient.with { client in
            let keys = (0..<4).flatMap { folder in (0..<4).map { "f\(folder)/\($0)" } } + ["top", "f1", "f1/"]
            for key in keys { try await client.put(key) }
            var found: [String] = []
            var token: String?
            repeat {
                var query = "list-type=2&max-keys=\(size)"
                if let delimiter { query += "&delimiter=\(PercentEncoding.encode(delimiter))" }
                if let token { query += "&continuation-token=\(PercentEncoding.encode(token))" }
                let page = try await client.send("GET", "/media?\(query)")
                let entries =
                    page.elements("Key")
                    + page.elements("CommonPrefixes").map {
                        String($0.dropFirst(8).dropLast(9))
                    }
                #expect(entries.count <= size)
                found += entries
                token = page.element("NextContinuationToken")
                #expect((page.element("IsTruncated") == "true") == (token != nil))
            } while token != nil
            let expected = delimiter == nil ? keys : ["f0/", "f1", "f1/", "f2/", "f3/", "top"]
            #expect(found.sorted() == expected.sorted())
        }
    }

    @Test func `buckets`() async throws {
        try await TestClient.with { client in
            #expect(try await client.send("PUT", "/second").status == 200)
            let all = try await client.send("GET", "/")
            #expect(all.elements("Name") == ["media", "second"])
            #expect(all.text.contains("<CreationDate>"))
            let page = try await client.send("GET", "/?max-keys=1")
            #expect(page.elements("Name") == ["media"])
            let token = try #require(page.element("ContinuationToken"))
            let rest = try await client.send("GET", "/?continuation-token=\(token)")
            #expect(rest.elements("Name") == ["second"])
            #expect(try await client.send("GET", "/", [("cf-prefix", "sec")]).elements("Name") == ["second"])
            #expect(try await client.send("GET", "/?delimiter=a").status == 501)
        }
    }
}
#endif
