#if Emulator
import TestSupport
import Testing

@testable import R2Emulator

@Suite("Limits, and writes at the same time")
struct LimitRules {
    /// Options with R2's own limits.
    private static var options: R2Emulator.Options {
        var options = R2Emulator.Options()
        options.keys = [TestClient.key]
        return options
    }

    /// 5 GiB minus 5 MiB is accepted by R2, and is more than the memory of the emulator.
    @Test(arguments: [(5_363_466_240, 507, "EmulatorStorageFull"), (5_363_466_241, 400, "EntityTooLarge")])
    func `the length of one request is limited`(_ length: Int, _ status: Int, _ code: String) async throws {
        try await TestClient.with(Self.options) { client in
            let id = try await client.createUpload("key")
            for target in ["/media/key", "/media/key?partNumber=1&uploadId=\(id)"] {
                // The head alone, whose response doesn't wait for the body.
                let head = try client.head("PUT", target, unsigned: [("Content-Length", "\(length)")])
                let response = try await RawConnection.with(port: client.emulator.port) { exchange in
                    try await exchange.send(head.utf8)
                    return try await exchange.response()
                }
                #expect(response.status == status, "\(target)")
                #expect(response.element("Code") == code, "\(target)")
            }
        }
    }

    @Test func `a part has at least 5 MiB, unless it's the last`() async throws {
        try await TestClient.with(Self.options) { client in
            for (length, status) in [(5_242_879, 400), (5_242_880, 200)] {
                let id = try await client.createUpload("key")
                var parts: [(Int, String)] = []
                for (number, length) in [(1, length), (2, 1)] {
                    let text = String(repeating: "x", count: length)
                    parts.append((number, try await client.part(number, text, of: id, "key")))
                }
                let response = try await client.complete(parts, of: id, "key")
                #expect(response.status == status)
                #expect(response.element("Code") == (status == 400 ? "EntityTooSmall" : nil))
            }
        }
    }

    /// Stores an object that is longer than one PUT may be, and starts an upload.
    private static let aLongObject: @Sendable (TestClient) async throws -> String = { client in
        let id = try await client.createUpload("long")
        var parts: [(Int, String)] = []
        for number in [1, 2] {
            let text = String(repeating: "x", count: 50_001)
            parts.append((number, try await client.part(number, text, of: id, "long")))
        }
        #expect(try await client.complete(parts, of: id, "long").status == 200)
        return try await client.createUpload("copy")
    }

    private static func copy(
        _ name: String, _ source: Rule.Source, to target: String, range: String? = nil, status: Int,
        code: String? = nil
    ) -> Rule {
        Rule(
            name: name, source: source, prepare: aLongObject, method: "PUT", target: target,
            headers: [("x-amz-copy-source", "/media/long")] + (range.map { [("x-amz-copy-source-range", $0)] } ?? []),
            body: "", status: status, code: code,
            message: code.map { _ in "Your proposed upload exceeds the maximum allowed object size." })
    }

    private static let copies: [Rule] = [
        copy("a copy over the limit of a PUT", .unsettled, to: "/media/copy", status: 400, code: "EntityTooLarge"),
        copy(
            "a copied part over the limit of a PUT", .unsettled, to: "/media/copy?partNumber=1&uploadId={id}",
            status: 400, code: "EntityTooLarge"),
        copy(
            "a copied range within the limit", .documented, to: "/media/copy?partNumber=1&uploadId={id}",
            range: "bytes=2-100001", status: 200),
    ]

    @Test(arguments: copies) func copying(_ rule: Rule) async throws { try await rule.check() }

    @Test(arguments: [false, true]) func `of many conditional writes and completions, one wins`(_ isFolder: Bool)
        async throws
    {
        let scratch = try Scratch()
        var options = TestClient.options
        if isFolder { options.storage = .directory(scratch.path("store")) }
        try await TestClient.with(options) { client in
            func race(_ request: @escaping @Sendable (Int) async throws -> RawResponse) async throws -> [Int] {
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<16 { group.addTask { try await request(number).status } }
                    return try await group.reduce(into: []) { $0.append($1) }.sorted()
                }
            }
            let writes = try await race { number in
                try await client.send("PUT", "/media/key", [("if-none-match", "*")], text: "\(number)")
            }
            #expect(writes == [200] + Array(repeating: 412, count: 15))
            let id = try await client.createUpload("key")
            let etag = try await client.part(1, "x", of: id, "key")
            let completions = try await race { _ in try await client.complete([(1, etag)], of: id, "key") }
            #expect(completions == [200] + Array(repeating: 404, count: 15))
        }
    }
}
#endif
