#if Emulator && Delivery && SQLite && Postgres
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@Suite(
    "The video server on PostgreSQL",
    .enabled(
        if: ProcessInfo.processInfo.environment["R2KIT_INTEGRATION"] == "1",
        "set R2KIT_INTEGRATION=1, and have PostgreSQL 13 or later, to test against a real server"))
struct PostgresTests {
    @Test func `the catalog is in PostgreSQL, and stays there`() async throws {
        let script = ServerScript("start-postgres", settingsFile: "postgres.env")
        let url = try #require(try await script.start().settings["R2KIT_POSTGRES_URL"])
        let file = #"{"file": {"name": "a.mp4", "byteSize": 1000}, "token": "t1", "sessionID": "speaking/1"}"#
        try await RunningServer.with(["DATABASE_URL": url]) { server in
            #expect(server.said.contains("the catalog in PostgreSQL"))
            #expect(try await server.send(.GET, "/health").status == 200)
            let cookie = try await server.signIn("ada")
            let reply = try await server.send(.POST, "/api/uploads", json: file, cookie: cookie)
            #expect(reply.status == 200, "\(reply.body)")
        }
        // Another server with another directory finds the row.
        try await RunningServer.with(["DATABASE_URL": url]) { server in
            let list = try await server.send(.GET, "/api/videos", cookie: server.signIn("ada"))
            #expect(list.body.contains(#""title":"a.mp4""#), "\(list.body)")
        }
        try await RunningServer.with { server in
            #expect(server.said.contains("the catalog in SQLite"))
            let list = try await server.send(.GET, "/api/videos", cookie: server.signIn("ada"))
            #expect(list.body == #"{"videos":[]}"#)
        }
    }

    @Test func `a database that can't be reached ends the server with the reason, and no password`() async throws {
        let error = await #expect(throws: (any Error).self) {
            try await RunningServer.with(["DATABASE_URL": "postgresql://app:s3cr3t@127.0.0.1:1/none"]) { _ in }
        }
        let text = "\(try #require(error))"
        #expect(text.contains("video-server: ") && !text.contains("s3cr3t"), "\(text)")
    }
}
#endif
