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
