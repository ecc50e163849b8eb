#if Emulator && Delivery && SQLite
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The files of the page, in memory.
struct PageFiles: Sendable {
    private struct File: Sendable {
        let contentType: String
        let etag: String
        let bytes: ByteBuffer
    }

    private let files: [String: File]

    private static let types = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
        "svg": "image/svg+xml",
    ]

    /// Reads the files from the resources of the program.
    init() throws {
        let directory = (Bundle.module.resourceURL ?? Bundle.module.bundleURL).appendingPathComponent("Page")
        var files: [String: File] = [:]
        for url in try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil) {
            guard let type = Self.types[url.pathExtension] else { continue }
            let data = try Data(contentsOf: url)
            let hash = SHA256.hash(data: data).prefix(12).map { String($0, radix: 16) }.joined()
            let name = url.lastPathComponent
            files[name == "index.html" ? "/" : "/\(name)"] = File(
                contentType: type, etag: "\"\(hash)\"", bytes: ByteBuffer(bytes: data))
        }
        self.files = files
    }

    /// Returns a Boolean value that indicates whether there is a file with a path.
    func contains(_ path: String) -> Bool { files[path] != nil }

    /// Returns the response with a file, or `nil` if there is no such file.
    ///
    /// A browser asks each time whether its copy is current, so that a page never has modules of two versions.
    func response(to request: HTTPRequest, path: String) -> Response? {
        guard request.method == .get || request.method == .head, let file = files[path] else { return nil }
        var headers: HTTPFields = [.contentType: file.contentType, .eTag: file.etag, .cacheControl: "no-cache"]
        headers[.contentLength] = String(file.bytes.readableBytes)
        if Self.isCurrent(file.etag, request.headerFields[.ifNoneMatch]) {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.bytes))
    }

    /// Returns a Boolean value that indicates whether a client has an entity already (RFC 9110, section 13.1.2).
    ///
    /// A proxy that compresses makes the tag a weak one. The tags here contain no comma.
    private static func isCurrent(_ etag: String, _ condition: String?) -> Bool {
        guard let condition else { return false }
        return condition.split(separator: ",").contains { entry in
            let tag = entry.trimmingCharacters(in: .whitespaces)
            return tag == "*" || tag == etag || tag == "W/" + etag
        }
    }
}
#endif
