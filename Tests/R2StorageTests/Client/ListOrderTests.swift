#if Storage
import R2Kit
import R2Storage
import Testing

/// Listings whose pages don't go forward.
@Suite struct ListOrderTests {
    /// Serves pages forever, each of which names the next one.
    private static func pages(_ documents: [String]) -> StubServer.Script {
        { request in .response(200, [:], documents[request.index % documents.count]) }
    }

    private static func objects(_ documents: [String], startAfter: String? = nil) async throws -> (R2Error?, [String]) {
        try await StubServer.run(pages(documents)) { server in
            var keys: [String] = []
            let error = await r2Error {
                for try await object in try server.client().list(startAfter: startAfter) {
                    keys.append(object.key.rawValue)
                }
            }
            return (error, keys)
        }
    }

    @Test func `pages that alternate are an error after the keys before it`() async throws {
        let (error, keys) = try await Self.objects([
            Documents.list(["a", "b"], next: "1"), Documents.list(["c", "d"], next: "2"),
        ])
        #expect(error?.code == .invalidResponse && error?.operation == "ListObjectsV2")
        #expect(error?.isRetryable == false)
        #expect(keys == ["a", "b", "c", "d"])
    }

    @Test(arguments: [["a", "a"], ["b", "a"], ["ä", "z"], ["\u{e9}", "e\u{301}"]])
    func `keys that don't ascend are an error, on one page or two`(_ names: [String]) async throws {
        let one = try await Self.objects([Documents.list(names)])
        #expect(one.0?.code == .invalidResponse && one.1.isEmpty)
        let two = try await Self.objects([Documents.list([names[0]], next: "1"), Documents.list([names[1]])])
        #expect(two.0?.code == .invalidResponse && two.1.count == 1)
    }

    @Test func `keys are compared by their bytes`() async throws {
        let names = ["Z", "a", "e\u{301}", "z", "\u{e9}", "\u{ff5e}", "🎬"]
        let (error, keys) = try await Self.objects([Documents.list(names)])
        #expect(error == nil && keys.count == names.count)
    }

    @Test func `a key at or before the start is an error`() async throws {
        #expect(try await Self.objects([Documents.list(["b"])], startAfter: "b").0?.code == .invalidResponse)
        #expect(try await Self.objects([Documents.list(["c"])], startAfter: "b").0 == nil)
    }

    @Test func `a name without the requested prefix is an error, before anybody deletes it`() async throws {
        func outcome(_ names: [String], prefix: String) async throws -> (R2Error?, [String]) {
            try await StubServer.run(Self.pages([Documents.list(names)])) { server in
                var keys: [String] = []
                let error = await r2Error {
                    for try await object in try server.client().list(prefix: prefix) {
                        keys.append(object.key.rawValue)
                    }
                }
                return (error, keys)
            }
        }
        let foreign = try await outcome(["other/a", "victim"], prefix: "other/")
        #expect(foreign.0?.code == .invalidResponse && foreign.1.isEmpty)
        // R2 composes the prefix.
        let composed = try await outcome(["\u{e9}a", "\u{e9}b"], prefix: "e\u{301}")
        #expect(composed.0 == nil && composed.1.count == 2)
    }

    @Test func `names are listed as they were stored, in the order of their composed form`() async throws {
        func keys(_ pages: [String], prefix: String? = nil) async throws -> [String] {
            try await StubServer.run(Self.pages(pages)) { server in
                var keys: [String] = []
                for try await object in try server.client().list(prefix: prefix) { keys.append(object.key.rawValue) }
                return keys
            }
        }
        // Decomposed, the second name would come first.
        let names = ["f", "e\u{301}a", "e\u{301}b"]
        #expect(try await keys([Documents.list(names)]).count == 3)
        #expect(try await keys([Documents.list(["f"], next: "1"), Documents.list(["e\u{301}a"])]).count == 2)
        #expect(try await keys([Documents.list(["e\u{301}a", "e\u{301}b"])], prefix: "\u{e9}").count == 2)
    }

    @Test func `pages that are each in another order are an error`() async throws {
        let stored = Documents.list(["e\u{301}", "f"], next: "1")
        let composed = Documents.list(["g", "e\u{301}b"])
        #expect(try await Self.objects([stored, composed]).0?.code == .invalidResponse)
    }

    @Test func `empty pages whose tokens alternate are an error`() async throws {
        let pages = ["1", "2", "3"].map { Documents.list([], next: $0) }
        #expect(try await Self.objects(pages).0?.code == .invalidResponse)
        #expect(try await Self.objects(pages + [Documents.list(["a"])]).1 == ["a"])
    }

    @Test func `empty pages without an end are an error`() async throws {
        try await StubServer.run {
            .response(200, [:], Documents.list([], next: "\($0.index)"))
        } _: { server in
            let error = await r2Error { for try await _ in try server.client().list() {} }
            #expect(error?.code == .invalidResponse)
        }
    }

