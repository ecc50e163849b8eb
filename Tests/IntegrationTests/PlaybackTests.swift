import Foundation
import R2Kit
import Testing

@Suite("Playback", .againstServers)
struct PlaybackTests {
    @Test(arguments: ServerKind.allCases, ["bytes=0-0", "bytes=100-199", "bytes=900-", "bytes=-50"])
    func `a player can request a range`(_ kind: ServerKind, _ range: String) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        let body = Sample.bytes(1000)
        try await server.store(body, under: key)
        let response = try await Message(try server.presigner.presignPlayback(of: key)).adding("Range", range).send()
        let expected: ArraySlice<UInt8> =
            switch range {
            case "bytes=0-0": body.bytes[0...0]
            case "bytes=100-199": body.bytes[100...199]
            case "bytes=900-": body.bytes[900...]
            default: body.bytes.suffix(50)
            }
        #expect(response.status == 206)
        #expect(response.body == Body(expected))
        #expect(response.headers["content-range"] == "bytes \(expected.startIndex)-\(expected.endIndex - 1)/1000")
    }

    @Test(
        arguments: ServerKind.allCases,
        [
            "plain.mp4", "Lecture 1.mp4", "Übung – “Größe” 100 %.mp4", "講義.mp4", "محاضرة.mp4", "a;b=\"c\"&d+e.mp4",
            "👩‍🏫.mp4",
        ])
    func `a download has the requested file name`(_ kind: ServerKind, _ filename: String) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        try await server.store(Sample.text, under: key)
        let response = try await Message(try server.presigner.presignPlayback(of: key, downloadFilename: filename))
            .send()
        #expect(response.status == 200)
        #expect(response.body == Sample.text)
        let expected = try ContentDisposition.attachment(filename: filename)
        #expect(response.headers["content-disposition"] == expected.headerValue)
    }

    @Test(arguments: ServerKind.allCases)
    func `overrides replace headers for one response only`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        try await server.store(Sample.text, under: key, UploadConstraints(contentType: "video/mp4"))
        let overrides = ResponseOverrides(
            contentDisposition: .inline, contentType: "application/vnd.apple.mpegurl",
            cacheControl: "private, max-age=60")
        let response = try await Message(try server.presigner.presignPlayback(of: key, overrides: overrides)).send()
        #expect(response.status == 200)
        #expect(response.headers["content-disposition"] == "inline")
        #expect(response.headers["content-type"] == "application/vnd.apple.mpegurl")
        #expect(response.headers["cache-control"] == "private, max-age=60")

        let plain = try await Message(try server.presigner.presignPlayback(of: key)).send()
        #expect(plain.headers["content-type"] == "video/mp4")
        #expect(plain.headers["content-disposition"] == nil)
    }

    @Test(arguments: ServerKind.allCases)
    func `a URL stays the same within a window and works repeatedly`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        try await server.store(Sample.text, under: key)
        let now = Date()
        let begin = now.timeIntervalSince1970
        let windowBegin = Date(timeIntervalSince1970: begin - begin.truncatingRemainder(dividingBy: 300))
        let presigner = try server.presigner
        let first = try presigner.presignPlayback(of: key, stableWithin: .fiveMinutes, at: windowBegin)
        let second = try presigner.presignPlayback(of: key, stableWithin: .fiveMinutes, at: now)
        #expect(first.url == second.url)
        for _ in 1...2 { #expect(try await Message(second).send().body == Sample.text) }
    }
}
