#if Storage
import Crypto
import NIOCore
import NIOHTTP1
import NIOPosix
import R2Kit
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A bucket in this process that is as strict as R2: parts have one size, and requests have all required headers.
///
/// It doesn't check signatures. Tests against real servers do.
final class StrictBucket: Sendable {
    struct Object: Sendable {
        var content: ByteBuffer
        var etag: String
        var modified = HTTPTime.now
        /// The headers of the request that stored it, by their lowercase names.
        var headers: [String: String] = [:]
    }

    struct Part: Sendable {
        let content: ByteBuffer
        let etag: String
    }

    struct Upload: Sendable {
        let key: String
        let began: HTTPTime
        let headers: [String: String]
        var parts: [Int: Part] = [:]
        /// What earlier attempts to send a part left behind.
        ///
        /// Some servers list it as well, before and after the part.
        var leftovers: [Int: Part] = [:]
    }

    struct State: Sendable {
        var objects: [String: Object] = [:]
        var uploads: [String: Upload] = [:]
        var lastUpload = 0
        var openConnections = 0
        var mostConnections = 0
        var requests = 0
        var failures = 0
    }

    let state = Mutex(State())
    /// The maximum number of parts per page.
    let partsPerPage: Int
    /// The port on 127.0.0.1 on which the bucket listens.
    private let boundPort = Mutex(0)

    init(partsPerPage: Int = 1000) { self.partsPerPage = partsPerPage }

    var port: Int { boundPort.withLock { $0 } }
    var openUploads: Int { state.withLock { $0.uploads.count } }
    var openConnections: Int { state.withLock { $0.openConnections } }
    var mostConnections: Int { state.withLock { $0.mostConnections } }
    /// The number of responses, and the number of errors among them.
    var counts: (requests: Int, failures: Int) { state.withLock { ($0.requests, $0.failures) } }

    /// Runs a bucket while the body runs.
    static func run<Result: Sendable>(_ body: (StrictBucket) async throws -> Result) async throws -> Result {
        let bucket = StrictBucket()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(BucketHandler(bucket))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        bucket.boundPort.withLock { $0 = server.localAddress?.port ?? 0 }
        let result: Result
        do {
            result = try await body(bucket)
        } catch {
            try await server.close()
            throw error
        }
        try await server.close()
        return result
    }

    /// The environment variables for `R2Config()`.
    var settings: [String: String] {
        [
            "R2_ENDPOINT": "http://127.0.0.1:\(port)", "R2_ACCESS_KEY_ID": "strict", "R2_SECRET_ACCESS_KEY": "bucket",
            "R2_BUCKET_NAME": "strict-bucket",
        ]
    }

    func config() throws -> R2Config { try R2Config(environment: settings) }

    func response(_ request: S3Request, _ body: ByteBuffer) -> BucketResponse {
        let response = refusal(request, body) ?? checkedResponse(request, body)
        state.withLock {
            $0.requests += 1
            if response.status >= 400 { $0.failures += 1 }
        }
        return response
    }

    /// Returns an error for a request that R2 rejects, whatever its operation.
    private func refusal(_ request: S3Request, _ body: ByteBuffer) -> BucketResponse? {
        guard request.headers["authorization"] != nil, request.headers["x-amz-content-sha256"] != nil else {
            return .error(403, "AccessDenied")
        }
        for name in ["transfer-encoding", "expect", "x-amz-acl"] where request.headers[name] != nil {
            return .error(501, "NotImplemented")
        }
        if ["PUT", "POST"].contains(request.method), request.headers["content-length"] == nil {
            return .error(411, "MissingContentLength")
        }
        guard body.readableBytes == request.contentLength else { return .error(400, "IncompleteBody") }
        guard let digest = request.headers["content-md5"] else { return nil }
        let isOwn = body.withUnsafeReadableBytes { Data(Insecure.MD5.hash(data: $0)).base64EncodedString() == digest }
        return isOwn ? nil : .error(400, "BadDigest")
    }

    private func checkedResponse(_ request: S3Request, _ body: ByteBuffer) -> BucketResponse {
        let key = request.key ?? ""
        switch request.operation {
        case "PutObject": return put(key, request, body)
        case "GetObject", "HeadObject": return get(key, request)
        case "CopyObject": return copy(key, request)
        case "DeleteObject":
            state.withLock { $0.objects[key] = nil }
            return BucketResponse(204)
        case "DeleteObjects": return deleteAll(body)
        case "CreateMultipartUpload": return create(key, request)
        case "UploadPart": return part(key, request, body)
        case "CompleteMultipartUpload": return complete(key, request, body)
        case "AbortMultipartUpload": return abort(key, request)
        case "ListParts": return parts(key, request)
        case "ListMultipartUploads": return uploads(request)
        case "ListObjectsV2": return list(request)
        case "HeadBucket": return BucketResponse(200)
        default: return .error(501, "NotImplemented")
        }
    }

    static func tag(_ content: ByteBuffer) -> String {
        let digest = content.withUnsafeReadableBytes { Insecure.MD5.hash(data: $0) }
        return hex(digest)
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
#endif
