#if Storage
import Crypto
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A small bucket in memory, which stores objects under their exact keys.
final class MemoryBucket: Sendable {
    private struct State {
        var objects: [[UInt8]: [UInt8]] = [:]
        var headers: [[UInt8]: HTTPHeaders] = [:]
        var uploads: [String: [Int: [UInt8]]] = [:]
        var requests: [String] = []
        var page: (@Sendable (Int) -> [String])?
        var override: (@Sendable (Int) -> Response?)?
    }

    typealias Response = (status: HTTPResponseStatus, headers: HTTPHeaders, body: [UInt8])

    private let state = Mutex(State())

    /// The environment variables for the command.
    let environment: [String: String]

    let port: Int
    /// A Boolean value that indicates whether keys and prefixes are composed, as R2 does.
    private let composesKeys: Bool

    private func form(_ text: String) -> String {
        composesKeys ? text.precomposedStringWithCanonicalMapping : text
    }

    private init(port: Int, composesKeys: Bool) {
        self.port = port
        self.composesKeys = composesKeys
        environment = [
            "R2_ENDPOINT": "http://127.0.0.1:\(port)", "R2_ACCESS_KEY_ID": "test-id",
            "R2_SECRET_ACCESS_KEY": "test-s3cr3t", "R2_BUCKET_NAME": "test-bucket",
        ]
    }

    /// Runs a body with a bucket.
    static func run(composesKeys: Bool = false, _ body: (MemoryBucket) async throws -> Void) async throws {
        let box = Mutex<MemoryBucket?>(nil)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler { box.withLock { $0 } })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let bucket = MemoryBucket(port: channel.localAddress?.port ?? 0, composesKeys: composesKeys)
        box.withLock { $0 = bucket }
        do { try await body(bucket) } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    /// The method and target of every request so far.
    var requests: [String] { state.withLock(\.requests) }

    /// The keys in the bucket, byte for byte.
    var keys: [[UInt8]] { state.withLock { Array($0.objects.keys) } }

    subscript(key: String) -> [UInt8]? {
        get { state.withLock { $0.objects[Array(key.utf8)] } }
        set { state.withLock { $0.objects[Array(key.utf8)] = newValue } }
    }

    /// Makes the bucket list pages of keys without an end.
    func listEndlessly(_ page: @escaping @Sendable (_ number: Int) -> [String]) { state.withLock { $0.page = page } }

    /// Makes the bucket send other responses to some requests, given their numbers from 1.
    func respond(_ response: @escaping @Sendable (_ request: Int) -> Response?) {
        state.withLock { $0.override = response }
    }

    /// Returns the values of a header with which an object was stored.
    func header(_ name: String, of key: String) -> [String]? {
        state.withLock { $0.headers[Array(key.utf8)]?[name] }
    }

    // MARK: Responses

    private static let etag = "\"9b2cf535f27731c974343645a3985328\""

