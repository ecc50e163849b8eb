#if Emulator
import Foundation
import SigV4
import Synchronization
import Testing

@testable import R2Emulator

@Suite("Clock, faults, log and events")
struct ControlTests {
    @Test func `faults apply to the next matching requests`() async throws {
        try await TestClient.with { client in
            try await client.put("key", "0123456789")
            client.emulator.inject(.internalError, count: 2, into: .operations("GetObject"))
            #expect(try await client.send("HEAD", "/media/key").status == 200)
            for _ in 0..<2 {
                let failed = try await client.send("GET", "/media/key")
                #expect(failed.status == 500)
                #expect(failed.element("Code") == "InternalError")
            }
            #expect(try await client.send("GET", "/media/key").status == 200)
            #expect(client.emulator.log.requests.map(\.hadFault) == [false, false, true, true, false])
            client.emulator.inject(.expired)
            #expect(try await client.send("GET", "/media/key").element("Code") == "ExpiredRequest")
            client.emulator.inject(.tooManyRequests, into: .operation("PutObject", key: "key"))
            #expect(try await client.send("PUT", "/media/other", text: "x").status == 200)
            #expect(try await client.send("PUT", "/media/key", text: "x").status == 429)
        }
    }

    @Test func `lost responses, dropped connections and cut bodies`() async throws {
        try await TestClient.with { client in
            client.emulator.inject(.droppedConnection)
            await #expect(throws: (any Error).self) { try await client.send("PUT", "/media/dropped", text: "x") }
            #expect(try await client.send("HEAD", "/media/dropped").status == 404)
            client.emulator.inject(.lostResponse)
            await #expect(throws: (any Error).self) { try await client.send("PUT", "/media/lost", text: "x") }
            #expect(try await client.send("HEAD", "/media/lost").status == 200)

            for length in [10, 90_000] {
                try await client.put("key", String(repeating: "x", count: length))
                client.emulator.inject(.cutOff(afterBytes: 4))
                let cut = try await client.send("GET", "/media/key")
                #expect(cut["content-length"] == "\(length)")
                #expect(cut.body.count == 4)
            }
        }
    }

    @Test func `a delayed response comes after the operation, and holds up no other request`() async throws {
        try await TestClient.with { client in
            client.emulator.inject(.delay(.milliseconds(1)))
            #expect(try await client.send("PUT", "/media/key", text: "old").status == 200)
            // Longer than the test: it ends because it's canceled.
            client.emulator.inject(.delay(.seconds(600)), into: .operation("PutObject", key: "key"))
            let delayed = Task { try await client.send("PUT", "/media/key", text: "new").status }
            // The log has the request when the operation has been performed.
            while client.emulator.log.count < 2 { try await Task.sleep(for: .milliseconds(2)) }
            #expect(client.emulator.log.requests.map(\.hadFault) == [true, true])
            #expect(try await client.send("GET", "/media/key").text == "new")
            #expect(try await client.send("PUT", "/media/key", text: "newer").status == 200)
            delayed.cancel()
            await #expect(throws: (any Error).self) { try await delayed.value }
        }
    }

    @Test(arguments: [false, true]) func `a list of parts needs a part number only if a setting says so`(
        _ needsNumber: Bool
    ) async throws {
        var options = TestClient.options
        options.behavior.listPartsNeedsPartNumber = needsNumber
        try await TestClient.with(options) { client in
            let id = try await client.createUpload("key")
            _ = try await client.part(1, "x", of: id, "key")
            let plain = try await client.send("GET", "/media/key?uploadId=\(id)")
            #expect(plain.status == (needsNumber ? 501 : 200))
            #expect(plain.element("Message") == (needsNumber ? "ListParts not implemented" : nil))
            let numbered = try await client.send("GET", "/media/key?uploadId=\(id)&partNumber=1")
            #expect(numbered.status == 200)
            #expect(numbered.elements("PartNumber") == ["1"])
        }
    }

    @Test(arguments: [true, false]) func `a part accepts the header of encryption unless a setting says no`(
        _ accepts: Bool
    ) async throws {
        var options = TestClient.options
        options.behavior.partsAcceptEncryptionHeader = accepts
        try await TestClient.with(options) { client in
            let header = [("x-amz-server-side-encryption", "AES256")]
            let id = try await client.createUpload("key", header)
            let part = try await client.send("PUT", "/media/key?partNumber=1&uploadId=\(id)", header, text: "x")
            #expect(part.status == (accepts ? 200 : 501))
            #expect(part.element("Code") == (accepts ? nil : "NotImplemented"))
            try await client.put("key", "x", header)
        }
    }

