#if Delivery && Emulator
import TestSupport
import Foundation
import HTTPTypes
import R2Kit
import Testing
import VideoCatalog
import VideoDelivery

/// A part as Uppy reads it from the list of parts.
private struct ListedPart: Decodable, Equatable {
    let number: Int
    let size: Int
    let etag: String

    private enum CodingKeys: String, CodingKey {
        case number = "PartNumber"
        case size = "Size"
        case etag = "ETag"
    }
}

@Suite("The routes of Uppy")
struct UppyTests {
    static let options = VideoDeliveryOptions(partSize: PartPlan.minimumPartLength)
    static let byteSize = Int(PartPlan.minimumPartLength) + 4096

    /// An upload in parts, as Uppy keeps it.
    private struct Upload {
        let reply: Reply
        let key: String
        let id: String
        /// The path of the upload, which Uppy encodes with `encodeURIComponent`.
        var path: String { "/s3/multipart/\(PercentEncoded.of(id))" }
        var query: String { "?key=\(PercentEncoded.of(key))" }
    }

    private static func request(_ world: EndpointWorld, token: String) async throws -> Reply {
        let json = """
            {"filename": "lecture.mp4", "type": "video/mp4", "metadata": {"byteSize": \(byteSize), "token": "\(token)",
             "sessionID": "s1", "title": "Lecture 1", "relativePath": null, "name": "lecture.mp4", "other": [1]}}
            """
        return try await world.send(.post, "/s3/multipart", json: json)
    }

    private static func begin(_ world: EndpointWorld, token: String = "t1") async throws -> Upload {
        let reply = try await request(world, token: token)
        return Upload(reply: reply, key: try reply.string("key"), id: try reply.string("uploadId"))
    }

    @Test func `a whole file is sent with PUT`() async throws {
        try await EndpointWorld.with { world in
            let query = "filename=lecture.mp4&type=video%2Fmp4&metadata%5BbyteSize%5D=4096&metadata%5Btoken%5D=t1"
            let reply = try await world.send(.get, "/s3/params?\(query)&metadata[sessionID]=s1")
            try Golden.expect("uppy-params", reply)
            let headers = try #require(reply.object["headers"] as? [String: String])
            #expect(try await world.put(try reply.string("url"), SampleVideo.mp4(), headers: headers) == 200)
            // The page completes it like any other upload.
            let list = try await world.send(.get, "/videos")
            let videos = try #require(list.object["videos"] as? [[String: Any]])
            let id = try #require(videos.first?["id"] as? String)
            #expect(try await world.send(.post, "/uploads/\(id)/complete").status == 200)
        }
    }

    @Test func `a file is sent in parts, continued and completed`() async throws {
        try await EndpointWorld.with(delivery: Self.options) { world in
            let bytes = SampleVideo.mp4(Self.byteSize)
            let upload = try await Self.begin(world)
            let names: KeyValuePairs = [upload.id: "UPLOAD", PercentEncoded.of(upload.id): "UPLOAD"]
            try Golden.expect("uppy-multipart", upload.reply, naming: names)
            try Golden.expect("uppy-parts-none", try await world.send(.get, upload.path + upload.query))

            let first = try await world.send(.get, "\(upload.path)/1\(upload.query)")
            try Golden.expect("uppy-part", first, naming: names)
            let middle = Int(PartPlan.minimumPartLength)
            #expect(try await world.put(try first.string("url"), Array(bytes[..<middle])) == 200)
            let listed = try await world.send(.get, upload.path + upload.query)
            try Golden.expect("uppy-parts", listed)
            let parts = try JSONDecoder().decode([ListedPart].self, from: Data(listed.bytes))
            #expect(parts.map(\.number) == [1] && parts.map(\.size) == [middle])

            // The same token continues the same upload, also after a reload of the page.
            let again = try await Self.begin(world)
            #expect(again.key == upload.key && again.id == upload.id)
            let batch = try await world.send(.get, "\(upload.path)/batch\(upload.query)&partNumbers=2")
            try Golden.expect("uppy-batch", batch, naming: names)
            let urls = try #require(batch.object["presignedUrls"] as? [String: String])
            #expect(try await world.put(try #require(urls["2"]), Array(bytes[middle...])) == 200)

            let body = #"{"parts": [{"PartNumber": 1, "ETag": "a"}, {"PartNumber": 2, "ETag": "b"}]}"#
            let completed = try await world.send(.post, "\(upload.path)/complete\(upload.query)", json: body)
            try Golden.expect("uppy-complete", completed)
            // Uppy repeats the call after a lost response, and cancels after an error.
            #expect(try await world.send(.post, "\(upload.path)/complete\(upload.query)", json: body).status == 200)
            #expect(try await world.send(.delete, upload.path + upload.query).status == 200)
            let location = try completed.string("location").dropFirst(EndpointWorld.prefix.count)
            #expect(try await world.send(.get, String(location)).object["state"] as? String == "ready")
        }
    }

