#if Emulator && Delivery && SQLite
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing

@Suite("The start of the video server")
struct StartTests {
    private static let upload =
        #"{"file": {"name": "a.mp4", "byteSize": 1000}, "token": "t1", "sessionID": "speaking/1"}"#

    @Test(arguments: [
        ("https://videos.example:443", "https://videos.example"), ("HTTPS://Videos.Example/", "https://videos.example"),
        ("http://videos.example:80", "http://videos.example"),
        ("https://videos.example:80", "https://videos.example:80"),
        ("https://xn--vido-cpa.example", "https://xn--vido-cpa.example"),
    ])
    func `the public URL is the origin that browsers send`(url: String, origin: String) async throws {
        try await RunningServer.with(["PUBLIC_URL": url]) { server in
            #expect(server.said.contains("\n\(origin)/\n"), "\(server.said)")
            let signIn = try await server.send(
                .POST, "/session", json: #"{"person": "ada"}"#, origin: .some(origin))
            #expect(signIn.status == 200, "\(signIn.body)")
        }
    }

    @Test(arguments: [
        "videos.example", "ftp://videos.example", "https://videos.example/page", "https://videos.example?a=b",
        "https://videos.example#top", "https://ada@videos.example", "https://ada:secret@videos.example", "https://",
        "https://*.example", "https://videos.example:0", "https://vidéos.example",
    ])
    func `a public URL that is no origin is refused`(url: String) async throws {
        let reason = try await RunningServer.failure(["PUBLIC_URL": url])
        #expect(reason.contains("Invalid PUBLIC_URL") && !reason.contains("secret"), "\(reason)")
        #expect(reason.contains("xn--") == url.contains("é"), "\(reason)")
    }

    @Test func `a server that listens on every address needs the URL that browsers open`() async throws {
        try await ForeignBucket.with { bucket in
            for host in ["0.0.0.0", "::", "[::]"] {
                let reason = try await RunningServer.failure(bucket.environment.merging(["HOST": host]) { $1 })
                #expect(reason.contains("Missing PUBLIC_URL"), "\(reason)")
            }
        }
    }

    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "videos.example", "127.example.com"])
    func `a server that others can reach needs R2, whose files they can reach, too`(host: String) async throws {
        let reason = try await RunningServer.failure(["HOST": host, "PUBLIC_URL": "http://192.0.2.1:8080"])
        #expect(reason.contains("Invalid HOST: without R2") && reason.contains("R2_BUCKET_NAME"), "\(reason)")
    }

    @Test(arguments: [("http://192.0.2.1", true), ("http://localhost:8080", false), ("http://[::1]:8080", false)])
    func `a page for other devices without R2 comes with a warning`(url: String, warns: Bool) async throws {
        try await RunningServer.with(["PUBLIC_URL": url]) { server in
            #expect(server.said.contains("Only browsers on this machine can send") == warns, "\(server.said)")
        }
    }

    @Test func `an address of IPv6 is in brackets in the URL`() async throws {
        // Not every machine has IPv6.
        let probe = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        guard let channel = try? await probe.bind(host: "::1", port: 0).get() else { return }
        try await channel.close().get()
        for host in ["::1", "[::1]"] {
            try await RunningServer.with(["HOST": host]) { server in
                #expect(server.said.contains("\n\(server.url)/\n") && server.url.hasPrefix("http://[::1]:"))
                let cookie = try await server.signIn("ada")
                let reply = try await server.send(.POST, "/api/uploads", json: Self.upload, cookie: cookie)
                #expect(reply.status == 200, "\(reply.body)")
            }
        }
    }

    @Test func `an address that can't be used is named, with the variable to set`() async throws {
        try await RunningServer.with { server in
            let port = try #require(server.url.split(separator: ":").last)
            let own = try await RunningServer.failure(["PORT": String(port)])
            #expect(own.contains("Can't listen on 127.0.0.1:\(port): another program uses the port. Set PORT."))
            let emulator = try await RunningServer.failure(["EMULATOR_PORT": String(port)])
            #expect(emulator.contains("another program uses the port. Set EMULATOR_PORT."), "\(emulator)")
        }
        try await ForeignBucket.with { bucket in
            let environment = bucket.environment.merging(["HOST": "nowhere.invalid"]) { $1 }
            let unknown = try await RunningServer.failure(environment)
            #expect(unknown.contains("the host is unknown. Set HOST"), "\(unknown)")
        }
    }

    @Test func `a data directory that can't be created is named`() async throws {
        let scratch = try Scratch()
        let file = scratch.path("file")
        try Data().write(to: URL(fileURLWithPath: file))
        let reason = try await RunningServer.failure(["DATA_DIRECTORY": file + "/data"])
        #expect(reason.contains("Can't create the directory \(file)/data") && reason.contains("DATA_DIRECTORY"))
        #expect(!reason.contains("NSCocoa"), "\(reason)")
    }

    @Test(arguments: ["LIMITS", "STREAMS"]) func `a switch is on or off`(name: String) async throws {
        for value in ["false", "no", "OFF"] {
            let reason = try await RunningServer.failure([name: value])
            #expect(reason.contains("Invalid \(name): expected on or off."), "\(reason)")
        }
    }
}
#endif