    fileprivate func response(
        _ head: HTTPRequestHead, _ body: [UInt8]
    ) -> Response {
        let parts = head.uri.split(separator: "?", maxSplits: 1).map(String.init)
        let path = form(parts[0].removingPercentEncoding ?? "")
        let query = parts.count > 1 ? parts[1] : ""
        // "/test-bucket/KEY"
        let key = Array(path.utf8.dropFirst("/test-bucket/".utf8.count))
        var headers = HTTPHeaders([("etag", Self.etag), ("x-amz-request-id", "memory")])
        return state.withLock { state in
            state.requests.append("\(head.method) \(head.uri)")
            if let response = state.override?(state.requests.count) { return response }
            if key.isEmpty, head.method == .GET { return (.ok, headers, Array(list(state, query).utf8)) }
            if query.hasPrefix("delete") {
                let text = String(decoding: body, as: UTF8.self)
                var deleted = ""
                for match in text.matches(of: /<Key>([^<]*)<\/Key>/) {
                    state.objects[Array(match.1.utf8)] = nil
                    deleted += "<Deleted><Key>\(match.1)</Key></Deleted>"
                }
                return (.ok, headers, Array("<DeleteResult>\(deleted)</DeleteResult>".utf8))
            }
            if let document = Self.multipart(&state, head.method, key, query, body) {
                if head.method == .PUT { headers.replaceOrAdd(name: "etag", value: Self.digest(body)) }
                return (.ok, headers, Array(document.utf8))
            }
            if head.method == .PUT {
                state.objects[key] = body
                state.headers[key] = head.headers
                return (.ok, headers, [])
            }
            guard let object = state.objects[key] else {
                let error = "<Error><Code>NoSuchKey</Code><Message>Missing.</Message></Error>"
                return (.notFound, headers, head.method == .HEAD ? [] : Array(error.utf8))
            }
            headers.add(name: "last-modified", value: "Sun, 06 Nov 1994 08:49:37 GMT")
            guard head.method == .GET, let range = head.headers.first(name: "range") else {
                headers.add(name: "content-length", value: "\(object.count)")
                return (.ok, headers, head.method == .HEAD ? [] : object)
            }
            let bounds = range.dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) }
            let last = min(bounds.count > 1 ? bounds[1] : object.count - 1, object.count - 1)
            headers.add(name: "content-range", value: "bytes \(bounds[0])-\(last)/\(object.count)")
            return (.partialContent, headers, Array(object[bounds[0]...last]))
        }
    }

    /// Returns the ETag of a part.
    private static func digest(_ part: [UInt8]) -> String {
        "\"\(Insecure.MD5.hash(data: part).map { String(format: "%02x", $0) }.joined())\""
    }

    /// Returns the value of a query parameter.
    private static func field(_ name: String, of query: String) -> String? {
        let fields = query.split(separator: "&").map { $0.split(separator: "=", omittingEmptySubsequences: false) }
        return fields.first { $0[0] == name }.flatMap { $0.count > 1 ? String($0[1]).removingPercentEncoding : nil }
    }

    /// Carries out a request for an upload in parts, and returns the response's document.
    private static func multipart(
        _ state: inout State, _ method: HTTPMethod, _ key: [UInt8], _ query: String, _ body: [UInt8]
    ) -> String? {
        if method == .POST, query.hasPrefix("uploads") {
            let id = "upload-\(state.uploads.count)"
            state.uploads[id] = [:]
            return "<InitiateMultipartUploadResult><UploadId>\(id)</UploadId></InitiateMultipartUploadResult>"
        }
        guard let id = field("uploadId", of: query), let parts = state.uploads[id] else { return nil }
        switch method {
        case .PUT:
            guard let number = field("partNumber", of: query).flatMap({ Int($0) }) else { return nil }
            state.uploads[id]?[number] = body
            return ""
        case .GET:
            let entries = parts.sorted { $0.key < $1.key }.map { number, bytes in
                "<Part><PartNumber>\(number)</PartNumber><ETag>\(digest(bytes))</ETag><Size>\(bytes.count)</Size></Part>"
            }
            return "<ListPartsResult><IsTruncated>false</IsTruncated>\(entries.joined())</ListPartsResult>"
        case .POST:
            state.objects[key] = parts.sorted { $0.key < $1.key }.flatMap(\.value)
            state.uploads[id] = nil
            return "<CompleteMultipartUploadResult><ETag>\(etag)</ETag></CompleteMultipartUploadResult>"
        default:
            return nil
        }
    }

    private func list(_ state: State, _ query: String) -> String {
        var keys: [String]
        var next = "<IsTruncated>false</IsTruncated>"
        if let page = state.page {
            let number = Self.field("continuation-token", of: query).flatMap { Int($0) } ?? 0
            keys = page(number)
            next = "<IsTruncated>true</IsTruncated><NextContinuationToken>\(number + 1)</NextContinuationToken>"
        } else {
            keys = state.objects.keys.sorted { $0.lexicographicallyPrecedes($1) }
                .map { String(decoding: $0, as: UTF8.self) }
            let prefix = Array(form(Self.field("prefix", of: query) ?? "").utf8)
            keys = keys.filter { $0.utf8.starts(with: prefix) }
        }
        let entries = keys.map { key in
            let escaped = key.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            return "<Contents><Key>\(escaped)</Key><LastModified>2026-11-27T00:00:00.000Z</LastModified>"
                + "<ETag>\(Self.etag)</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>"
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult><EncodingType>url</EncodingType>"
            + "<Name>test-bucket</Name>\(next)\(entries.joined())</ListBucketResult>"
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let bucket: () -> MemoryBucket?
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ bucket: @escaping () -> MemoryBucket?) { self.bucket = bucket }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = []
            case .body(let piece): body += Array(piece.readableBytesView)
            case .end:
                guard let head, let bucket = bucket() else { return }
                let response = bucket.response(head, body)
                var headers = response.headers
                if !headers.contains(name: "content-length") {
                    headers.add(name: "content-length", value: "\(response.body.count)")
                }
                context.write(
                    wrapOutboundOut(
                        .head(HTTPResponseHead(version: .http1_1, status: response.status, headers: headers))),
                    promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
#endif
