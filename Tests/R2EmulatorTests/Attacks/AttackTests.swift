#if Emulator
import Foundation
import TestSupport
import Testing

@testable import R2Emulator

@Suite("Requests that attack")
struct AttackTests {
    @Test func `headers that drip are given up`() async throws {
        var options = TestClient.options
        options.idleTimeout = .milliseconds(100)
        try await TestClient.with(options) { client in
            for start in ["G", "GET /media HTTP/1.1\r\nHost: h\r\nX: "] {
                try await RawConnection.with(port: client.emulator.port) { exchange in
                    try await exchange.send(start.utf8)
                    // Never idle for long, and never complete. Writing fails when the emulator has closed the
                    // connection.
                    while (try? await exchange.send("E".utf8)) != nil { try await Task.sleep(for: .milliseconds(10)) }
                }
            }
            #expect(client.emulator.log.count == 0)
        }
    }

    @Test func `many lines of headers are bounded`() async throws {
        try await TestClient.with { client in
            try await RawConnection.with(port: client.emulator.port) { exchange in
                try await exchange.send("GET / HTTP/1.1\r\nHost: h\r\n".utf8)
                let lines = (0..<100).map { "x-\($0): 1\r\n" }.joined()
                // Endless, unless the emulator closes the connection.
                while (try? await exchange.send(lines.utf8)) != nil {}
                let received = await exchange.receiveToEnd()
                #expect(received.isEmpty || String(decoding: received, as: UTF8.self).hasPrefix("HTTP/1.1 4"))
            }
            #expect(try await client.send("GET", "/media?list-type=2").status == 200)
        }
    }

    private static let documents = [
        "entities in entities":
            #"<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><{root}>&c;</{root}>"#,
        "a file as an entity": #"<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><{root}>&b;</{root}>"#,
        "an unknown entity": "<{root}>&b;</{root}>",
        "deep elements": String(repeating: "<{root}>", count: 40_000),
        "deep elements, all closed":
            String(repeating: "<{root}>", count: 20_000) + String(repeating: "</{root}>", count: 20_000),
        "many attributes": "<{root} \((0..<20_000).map { "a\($0)='1'" }.joined(separator: " "))/>",
        "a long name": "<\(String(repeating: "a", count: 400_000))/>",
        "no end": "<{root}>" + String(repeating: "<Object><Key>a</Key></Object>", count: 10_000),
        "NUL": "<{root}>\u{0}</{root}>",
    ]

    @Test(arguments: documents.keys.sorted()) func `a document that is a bomb costs nothing`(_ name: String)
        async throws
    {
        let document = try #require(Self.documents[name])
        try await TestClient.with { client in
            let id = try await client.createUpload("key")
            let places = [
                ("POST", "/media?delete", "Delete"), ("PUT", "/media?cors", "CORSConfiguration"),
                ("PUT", "/media?lifecycle", "LifecycleConfiguration"),
                ("POST", "/media/key?uploadId=\(id)", "CompleteMultipartUpload"),
            ]
            for (method, target, root) in places {
                let response = try await client.send(
                    method, target, text: document.replacing("{root}", with: root))
                #expect(response.status == 400, "\(target): \(response.text)")
                #expect(!response.text.contains("root:"))
            }
            var large = Array("<Delete>".utf8)
            large += Array(repeating: UInt8(ascii: " "), count: TestClient.options.limits.maximumDocumentLength)
            #expect(try await client.send("POST", "/media?delete", body: large).status == 400)
        }
    }

    @Test func `no key, bucket or identifier of an upload leaves the directory`() async throws {
        let scratch = try Scratch()
        var options = TestClient.options
        options.storage = .directory(scratch.path("store"))
        try await TestClient.with(options) { client in
            let names = [
                "..", "../x", "../../x", "../../../../tmp/x", "%2e%2e/x", "%2E%2E%2Fx", "..%2f..%2fx", "a/../../../x",
                "/etc/x", "//x", "./x", "x%00", "x%00/../y", "x%0a", "..%5c..%5cx", "%c0%ae%c0%ae/x", "CON", "x/", "x.",
                "X", "bucket.json", "x+.json", "%2b.json", "x%2b0123456789abcdef.data", "lock",
            ]
            for name in names {
                let put = try await client.send("PUT", "/media/\(name)", text: name)
                guard put.status == 200 else {
                    #expect(put.status == 400, "\(name): \(put.text)")
                    continue
                }
                #expect(try await client.send("GET", "/media/\(name)").text == name)
            }
            for bucket in ["..", "%2e%2e", "../buckets", "..%2fstore", ".", "media%2f..%2f.."] {
                for method in ["PUT", "GET", "DELETE"] {
                    #expect(try await client.send(method, "/\(bucket)").status >= 400, "\(method) \(bucket)")
                }
            }
            for id in ["..", "..%2f..%2fobjects", "%00", "a%2f..%2f.."] {
                let part = try await client.send("PUT", "/media/key?partNumber=1&uploadId=\(id)", text: "x")
                #expect(part.status == 404, "\(id): \(part.text)")
                #expect(try await client.send("DELETE", "/media/key?uploadId=\(id)").status == 404)
            }
            // Only the store is there, and in it only what belongs to it.
            #expect(try scratch.names() == ["store"])
            let inside = try FileManager.default.contentsOfDirectory(atPath: scratch.path("store")).sorted()
            #expect(inside == ["buckets", "lock", "temporary"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("store/buckets")) == ["media"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("store/temporary")).isEmpty)
        }
    }
}
#endif
