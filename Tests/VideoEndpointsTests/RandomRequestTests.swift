#if Delivery && Emulator
import HTTPTypes
import TestSupport
import Testing
import VideoEndpoints

@Suite("Random requests")
struct RandomRequestTests {
    private static let methods: [HTTPRequest.Method] = [
        .get, .get, .head, .post, .post, .patch, .delete, .put, .options,
    ]
    private static let segments = [
        "uploads", "videos", "play", "s3", "multipart", "params", "batch", "parts", "complete", "restore",
        "replacement", "thumbnail", "sign", "object",
        "playback", "playlist", "segment", "key", "ID", "ID", "ID", "UPLOAD", "1", "0", "..", "%2e", "%2F", "%00", "%",
        "",
        "a%20b", "%F0%9F%8E%AC", "00000000-0000-7000-8000-000000000000", "AQ",
    ]
    private static let parameters = [
        "limit", "cursor", "state", "deletion", "order", "title", "tag", "attempt", "origin", "header", "method",
        "urlExpiresAt", "rendition", "version", "key", "uploadId", "uploads", "partNumbers", "filename", "type",
        "metadata[byteSize]",
    ]
    private static let values = [
        "", "0", "1", "-1", "99999999999999999999", "x", "%00", "%ff", "ready", "live", "hls", "KEY", "KEY", "1,2",
        "a.mp4",
        "https%3A%2F%2Fapp.test", "PUT", "2026-03-01T09:30:00Z", "%F0%9F%8E%AC", "..%2F..", "a%0d%0ab",
        "0195512a-0000-7000-8000-000000000000",
    ]
    private static let fields = [
        "file", "title", "sessionID", "token", "transport", "numbers", "attempt", "version", "tags", "visibility",
        "description", "filename", "type", "metadata", "name", "byteSize", "contentType", "fingerprint", "parts",
        "method", "key", "uploadId", "partNumber", "thumbnail",
    ]
    private static let literals = [
        "null", "true", "0", "1", "-1", "4096", "1.5", "1e999", "9223372036854775807", "\"\"", "\"s1\"", "\"t\"",
        "\"a.mp4\"",
        "\"\\u0000\"", "\"\\ud83c\"", "[]", "[1]", "[0, 10001]", "{}", "\"foreground\"", "\"ready\"", "\"PUT\"",
        "\"POST\"", "\"KEY\"", "\"UPLOAD\"", "\"image/jpeg\"",
        "{\"name\": \"a.mp4\", \"byteSize\": 4096}", "{\"byteSize\": 4096, \"sessionID\": \"s1\"}",
    ]

    /// Nothing that a client sends is the server's error.
    @Test func `no request fails with an error of the server`() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        var options = EndpointOptions()
        options.signingLimit = nil
        try await EndpointWorld.with(delivery: UploadRouteTests.inParts, options: options) { world in
            let upload = try await world.begin(UploadRouteTests.twoParts)
            let id = try upload.string("video")
            let uppy = try await world.send(
                .post, "/s3/multipart",
                json: #"{"filename": "a.mp4", "metadata": {"byteSize": 9000000, "sessionID": "s1", "token": "u"}}"#)
            let (rawUploadID, rawKey) = (try uppy.string("uploadId"), try uppy.string("key"))
            let (uploadID, key) = (PercentEncoded.of(rawUploadID), PercentEncoded.of(rawKey))
            for _ in 0..<1500 {
                let count = Int.random(in: 0...5, using: &generator)
                var path = (0..<count).map { _ in "/" + generator.pick(Self.segments) }.joined()
                if Bool.random(using: &generator) { path = "/" + generator.pick(Array(Self.segments[..<4])) + path }
                let query = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                    generator.pick(Self.parameters) + "=" + generator.pick(Self.values)
                }
                path = (path + "?" + query.joined(separator: "&")).replacing("ID", with: id)
                    .replacing("UPLOAD", with: uploadID).replacing("KEY", with: key)
                let pairs = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                    "\"\(generator.pick(Self.fields))\": \(generator.pick(Self.literals))"
                }
                let json = "{\(pairs.joined(separator: ", "))}".replacing("UPLOAD", with: rawUploadID)
                    .replacing("KEY", with: rawKey)
                let method = generator.pick(Self.methods)
                let reply = try await world.send(method, path, json: method == .get ? nil : json)
                #expect(reply.status < 500, "seed \(seed): \(method) \(path) \(json) \(reply.text)")
                if reply.status >= 400, method != .head {
                    #expect(reply.code != nil || reply.text.contains("<Error><Code>"))
                }
            }
        }
    }
}
#endif
