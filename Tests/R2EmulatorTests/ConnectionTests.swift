#if Emulator
import Foundation
import NIOCore
import R2Kit
import SigV4
import TestSupport
import Testing

@testable import R2Emulator

@Suite("Connections")
struct ConnectionTests {
    @Test(.timeLimit(.minutes(30))) func `Expect is answered before the body, unless an option says no`() async throws {
        for responds in [true, false] {
            var options = TestClient.options
            options.respondsToExpect = responds
            try await TestClient.with(options) { client in
                let head = try client.head(
                    "PUT", "/media/key", body: Array("hello".utf8), unsigned: [("Expect", "100-continue")])
                try await RawConnection.with(port: client.emulator.port) { exchange in
                    try await exchange.send(head.utf8)
                    if responds {
                        #expect(try await exchange.response().status == 100)
                    }
                    try await exchange.send("hello".utf8)
                    #expect(try await exchange.response().status == 200)
                }
            }
        }
    }

    @Test func `several requests on one connection`() async throws {
        try await TestClient.with { client in
            try await RawConnection.with(port: client.emulator.port) { exchange in
                for number in 0..<3 {
                    let body = Array("body \(number)".utf8)
                    try await exchange.send(try client.head("PUT", "/media/key", body: body).utf8)
                    try await exchange.send(body)
                    #expect(try await exchange.response().status == 200)
                    try await exchange.send(try client.head("GET", "/media/key").utf8)
                    #expect(try await exchange.response().text == "body \(number)")
                    try await exchange.send(try client.head("HEAD", "/media/key").utf8)
                    #expect(try await exchange.response(toHead: true)["content-length"] == "6")
                    // A refusal with a body that nobody reads.
                    try await exchange.send(try client.head("PUT", "/missing/key", body: body).utf8)
                    try await exchange.send(body)
                    #expect(try await exchange.response().status == 404)
                }
            }
        }
    }

    @Test(arguments: [false, true]) func `a client that leaves in the middle of a body leaves nothing`(
        _ isFolder: Bool
    ) async throws {
        let scratch = try Scratch()
        var options = TestClient.options
        options.limits.maximumPutLength = 1_000_000
        if isFolder { options.storage = .directory(scratch.path("store")) }
        try await TestClient.with(options) { client in
            func files() throws -> [String] {
                isFolder ? try FileManager.default.contentsOfDirectory(atPath: scratch.path("store/temporary")) : []
            }
            let head = try client.head("PUT", "/media/key", body: Array(repeating: 1, count: 1_000_000))
            try await RawConnection.with(port: client.emulator.port) { exchange in
                try await exchange.send(head.utf8)
                // More than the emulator collects before it writes a file.
                try await exchange.send(repeatElement(1, count: 700_000))
                while isFolder, try files().isEmpty, client.emulator.log.count == 0 {
                    try await Task.sleep(for: .milliseconds(2))
                }
            }
            // The log has the request when it has been given up.
            while client.emulator.log.count == 0 { try await Task.sleep(for: .milliseconds(2)) }
            #expect(client.emulator.log.requests.first?.code == "IncompleteBody")
            #expect(try await client.send("HEAD", "/media/key").status == 404)
            #expect(try files().isEmpty)
        }
    }

    @Test func `the target is signed byte for byte`() async throws {
        try await TestClient.with { client in
            for key in ["a//b", "/a", "../..", "a%20b", "a%2Bb", "a%25", "dir/", "a%3Fb", "./a/../b"] {
                let put = try await client.send("PUT", "/media/\(key)", text: key)
                #expect(put.status == 200, "\(key): \(put.text)")
                #expect(try await client.send("GET", "/media/\(key)").text == key)
            }
            let keys = try await client.send("GET", "/media?list-type=2").elements("Key")
            #expect(keys.contains("a//b") && keys.contains("../..") && keys.contains("./a/../b"))
        }
    }

    @Test func `long targets and endless headers are bounded`() async throws {
        try await TestClient.with { client in
            let long = try await client.send("GET", "/media/\(String(repeating: "k", count: 17_000))")
            #expect(long.status == 414)
            for start in ["GET /", "GET / HTTP/1.1\r\nX-Header: "] {
                try await RawConnection.with(port: client.emulator.port) { exchange in
                    try await exchange.send(start.utf8)
                    // More than the emulator keeps of an unfinished request. Writing fails when it has closed.
                    for _ in 0..<64 {
                        guard (try? await exchange.send(repeatElement(UInt8(ascii: "x"), count: 16_384))) != nil else {
                            break
                        }
                    }
                    let received = await exchange.receiveToEnd()
                    #expect(received.isEmpty || String(decoding: received, as: UTF8.self).hasPrefix("HTTP/1.1 4"))
                }
            }
        }
    }

    @Test func `an idle half of a request is given up`() async throws {
        var options = TestClient.options
        options.idleTimeout = .milliseconds(50)
        try await TestClient.with(options) { client in
            try await RawConnection.with(port: client.emulator.port) { exchange in
                try await exchange.send("GET /media HTTP/1.1\r\nHost:".utf8)
                #expect(await exchange.receiveToEnd().isEmpty)
            }
            let head = try client.head("PUT", "/media/key", body: Array(repeating: 1, count: 100))
            // A busy machine can be too slow to send the headers in time.
            while client.emulator.log.count == 0 {
                try? await RawConnection.with(port: client.emulator.port) { exchange in
                    try await exchange.send(head.utf8)
                    _ = await exchange.receiveToEnd()
                }
            }
            #expect(client.emulator.log.requests.allSatisfy { $0.status != 200 })
        }
    }

