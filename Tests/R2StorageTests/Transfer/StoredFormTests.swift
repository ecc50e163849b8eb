#if Storage
import NIOCore
import R2Kit
import R2Storage
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Objects that a proxy would send in another form than the stored one.
@Suite struct StoredFormTests {
    private static func path() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("r2storage-\(UUID())").path
    }

    /// Responds as Cloudflare does for an object stored with a content coding.
    ///
    /// For a client that doesn't accept the coding, the object is decompressed on the way, without a length.
    private static func encoded(_ coding: String, _ request: StubServer.Request) -> [StubServer.Step] {
        guard request["accept-encoding"]?.contains(coding) == true else {
            let head = "HTTP/1.1 200 OK\r\netag: W/\"tag\"\r\ntransfer-encoding: chunked\r\n\r\n"
            let body = request.method == "HEAD" ? "" : "5\r\nplain\r\n0\r\n\r\n"
            return [.send([UInt8]((head + body).utf8))]
        }
        if request.method == "HEAD" { return .head(10, ["content-encoding": coding]) }
        guard request["range"] != nil else { return .object("compressed", ["content-encoding": coding]) }
        return .response(
            206, ["etag": "\"tag\"", "content-encoding": coding, "content-range": "bytes 0-9/10"], "compressed")
    }

    @Test(arguments: ["gzip", "br", "zstd", "deflate"])
    func `an object stored with a content coding is fetched as it is stored`(_ coding: String) async throws {
        try await StubServer.run {
            Self.encoded(coding, $0)
        } _: { server in
            let client = try server.client()
            let stream = try await client.get(Fixture.key())
            #expect(stream.metadata.contentLength == 10 && stream.metadata.contentEncoding == coding)
            #expect(String(buffer: try await stream.collect(upTo: 100)) == "compressed")
            #expect(try await client.head(Fixture.key()).contentLength == 10)
            let path = Self.path()
            defer { try? FileManager.default.removeItem(atPath: path) }
            try await client.download(Fixture.key(), to: .file(path))
            #expect(try Data(contentsOf: URL(filePath: path)) == Data("compressed".utf8))
            // A transfer keeps the form that its first request needed.
            let ranges = server.requests.filter { $0["range"] != nil }
            #expect(!ranges.isEmpty && ranges.allSatisfy { $0["accept-encoding"]?.contains(coding) == true })
        }
    }

    /// Responds as Cloudflare does for text, which it compresses for a client that accepts that.
    private static func text(_ request: StubServer.Request) -> [StubServer.Step] {
        guard request["accept-encoding"] == "identity" else {
            let head =
                "HTTP/1.1 200 OK\r\netag: W/\"tag\"\r\ncontent-encoding: gzip\r\n"
                + "transfer-encoding: chunked\r\n\r\n"
            return [.send([UInt8]((head + (request.method == "HEAD" ? "" : "4\r\nzzzz\r\n0\r\n\r\n")).utf8))]
        }
        if request.method == "HEAD" { return .head(5, ["content-type": "text/plain"]) }
        guard request["range"] != nil else { return .object("plain", ["content-type": "text/plain"]) }
        return .response(206, ["etag": "\"tag\"", "content-range": "bytes 0-4/5"], "plain")
    }

    @Test func `text is fetched as it is stored, in one request`() async throws {
        try await StubServer.run {
            Self.text($0)
        } _: { server in
            let client = try server.client()
            #expect(try await client.head(Fixture.key()).contentLength == 5)
            #expect(try await client.exists(Fixture.key()))
            #expect(String(buffer: try await client.get(Fixture.key()).collect(upTo: 100)) == "plain")
            #expect(server.requests.count == 3)
            let path = Self.path()
            defer { try? FileManager.default.removeItem(atPath: path) }
            try await client.download(Fixture.key(), to: .file(path))
            #expect(try Data(contentsOf: URL(filePath: path)) == Data("plain".utf8))
        }
    }

    @Test(arguments: ["HEAD", "GET"])
    func `a response without a length is an error if the other form has none either`(_ method: String) async throws {
        try await StubServer.run {
            let head = StubServer.Step.send([UInt8]("HTTP/1.1 200 OK\r\netag: \"tag\"\r\n\r\n".utf8))
            return $0.method == "HEAD" ? [head] : [head, .close]
        } _: { server in
            let client = try server.client()
            let error = await r2Error {
                if method == "HEAD" { _ = try await client.head(Fixture.key()) }
                if method == "GET" { _ = try await client.get(Fixture.key()) }
            }
            #expect(error?.code == .invalidResponse)
            #expect(server.requests.map { $0["accept-encoding"] == "identity" } == [true, false])
        }
    }

    private static let weak = ["etag": "W/\"tag\""]

    @Test func `an object with a weak ETag is downloaded in one request`() async throws {
        try await StubServer.run {
            $0.method == "HEAD" ? .head(200_000, Self.weak) : .object(String(repeating: "x", count: 200_000), Self.weak)
        } _: { server in
            let client = try server.client()
            let directory = Self.path()
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let options = DownloadOptions(rangeLength: 65_536)
            let download = try client.makeDownload(Fixture.key(), to: .file("\(directory)/file"), options: options)
            let result = try await download.run()
            #expect(result.etag.isWeak && result.size == 200_000 && result.bytesReceived == 200_000)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["file"])
            var length = 0
            for try await chunk in client.bytes(of: try Fixture.key(), options: options) {
                length += chunk.readableBytes
            }
            #expect(length == 200_000)
            let gets = server.requests.filter { $0.method == "GET" }
            #expect(gets.count == 2 && gets.allSatisfy { $0["range"] == nil && $0["if-match"] == nil })
            // The ETag can be requested.
            try await client.download(
                Fixture.key(), to: .file("\(directory)/file"), options: DownloadOptions(etag: result.etag))
            #expect(server.requests.allSatisfy { $0["if-match"] == nil })
        }
    }

    @Test(arguments: [true, false])
    func `a failed download of an object with a weak ETag leaves nothing`(_ hasChanged: Bool) async throws {
        try await StubServer.run { request in
            if request.method == "HEAD" { return .head(5, Self.weak) }
            if hasChanged { return .object("other", ["etag": "W/\"other\""]) }
            let head = "HTTP/1.1 200 OK\r\netag: W/\"tag\"\r\ncontent-length: 5\r\n\r\nhel"
            return [.send([UInt8](head.utf8)), .close]
        } _: { server in
            let directory = Self.path()
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let error = try await transferError { () async throws(TransferError) in
                let client: R2Client
                let key: ObjectKey
                do {
                    client = try server.client()
                    key = try Fixture.key()
                } catch { return }
                try await client.download(
                    key, to: .file("\(directory)/file"), options: DownloadOptions(onFailure: .keepForResume))
            }
            #expect(error.code == (hasChanged ? .objectChanged : .requestFailed))
            #expect(error.downloadToken == nil && error.cleanupError == nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
            #expect(server.requests.filter { $0.method == "GET" }.count == 1)
        }
    }
}
#endif