    @Test func `a repeated completion succeeds if a setting says so`() async throws {
        var options = TestClient.options
        options.behavior.repeatsCompletions = true
        try await TestClient.with(options) { client in
            let id = try await client.createUpload("key")
            let etag = try await client.part(1, "x", of: id, "key")
            let first = try await client.complete([(1, etag)], of: id, "key")
            let second = try await client.complete([(1, etag)], of: id, "key")
            #expect(second.status == 200)
            #expect(second.element("ETag") == first.element("ETag"))
        }
    }

    @Test func `one write a second to a key`() async throws {
        var options = TestClient.options
        options.behavior.limitsWritesToOnePerSecond = true
        try await TestClient.with(options) { client in
            client.emulator.clock.stop(at: client.emulator.clock.now)
            try await client.put("key")
            let second = try await client.send("PUT", "/media/key", text: "x")
            #expect(second.status == 429)
            #expect(second.element("Code") == "TooManyRequests")
            try await client.put("other")
            try await client.emulator.advanceClock(by: .seconds(1))
            try await client.put("key")
        }
    }

    @Test func `the clock decides about skew, and shows in the Date header`() async throws {
        try await TestClient.with { client in
            let head = try client.head("GET", "/media?list-type=2")
            client.emulator.clock.advance(by: .seconds(3600))
            let late = try await RawConnection.with(port: client.emulator.port) { exchange in
                try await exchange.send(head.utf8)
                return try await exchange.response()
            }
            #expect(late.element("Code") == "RequestTimeTooSkewed")
            client.emulator.clock.stop(at: Date(timeIntervalSince1970: 1_767_323_045))
            let now = try await client.send("GET", "/media?list-type=2")
            #expect(now["date"] == "Fri, 02 Jan 2026 03:04:05 GMT")
            try await client.put("key")
            let stored = try await client.send("HEAD", "/media/key")
            #expect(stored["last-modified"] == "Fri, 02 Jan 2026 03:04:05 GMT")
        }
    }

    @Test func `the log explains, and hides secrets`() async throws {
        try await TestClient.with { client in
            try await client.put("key")
            try await client.send("GET", "/media/missing?x=1")
            let log = client.emulator.log.requests
            #expect(log.map(\.operation) == ["PutObject", "GetObject"])
            #expect(log.map(\.status) == [200, 404])
            #expect(log.map(\.code) == [nil, "NoSuchKey"])
            #expect(log[1].key == "missing")
            #expect(log[1].query == ["x": "1"])
            #expect(log[1].headers["authorization"] == "(hidden)")
            #expect(log.map(\.number) == [1, 2])
            client.emulator.log.removeAll()
            #expect(client.emulator.log.requests.isEmpty)
            #expect(client.emulator.log.count == 2)
        }
    }

    @Test func `events in R2's form`() async throws {
        let received: Mutex<[R2Emulator.Event]> = Mutex([])
        var options = TestClient.options
        options.eventHandler = { event in received.withLock { $0.append(event) } }
        try await TestClient.with(options) { client in
            try await client.put("key", "hello")
            try await client.send("PUT", "/media/copy", [("x-amz-copy-source", "/media/key")], body: [])
            try await client.send("DELETE", "/media/key")
            try await client.send("DELETE", "/media/missing")
            let events = received.withLock { $0 }
            #expect(events.map(\.action) == [.putObject, .copyObject, .deleteObject])
            #expect(events[0].object == .init(key: "key", size: 5, eTag: "5d41402abc4b2a76b9719d911017c592"))
            #expect(events[1].copySource == .init(bucket: "media", object: "key"))
            #expect(events[2].object == .init(key: "key", size: nil, eTag: nil))
            let json = String(decoding: try JSONEncoder().encode(events[2]), as: UTF8.self)
            #expect(!json.contains("size") && !json.contains("copySource"))
        }
    }

    @Test func `events twice, late and out of order`() async throws {
        for (delivery, expected) in [
            (R2Emulator.EventDelivery.duplicated, ["a", "a", "b", "b"]), (.held, ["a", "b"]),
            (.heldAndReversed, ["b", "a"]),
        ] {
            let received: Mutex<[String]> = Mutex([])
            var options = TestClient.options
            options.eventDelivery = delivery
            options.eventHandler = { event in received.withLock { $0.append(event.object.key) } }
            try await TestClient.with(options) { client in
                for key in ["a", "b"] { try await client.put(key) }
                client.emulator.releaseEvents()
                client.emulator.releaseEvents()
                #expect(received.withLock { $0 } == expected)
            }
        }
    }
}
#endif