    @Test func `a silent connection is closed, before the first request and after a response`() async throws {
        var options = TestClient.options
        options.idleTimeout = .milliseconds(50)
        try await TestClient.with(options) { client in
            try await RawConnection.with(port: client.emulator.port) { exchange in
                #expect(await exchange.receiveToEnd().isEmpty)
            }
            var status: Int?
            // A busy machine can be too slow to send the headers in time.
            while status == nil {
                status = try? await RawConnection.with(port: client.emulator.port) { exchange in
                    try await exchange.send(try client.head("GET", "/media/missing").utf8)
                    let response = try await exchange.response()
                    #expect(await exchange.receiveToEnd().isEmpty)
                    return response.status
                }
            }
            #expect(status == 404)
        }
    }

    @Test func `a body that drips is given up`() async throws {
        var options = TestClient.options
        options.idleTimeout = .milliseconds(100)
        try await TestClient.with(options) { client in
            let head = try client.head("PUT", "/media/key", body: Array(repeating: 1, count: 50_000))
            // A busy machine can be too slow to send the headers in time.
            while client.emulator.log.count == 0 {
                try? await RawConnection.with(port: client.emulator.port) { exchange in
                    try await exchange.send(head.utf8)
                    // Never idle for long, but too slow. Writing fails when the emulator has closed the connection.
                    while (try? await exchange.send([1])) != nil { try await Task.sleep(for: .milliseconds(10)) }
                }
            }
            #expect(client.emulator.log.requests.allSatisfy { $0.status != 200 })
        }
    }

    @Test func `stopping closes connections and frees the port`() async throws {
        let emulator = try await R2Emulator.start(TestClient.options)
        try await RawConnection.with(port: emulator.port) { exchange in
            try await exchange.send("PUT /media/key HTTP/1.1\r\nHost: h\r\n".utf8)
            await emulator.stop()
            #expect(await exchange.receiveToEnd().isEmpty)
        }
        var options = TestClient.options
        options.port = emulator.port
        if let next = try? await R2Emulator.start(options) {
            #expect(next.port == emulator.port)
            await next.stop()
        } else {
            // Another test has taken the port in the meantime.
            try await RawConnection.with(port: emulator.port) { _ in }
        }
    }

    @Test func `many emulators at once`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try await TestClient.with { client in
                        try await client.put("key", "\(number)")
                        #expect(try await client.send("GET", "/media/key").text == "\(number)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a base path and a bucket in the host`() async throws {
        var options = TestClient.options
        options.basePath = "/cdn-cgi/local/r2/s3"
        try await TestClient.with(options) { client in
            #expect(client.emulator.url.hasSuffix("/cdn-cgi/local/r2/s3"))
            #expect(client.emulator.config.endpoint.basePath == options.basePath)
            let put = try await client.send("PUT", "/cdn-cgi/local/r2/s3/media/key", text: "x")
            #expect(put.status == 200)
            #expect(try await client.send("GET", "/media/key").status == 404)
        }
        let encoded = EmulatorRequest(method: "GET", target: "/media/..%2Fa%2Fb", headers: [])
        #expect(try RequestAddress.parse(encoded, basePath: "") == RequestAddress(bucket: "media", key: "../a/b"))
        let request = EmulatorRequest(method: "GET", target: "/a/b", headers: [("host", "media.localhost:9000")])
        #expect(
            try RequestAddress.parse(request, basePath: "")
                == RequestAddress(bucket: "media", key: "a/b", bucketIsInHost: true))
    }

    @Test func `options that can't work are refused`() async throws {
        var options = TestClient.options
        options.host = "0.0.0.0"
        await #expect(throws: R2Emulator.StartError.self) { try await R2Emulator.start(options) }
        options = TestClient.options
        options.buckets = ["No"]
        await #expect(throws: R2Emulator.StartError.self) { try await R2Emulator.start(options) }
        options.buckets = []
        await #expect(throws: R2Emulator.StartError.self) { try await R2Emulator.start(options) }
        options = TestClient.options
        options.keys += options.keys
        await #expect(throws: R2Emulator.StartError.self) { try await R2Emulator.start(options) }
    }

    @Test func `the scoped form gives a configuration and stops`() async throws {
        let (port, url) = try await withR2Emulator { config in
            #expect(config.bucket.rawValue == "media")
            let url = try R2Presigner(config).presignPlayback(of: ObjectKey("key")).url
            return (try #require(config.endpoint.port), url)
        }
        // Another test's emulator may have the port by now, but it has other keys.
        let target = url.drop { $0 != "?" }
        let response = try? await RawConnection.with(port: port) { exchange in
            try await exchange.send("GET /media/key\(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n".utf8)
            return try await exchange.response()
        }
        #expect(response?.status != 404)
    }
}
#endif