    @Test(arguments: [
        [Documents.list(["b"], prefixes: ["c/"], next: "1"), Documents.list(["d"], prefixes: ["c/"])],
        [Documents.list([], prefixes: ["c/"], next: "1"), Documents.list(["b"])],
        [Documents.list([], prefixes: ["c/", "a/"])],
        [Documents.list(["a"], prefixes: ["b/"], next: "1"), Documents.list(["c"], next: "2")],
    ])
    func `a listing with a delimiter goes forward, too`(_ documents: [String]) async throws {
        try await StubServer.run(Self.pages(documents)) { server in
            let error = await r2Error { for try await _ in try server.client().list(delimiter: "/") {} }
            #expect(error?.code == .invalidResponse)
        }
    }

    @Test func `a prefix can start before the key after which the listing starts`() async throws {
        try await StubServer.run(Self.pages([Documents.list(["c"], prefixes: ["b/"])])) { server in
            var count = 0
            for try await _ in try server.client().list(delimiter: "/", startAfter: "b/x") { count += 1 }
            #expect(count == 2)
        }
    }

    private static func uploads(_ uploads: [(String, String)], next: (String, String)? = nil) -> String {
        let entries = uploads.map {
            "<Upload><Key>\($0.0)</Key><UploadId>\($0.1)</UploadId><Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload>"
        }
        let marker = next.map {
            "<NextKeyMarker>\($0.0)</NextKeyMarker><NextUploadIdMarker>\($0.1)</NextUploadIdMarker>"
        }
        return "<ListMultipartUploadsResult><IsTruncated>\(next != nil)</IsTruncated>\(marker ?? "")\(entries.joined())"
            + "</ListMultipartUploadsResult>"
    }

    @Test(arguments: [
        [uploads([("a", "1")], next: ("a", "1")), uploads([("b", "2")], next: ("b", "2"))],
        [uploads([("a", "2"), ("a", "1")], next: ("a", "1")), uploads([("a", "2")])],
        [uploads([("a", "1"), ("b", "1"), ("a", "1")])],
        [uploads([], next: ("a", "1")), uploads([], next: ("a", "2"))],
    ])
    func `uploads that don't go forward are an error`(_ documents: [String]) async throws {
        try await StubServer.run(Self.pages(documents)) { server in
            let error = await r2Error { for try await _ in try server.client().listMultipartUploads() {} }
            #expect(error?.code == .invalidResponse && error?.operation == "ListMultipartUploads")
        }
    }

    // SeaweedFS orders uploads by their IDs.
    @Test func `uploads can be in any order`() async throws {
        let documents = [
            Self.uploads([("b", "2"), ("a", "2"), ("a", "1")], next: ("a", "1")),
            Self.uploads([("a", "0"), ("c", "2")]),
        ]
        try await StubServer.run(Self.pages(documents)) { server in
            var ids: [String] = []
            for try await upload in try server.client().listMultipartUploads() { ids.append(upload.uploadID.rawValue) }
            #expect(ids == ["2", "2", "1", "0", "2"])
        }
    }

    private static func parts(_ numbers: [Int], next: Int? = nil) -> String {
        let parts = numbers.map { "<Part><PartNumber>\($0)</PartNumber><ETag>\"t\"</ETag><Size>1</Size></Part>" }
        let marker = next.map { "<NextPartNumberMarker>\($0)</NextPartNumberMarker>" } ?? ""
        return "<ListPartsResult><IsTruncated>\(next != nil)</IsTruncated>\(marker)\(parts.joined())</ListPartsResult>"
    }

    @Test(arguments: [
        [parts([1, 2, 1])], [parts([2, 1])], [parts([1, 2], next: 2), parts([2, 3])],
        [parts([1], next: 1), parts([2], next: 1)],
    ])
    func `parts that don't go forward are an error`(_ documents: [String]) async throws {
        try await StubServer.run(Self.pages(documents)) { server in
            let error = await r2Error {
                for try await _ in try server.client().listParts(of: UploadID("u"), key: Fixture.key()) {}
            }
            #expect(error?.code == .invalidResponse)
        }
    }

    // SeaweedFS lists every attempt to send a part, even one that stored nothing, in any order.
    @Test func `a part of which every attempt is listed is returned once`() async throws {
        func part(_ number: Int, size: Int, minute: Int) -> String {
            "<Part><PartNumber>\(number)</PartNumber><ETag>\"\(number)-\(size)-\(minute)\"</ETag><Size>\(size)</Size>"
                + "<LastModified>2026-01-01T00:0\(minute):00.000Z</LastModified></Part>"
        }
        let pages = [
            part(1, size: 9, minute: 1) + part(1, size: 0, minute: 2) + part(2, size: 0, minute: 0)
                + part(2, size: 9, minute: 0) + "<NextPartNumberMarker>2</NextPartNumberMarker>",
            part(3, size: 9, minute: 5) + part(3, size: 9, minute: 7) + part(3, size: 9, minute: 6),
        ]
        let documents = pages.map { page in
            "<ListPartsResult><IsTruncated>\(page.contains("Next"))</IsTruncated>\(page)</ListPartsResult>"
        }
        try await StubServer.run(Self.pages(documents)) { server in
            var tags: [String] = []
            for try await part in try server.client().listParts(of: UploadID("u"), key: Fixture.key()) {
                tags.append(part.etag.opaqueValue)
            }
            #expect(tags == ["1-9-1", "2-9-0", "3-9-7"])
        }
    }
}
#endif
