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

    @Test func `uploads that have ended are known after a restart`() async throws {
        let scratch = try Scratch()
        let known = try await withStore(scratch) { client -> [String: String] in
            let completed = try await client.createUpload("key")
            let part = try await client.part(1, "x", of: completed, "key")
            let done = try await client.complete([(1, part)], of: completed, "key")
            let aborted = try await client.createUpload("key")
            _ = try await client.part(1, "y", of: aborted, "key")
            #expect(try await client.send("DELETE", "/media/key?uploadId=\(aborted)").status == 204)
            return [
                "completed": completed, "aborted": aborted, "part": part, "etag": try #require(done.element("ETag")),
            ]
        }
        let completed = try #require(known["completed"])
        let aborted = try #require(known["aborted"])
        let part = try #require(known["part"])
        for _ in 0..<2 {
            try await withStore(scratch) { client in
                for id in [completed, aborted] {
                    let again = try await client.complete([(1, part)], of: id, "key")
                    #expect(again.element("Code") == "NoSuchUpload")
                    #expect(try await client.send("DELETE", "/media/key?uploadId=\(id)").status == 204)
                }
                #expect(try await client.send("DELETE", "/media/key?uploadId=never").status == 404)
                #expect(try await client.send("GET", "/media?uploads").elements("Upload") == [])
            }
        }
        var options = Self.options(scratch.path("store"))
        options.behavior.repeatsCompletions = true
        try await TestClient.with(options) { client in
            let repeated = try await client.complete([(1, part)], of: completed, "key")
            #expect(repeated.element("ETag") == known["etag"])
            let unknown = try await client.complete([(1, part)], of: aborted, "key")
            #expect(unknown.status == 404)
        }
    }

    @Test func `an upload whose end a crash interrupted has ended`() async throws {
        let scratch = try Scratch()
        let uploads = scratch.path("store/buckets/media/uploads")
        let id = try await withStore(scratch) { client in
            let id = try await client.createUpload("key")
            let part = try await client.part(1, "x", of: id, "key")
            let name = try #require(try FileManager.default.contentsOfDirectory(atPath: uploads).first)
            try FileManager.default.copyItem(atPath: "\(uploads)/\(name)", toPath: scratch.path("copy"))
            #expect(try await client.complete([(1, part)], of: id, "key").status == 200)
            try FileManager.default.moveItem(atPath: scratch.path("copy"), toPath: "\(uploads)/\(name)")
            return id
        }
        try await withStore(scratch) { client in
            let uploads = try await client.send("GET", "/media?uploads")
            #expect(uploads.elements("Upload") == [])
            #expect(try await client.send("GET", "/media/key?uploadId=\(id)").status == 404)
            #expect(try await client.send("GET", "/media/key").text == "x")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: uploads)
        #expect(names.count == 1 && names[0].hasSuffix(".json"))
    }

    @Test func `metadata whose names no header can carry is counted`() async throws {
        let scratch = try Scratch()
        _ = try await withStore(scratch) { client in
            try await client.put("key", "x", [("x-amz-meta-a", "1"), ("x-amz-meta-b", "2"), ("x-amz-meta-c", "3")])
        }
        // Only Cloudflare's own API stores such names.
        let file = URL(filePath: scratch.path("store/buckets/media/objects/key+.json"))
        let text = try String(contentsOf: file, encoding: .utf8)
        let edited = text.replacing("\"a\" : \"1\"", with: "\"ä\" : \"1\"")
            .replacing("\"b\" : \"2\"", with: "\"b b\" : \"2\"")
        #expect(edited != text)
        try edited.write(to: file, atomically: true, encoding: .utf8)
        try await withStore(scratch) { client in
            for (method, headers) in [("GET", []), ("HEAD", []), ("GET", [("range", "bytes=0-0")])] {
                let response = try await client.send(method, "/media/key", headers)
                #expect(response["x-amz-missing-meta"] == "2")
                #expect(response["x-amz-meta-c"] == "3")
                let names = response.headers.map(\.name).filter { $0.lowercased().hasPrefix("x-amz-meta-") }
                #expect(names.count == 1)
            }
            let copy = [("x-amz-copy-source", "/media/key")]
            #expect(try await client.send("PUT", "/media/copy", copy, body: []).status == 200)
            #expect(try await client.send("HEAD", "/media/copy")["x-amz-missing-meta"] == "2")
            try await client.put("plain", "x", [("x-amz-meta-a", "1")])
            #expect(try await client.send("HEAD", "/media/plain")["x-amz-missing-meta"] == nil)
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

    @Test func `a bucket without lifecycle rules stays so, and one of an older emulator has the default rule`()
        async throws
    {
        let scratch = try Scratch()
        try await withStore(scratch) { client in
            let deleted = try await client.send("DELETE", "/media?lifecycle")
            #expect(deleted.status == 204)
        }
        try await withStore(scratch) { client in
            let none = try await client.send("GET", "/media?lifecycle")
            #expect(none.status == 404)
        }
        // Older emulators wrote no lifecycle without a configuration, and ended uploads after seven days.
        let file = URL(filePath: scratch.path("store/buckets/media/bucket.json"))
        let text = try String(contentsOf: file, encoding: .utf8)
        let edited = text.replacing("\"lifecycle\" : \"\",", with: "")
        #expect(edited != text)
        try edited.write(to: file, atomically: true, encoding: .utf8)
        try await withStore(scratch) { client in
            let rules = try await client.send("GET", "/media?lifecycle")
            #expect(rules.elements("ID") == ["Default Multipart Abort Rule"])
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
