#if Storage
import R2Kit
import R2Storage
import Testing

/// Listings, page by page.
@Suite struct ListTests {
    /// Five pages of two objects.
    @Sendable static func pages(_ request: StubServer.Request) -> [StubServer.Step] {
        let page = Int(request.target.split(separator: "continuation-token=").dropFirst().first?.prefix(1) ?? "0") ?? 0
        return .response(
            200, [:], Documents.list(["\(page)a", "\(page)b"], next: page < 4 ? "\(page + 1)" : nil))
    }

    @Test func `all pages arrive in order`() async throws {
        try await StubServer.run {
            Self.pages($0)
        } _: { server in
            var keys: [String] = []
            for try await object in try server.client().list() { keys.append(object.key.rawValue) }
            #expect(keys == (0..<5).flatMap { ["\($0)a", "\($0)b"] })
            #expect(server.requests.count == 5)
        }
    }

    @Test func `exactly one page is fetched ahead`() async throws {
        try await StubServer.run {
            Self.pages($0)
        } _: { server in
            var objects = try server.client().list().makeAsyncIterator()
            #expect(server.requests.isEmpty)
            for read in 1...8 {
                _ = try await objects.next()
                let pages = (read + 1) / 2 + 1
                try await settles { server.requests.count == pages }
                // A request for a further page would have been sent by now.
                try await Task.sleep(for: .milliseconds(20))
                #expect(server.requests.count == pages)
            }
        }
    }

    @Test func `an error ends the listing after the elements before it`() async throws {
        try await StubServer.run {
            $0.index == 1 ? .error(403, "AccessDenied") : Self.pages($0)
        } _: { server in
            var keys: [String] = []
            let error = await r2Error {
                for try await object in try server.client().list() { keys.append(object.key.rawValue) }
            }
            #expect(error?.code == .accessDenied)
            #expect(keys == ["0a", "0b"])
        }
    }

    @Test func `objects and prefixes are in the order of their bytes`() async throws {
        let document = Documents.list(["a", "c", "é"], prefixes: ["b/", "d/"])
        try await StubServer.run { _ in
            .response(200, [:], document)
        } _: { server in
            var names: [String] = []
            for try await entry in try server.client().list(delimiter: "/") {
                switch entry {
                case .object(let object): names.append(object.key.rawValue)
                case .commonPrefix(let prefix): names.append(prefix)
                }
            }
            #expect(names == ["a", "b/", "c", "d/", "é"])
            #expect(server.requests[0].target.contains("delimiter=%2F"))
        }
    }

    @Test func `canceling the task ends a listing that waits`() async throws {
        try await StubServer.run {
            $0.index == 1 ? [.hang] : Self.pages($0)
        } _: { server in
            // With a stopped clock, only the cancellation can end it.
            let client = try server.client(ManualEnvironment(isStopped: true))
            let task = Task { for try await _ in client.list() {} }
            try await settles { server.requests.count == 2 }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func `dropping a listing stops its requests`() async throws {
        try await StubServer.run { request in
            request.index == 0
                ? .response(200, ["connection": "close"], Documents.list(["0a"], next: "1")) + [.close] : [.hang]
        } _: { server in
            for try await _ in try server.client().list() { break }
            try await settles { server.openConnections == 0 }
        }
    }
}

/// Deletions of many objects.
@Suite struct DeletionTests {
    private static func keys(in request: StubServer.Request) -> [String] {
        String(decoding: request.body, as: UTF8.self).split(separator: "<Key>").dropFirst().map {
            String($0.prefix { $0 != "<" })
        }
    }

    private static func deleted(_ keys: [String], errors: [String: String] = [:]) -> [StubServer.Step] {
        let entries = keys.map { key in
            errors[key].map { "<Error><Key>\(key)</Key><Code>\($0)</Code></Error>" }
                ?? "<Deleted><Key>\(key)</Key></Deleted>"
        }
        return .response(200, [:], "<DeleteResult>\(entries.joined())</DeleteResult>")
    }

    @Test func `keys are deleted a thousand per request, with a result for each`() async throws {
        try await StubServer.run {
            Self.deleted(Self.keys(in: $0), errors: ["k7": "AccessDenied"])
        } _: { server in
            let keys = try (0..<2500).map { try ObjectKey("k\($0)") }
            let deletions = try await server.client().deleteObjects(keys)
            #expect(deletions.map(\.key) == keys)
            #expect(deletions.filter { !$0.isDeleted }.map(\.key.rawValue) == ["k7"])
            #expect(deletions[7].error?.code == .accessDenied)
            #expect(server.requests.map { Self.keys(in: $0).count } == [1000, 1000, 500])
        }
    }

    @Test func `keys of a sequence are deleted as they arrive`() async throws {
        try await StubServer.run {
            Self.deleted(Self.keys(in: $0), errors: ["k1000": "AccessDenied"])
        } _: { server in
            let keys = AsyncStream<ObjectKey> { continuation in
                for number in 0..<1001 { if let key = try? ObjectKey("k\(number)") { continuation.yield(key) } }
                continuation.finish()
            }
            var reported: [String] = []
            let failures = try await server.client().deleteObjects(keys) { reported.append($0.key.rawValue) }
            #expect(failures == 1)
            #expect(reported == (0..<1001).map { "k\($0)" })
        }
    }

    @Test func `keys that failed temporarily or aren't in the response are sent again`() async throws {
        try await StubServer.run { request in
            switch request.index {
            case 0: Self.deleted(["a", "b"], errors: ["b": "InternalError"])
            default: Self.deleted(Self.keys(in: request))
            }
        } _: { server in
            let keys = try ["a", "b", "c"].map { try ObjectKey($0) }
            let deletions = try await server.client().deleteObjects(keys)
            #expect(deletions.allSatisfy { $0.isDeleted })
            #expect(server.requests.map { Self.keys(in: $0) } == [["a", "b", "c"], ["b", "c"]])
        }
    }

    @Test func `a key that failed in another Unicode form isn't reported as deleted`() async throws {
        try await StubServer.run { _ in
            Self.deleted(["\u{e9}"], errors: ["\u{e9}": "AccessDenied"])
        } _: { server in
            let deletions = try await server.client().deleteObjects([ObjectKey(unchecked: "e\u{301}")])
            #expect(deletions.map(\.isDeleted) == [false])
        }
    }

    @Test func `keys that XML can't represent are deleted one at a time`() async throws {
        try await StubServer.run {
            $0.method == "DELETE" ? .response(204) : Self.deleted(Self.keys(in: $0))
        } _: { server in
            let keys = try [ObjectKey("a"), ObjectKey(unchecked: "b\u{1}")]
            let deletions = try await server.client().deleteObjects(keys)
            #expect(deletions.allSatisfy { $0.isDeleted })
            #expect(
                Set(server.requests.map { "\($0.method) \($0.target)" }) == [
                    "DELETE /media/b%01", "POST /media?delete=",
                ])
        }
    }
}
#endif
