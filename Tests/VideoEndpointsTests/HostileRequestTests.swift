#if Delivery && Emulator
import Foundation
import HTTPTypes
import TestSupport
import Testing
import VideoCatalog
import VideoDelivery

@Suite("Hostile requests")
struct HostileRequestTests {
    @Test func `deleting and restoring doesn't pass the limit of open uploads`() async throws {
        try await EndpointWorld.with { world in
            var deleted: [String] = []
            for number in 1...5 { deleted.append(try await world.begin(token: "a\(number)").string("video")) }
            for id in deleted { #expect(try await world.send(.delete, "/videos/\(id)").status == 200) }
            var open: [String] = []
            for number in 1...5 { open.append(try await world.begin(token: "b\(number)").string("video")) }
            for id in deleted {
                try await world.send(.post, "/videos/\(id)/restore").expectProblem(409, "uploadLimitExceeded")
                try await world.send(.get, "/videos/\(id)").expectProblem(404, "notFound")
            }
            #expect(try await world.send(.delete, "/videos/\(open[0])").status == 200)
            // Together, no more are restored than there is room for.
            let replies = try await withThrowingTaskGroup(of: Int.self) { group in
                for id in deleted { group.addTask { try await world.send(.post, "/videos/\(id)/restore").status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.filter { $0 == 200 }.count <= 1)
            #expect(try await world.uploads.catalog.uploadUsage(of: "ada").openUploads <= 5)
        }
    }

    @Test func `a link or another method than GET starts no upload at Uppy's parameters`() async throws {
        let path = "/s3/params?filename=a.mp4&type=video%2Fmp4&metadata[byteSize]=4096&metadata[sessionID]=s1"
        let mode = try #require(HTTPField.Name("Sec-Fetch-Mode"))
        try await EndpointWorld.with { world in
            let head = try await world.send(.head, path)
            #expect(head.status == 405 && head.headers[.allow] == "GET")
            for value in ["navigate", "no-cors", "websocket"] {
                try await world.send(.get, path, headers: [mode: value]).expectProblem(403, "forbidden")
            }
            #expect(try await world.uploads.catalog.uploadUsage(of: "ada").openUploads == 0)
            #expect(try await world.send(.get, path, headers: [mode: "cors"]).status == 200)
        }
    }

    @Test func `nobody learns from Uppy's signatures which videos exist`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            let missing = UUID().uuidString.lowercased()
            for method in ["GET", "POST", "DELETE"] {
                for video in [id, missing] {
                    let body = """
                        {"method": "\(method)", "key": "videos/\(video)/\(UUID().uuidString.lowercased())/file",
                         "uploadId": "x"}
                        """
                    let reply = try await world.send(.post, "/s3/sign", json: body, as: .bob)
                    reply.expectProblem(404, "notFound")
                }
            }
        }
    }

    @Test func `JSON in another encoding than UTF-8 is rejected`() async throws {
        try await EndpointWorld.with { world in
            let body = String(decoding: Array("{}".utf8).flatMap { [$0, 0] }, as: UTF8.self)
            try await world.send(.post, "/uploads", json: body).expectProblem(400, "invalidJSON")
        }
    }
}
#endif
