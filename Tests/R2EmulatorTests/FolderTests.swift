#if Emulator
import Foundation
import SigV4
import TestSupport
import Testing

@testable import R2Emulator

@Suite("Storage")
struct FolderTests {
    private static func options(_ path: String) -> R2Emulator.Options {
        var options = TestClient.options
        options.storage = .directory(path)
        return options
    }

    /// Keys that would leave a directory, or get the names of others, if they were used as they are.
    private static let keys = [
        "a", "A", "a/b", "a/b/c", "a//b", "/a", "a/", "..", "../../x", ".", "./a", ".hidden", "a.json", "a+.json",
        "a%2Fb", "%2e%2e/x", "a\\b", "c:\\x", "nul", "x\u{0}y", "ü", "\u{1F600}", "a b", "-", "~",
        String(repeating: "long", count: 256), String(repeating: "é", count: 512), "con", "bucket.json",
    ]

    @Test func `every key has a name of its own inside the directory`() {
        var all: Set<String> = []
        for key in Self.keys {
            let (directories, name) = ObjectPath.names(of: key)
            for part in directories + [name] {
                #expect(part.utf8.count <= 200 && !part.isEmpty && part != "." && part != "..", "\(key)")
                #expect(
                    part.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-_.^%".utf8.contains($0) }, "\(key)")
                #expect(!part.hasPrefix("."), "\(key)")
            }
            #expect(all.insert((directories + ["\(name)+"]).joined(separator: "/")).inserted, "\(key)")
        }
        #expect(ObjectPath.names(of: "u\u{308}").name == ObjectPath.names(of: "ü").name)
        let names = ObjectPath.names(of: "videos/Intro.mp4")
        #expect(names.directories == ["videos"])
        #expect(names.name == "^intro.mp4")
    }

    @Test func `objects, uploads and settings survive a restart`() async throws {
        let scratch = try Scratch()
        let id = try await withStore(scratch) { client in
            for key in Self.keys {
                try await client.put(key, key, [("x-amz-meta-a", "1"), ("content-type", "text/plain")])
            }
            try await client.put("a", "again")
            try await client.send("PUT", "/media/copy", [("x-amz-copy-source", "/media/a")], body: [])
            try await client.send("DELETE", "/media/a")
            try await client.send("PUT", "/media?lifecycle", text: Self.lifecycle)
            let id = try await client.createUpload("multi")
            _ = try await client.part(1, "12345678", of: id, "multi")
            _ = try await client.part(2, "old", of: id, "multi")
            _ = try await client.part(2, "end", of: id, "multi")
            return id
        }
        try await withStore(scratch) { client in
            #expect(try await client.send("GET", "/media/a").status == 404)
            #expect(try await client.send("GET", "/media/copy").text == "again")
            #expect(try await client.send("GET", "/media?lifecycle").text == Self.lifecycle)
            for key in Self.keys.dropFirst() {
                let got = try await client.send("GET", "/media/\(PercentEncoding.encodePath(key))")
                #expect(got.text == key, "\(key)")
                #expect(got["x-amz-meta-a"] == "1")
            }
            let parts = try await client.send("GET", "/media/multi?uploadId=\(id)")
            let tags = parts.elements("ETag")
            #expect(tags.count == 2)
            let done = try await client.complete([(1, tags[0]), (2, tags[1])], of: id, "multi")
            #expect(done.status == 200, "\(done.text)")
        }
        try await withStore(scratch) { client in
            #expect(try await client.send("GET", "/media/multi").text == "12345678end")
            #expect(try await client.send("GET", "/media/multi?partNumber=2").text == "end")
            for key in Self.keys + ["copy", "multi"] {
                try await client.send("DELETE", "/media/\(PercentEncoding.encodePath(key))")
            }
            #expect(try await client.send("GET", "/media?list-type=2").element("KeyCount") == "0")
        }
        // Nothing is left but the bucket itself.
        let files = try #require(FileManager.default.enumerator(atPath: scratch.path("store"))).allObjects
            .compactMap { $0 as? String }.filter { $0.hasSuffix(".data") || $0.hasSuffix("+.json") }
        #expect(files.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.directory.path) == ["store"])
    }

    private static let lifecycle =
        "<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status><Filter><Prefix>t</Prefix></Filter>"
        + "<Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>"

    private func withStore<Value: Sendable>(
        _ scratch: Scratch, _ body: @Sendable (TestClient) async throws -> Value
    ) async throws -> Value {
        let emulator = try await R2Emulator.start(Self.options(scratch.path("store")))
        do {
            let value = try await body(TestClient(emulator: emulator))
            await emulator.stop()
            return value
        } catch {
            await emulator.stop()
            throw error
        }
    }

    @Test func `what a crash leaves isn't visible`() async throws {
        let scratch = try Scratch()
        try await withStore(scratch) { client in
            for key in ["whole", "short", "gone"] { try await client.put(key, "content") }
        }
        let objects = scratch.path("store/buckets/media/objects")
        for name in try FileManager.default.contentsOfDirectory(atPath: objects) where name.hasSuffix(".data") {
            if name.hasPrefix("short") { try Data("con".utf8).write(to: URL(fileURLWithPath: "\(objects)/\(name)")) }
            if name.hasPrefix("gone") { try FileManager.default.removeItem(atPath: "\(objects)/\(name)") }
        }
        try Data("x".utf8).write(to: URL(fileURLWithPath: "\(objects)/whole+0000000000000000.data"))
        try Data("{".utf8).write(to: URL(fileURLWithPath: "\(objects)/broken+.json"))
        try await withStore(scratch) { client in
            let list = try await client.send("GET", "/media?list-type=2")
            #expect(list.elements("Key") == ["whole"])
            #expect(try await client.send("GET", "/media/whole").text == "content")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: objects).count == 2)
    }

    @Test func `a directory belongs to one emulator`() async throws {
        let scratch = try Scratch()
        try await withStore(scratch) { _ in
            let error = await #expect(throws: R2Emulator.StartError.self) {
                try await R2Emulator.start(Self.options(scratch.path("store")))
            }
            #expect(error?.description.contains("Another emulator") == true)
        }
    }

    @Test func `a body that is refused leaves no file`() async throws {
        let scratch = try Scratch()
        try await withStore(scratch) { client in
            let refused = try await client.send(
                "PUT", "/media/key", [("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==")], text: "hello")
            #expect(refused.element("Code") == "BadDigest")
            try await client.put("key", "hello")
            #expect(try await client.send("PUT", "/media/key", [("if-none-match", "*")], text: "x").status == 412)
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("store/temporary")).isEmpty)
        }
    }

    @Test func `memory is bounded and is freed`() async throws {
        var options = TestClient.options
        options.storage = .memory(capacity: 100_000)
        try await TestClient.with(options) { client in
            let body = String(repeating: "x", count: 60_000)
            try await client.put("a", body)
            let full = try await client.send("PUT", "/media/b", text: body)
            #expect(full.status == 507)
            #expect(full.element("Code") == "EmulatorStorageFull")
            try await client.put("b", "small")
            #expect(try await client.send("DELETE", "/media/a").status == 204)
            try await client.put("b", body)
        }
    }
}
#endif