    @Test func `an upload is canceled`() async throws {
        try await EndpointWorld.with(delivery: Self.options) { world in
            let upload = try await Self.begin(world)
            try Golden.expect("uppy-cancel", try await world.send(.delete, upload.path + upload.query))
            try await world.send(.get, upload.path + upload.query).expectProblem(410, "uploadCanceled")
        }
    }

    /// Uppy cancels after every error, and a person who presses Retry has it begin again with the same token.
    @Test func `a retry begins another upload, and a repeated request the same one`() async throws {
        try await EndpointWorld.with(delivery: Self.options) { world in
            var upload = try await Self.begin(world)
            var keys = [upload.key]
            for _ in 0..<3 {
                #expect(try await world.send(.delete, upload.path + upload.query).status == 200)
                upload = try await Self.begin(world)
                let again = try await Self.begin(world)
                #expect(again.key == upload.key && again.id == upload.id && !keys.contains(upload.key))
                keys.append(upload.key)
            }
            let bytes = SampleVideo.mp4(Self.byteSize)
            let middle = Int(PartPlan.minimumPartLength)
            for (number, part) in [Array(bytes[..<middle]), Array(bytes[middle...])].enumerated() {
                let signed = try await world.send(.get, "\(upload.path)/\(number + 1)\(upload.query)")
                #expect(try await world.put(try signed.string("url"), part) == 200)
            }
            #expect(try await world.send(.post, "\(upload.path)/complete\(upload.query)", json: "{}").status == 200)
            #expect(try await world.catalog.uploadUsage(of: "ada").openUploads == 0)
        }
    }

    @Test func `a token that has no space for a number begins one upload`() async throws {
        try await EndpointWorld.with(delivery: Self.options) { world in
            for (length, status) in [(252, 200), (253, 410), (255, 410)] {
                let token = String(repeating: "t", count: length)
                let upload = try await Self.begin(world, token: token)
                #expect(try await world.send(.delete, upload.path + upload.query).status == 200)
                #expect(try await Self.request(world, token: token).status == status, "\(length)")
            }
        }
    }

    @Test func `keys and identifiers that don't belong together are refused`() async throws {
        try await EndpointWorld.with(delivery: Self.options) { world in
            let upload = try await Self.begin(world)
            let other = try await Self.begin(world, token: "t2")
            #expect(upload.id != other.id)
            let keys = ["videos/1/2/file", "", "uploads/x/y", upload.key + "x"]
            for query in keys.map({ "?key=\(PercentEncoded.of($0))" }) + [other.query] {
                for (method, path) in [(.get, ""), (.delete, ""), (.get, "/1"), (.post, "/complete")]
                    as [(
                        HTTPRequest.Method, String
                    )]
                {
                    try await world.send(method, upload.path + path + query).expectProblem(404, "notFound")
                }
            }
            try await world.send(.get, "/s3/multipart/a%2Fb+c%3D\(upload.query)").expectProblem(404, "notFound")
            try await world.send(.delete, upload.path).expectProblem(400, "invalidQuery")
            // A caller who may not manage the upload sees nothing of it.
            try await world.send(.get, upload.path + upload.query, as: .bob).expectProblem(404, "notFound")
            try await world.send(.get, "\(upload.path)/1\(upload.query)", as: .bob).expectProblem(404, "notFound")
            try await world.send(.delete, upload.path + upload.query, as: .bob).expectProblem(404, "notFound")
            #expect(try await world.send(.get, upload.path + upload.query).status == 200)
        }
    }

    @Test(arguments: ["/0", "/10001", "/x", "/-1", "/1.5", "/batch", "/batch?partNumbers=1,,2"])
    func `a part number that isn't valid is refused`(path: String) async throws {
        try await EndpointWorld.with(delivery: Self.options) { world in
            let upload = try await Self.begin(world)
            let query = path.contains("?") ? "&" + upload.query.dropFirst() : upload.query
            try await world.send(.get, upload.path + path + query).expectProblem(400, "invalidQuery")
        }
    }

    @Test func `a file without a size gets told how to set it`() async throws {
        try await EndpointWorld.with { world in
            let parameters = try await world.send(.get, "/s3/params?filename=a.mp4&type=video%2Fmp4")
            let multipart = try await world.send(.post, "/s3/multipart", json: #"{"filename": "a.mp4"}"#)
            for reply in [parameters, multipart] {
                reply.expectProblem(422, "invalidFields")
                #expect(reply.text.contains("setFileMeta"))
            }
        }
    }
}
#endif
