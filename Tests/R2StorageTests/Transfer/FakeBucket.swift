#if Storage
import Crypto
import NIOCore
import NIOHTTP1
import R2Kit
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A bucket in memory that speaks S3's protocol as R2 does: it keeps parts, refuses unequal ones when an upload is
/// completed, remembers every request, and fails those that a test chooses.
final class FakeBucket: Sendable {
    struct Request: Sendable {
        let method: HTTPMethod
        let key: String
        let query: [String: String]
        let headers: HTTPHeaders
        let body: ByteBuffer

        /// Such as `UploadPart 3`.
        var name: String {
            switch method {
            case .PUT: query["partNumber"].map { "UploadPart \($0)" } ?? "PutObject"
            case .POST: query["uploads"] != nil ? "CreateMultipartUpload" : "CompleteMultipartUpload"
            case .DELETE: "AbortMultipartUpload"
            case .GET: query["uploadId"] != nil ? "ListParts" : "GetObject"
            default: "HeadObject"
            }
        }
    }

    struct Object: Sendable {
        var body: ByteBuffer
        var etag: String
        var headers = HTTPHeaders()
        var stored = Date()
    }

    struct Upload: Sendable {
        let key: String
        let headers: HTTPHeaders
        var parts: [Int: Object] = [:]
    }

    struct Reply: Sendable {
        var status: HTTPResponseStatus
        var headers = HTTPHeaders()
        var body = ByteBuffer()
        /// The connection is closed after so many bytes of the body.
        var bytesBeforeDrop: Int?
    }

    /// What is done to a request in place of, or before, answering it.
    enum Fault: Sendable {
        case error(Int, String)
        case drop
        case dropAfterWork
        case cut(after: Int)
        case wait(Latch)
        case workThenWait(Latch)
        /// Tells that the request is there, and waits before anything is done.
        case workAfter(_ arrived: Latch, Latch)
        case work(@Sendable (FakeBucket) -> Void)
        case etag(String)
    }

    private struct Rule: Sendable {
        let name: String
        var times: Int
        let fault: Fault
    }

    private struct State: Sendable {
        var objects: [String: Object] = [:]
        var uploads: [String: Upload] = [:]
        var requests: [Request] = []
        var rules: [Rule] = []
        var nextUpload = 1
    }

    private let state = Mutex(State())

    // MARK: What tests ask and say

    var requests: [Request] { state.withLock { $0.requests } }
    var names: [String] { requests.map(\.name) }
    var uploads: [String: Upload] { state.withLock { $0.uploads } }

    func count(_ name: String) -> Int { names.count { $0 == name || $0.hasPrefix(name + " ") } }

    /// The numbers of the parts that were sent since a request.
    func sentParts(after count: Int = 0) -> [Int] {
        requests.dropFirst(count).filter { $0.method == .PUT }.compactMap { $0.query["partNumber"].flatMap(Int.init) }
    }

    func object(_ key: String) -> Object? { state.withLock { $0.objects[key] } }

    func store(_ key: String, _ body: ByteBuffer) {
        state.withLock { $0.objects[key] = Object(body: body, etag: Self.md5(body).hex) }
    }

    func remove(_ key: String) { state.withLock { _ = $0.objects.removeValue(forKey: key) } }

    func storePart(_ upload: String, _ number: Int, _ body: ByteBuffer) {
        state.withLock { $0.uploads[upload]?.parts[number] = Object(body: body, etag: Self.md5(body).hex) }
    }

    func forget(_ upload: String) { state.withLock { _ = $0.uploads.removeValue(forKey: upload) } }

    /// Fails the next requests of a name, such as `UploadPart 3` or `GetObject`.
    func fail(_ name: String, times: Int = 1, _ fault: Fault) {
        state.withLock { $0.rules.append(Rule(name: name, times: times, fault: fault)) }
    }

    // MARK: Answering

    /// Answers a request; `nil` closes the connection.
    func reply(to request: Request) async -> Reply? {
        let fault = state.withLock { state -> Fault? in
            state.requests.append(request)
            guard let index = state.rules.firstIndex(where: { $0.times > 0 && request.name.hasPrefix($0.name) }) else {
                return nil
            }
            state.rules[index].times -= 1
            return state.rules[index].fault
        }
        switch fault {
        case nil: return answer(request)
        case .error(let status, let code): return Self.error(status, code)
        case .drop: return nil
        case .dropAfterWork:
            _ = answer(request)
            return nil
        case .cut(let count):
            var reply = answer(request)
            reply.bytesBeforeDrop = count
            return reply
        case .wait(let latch):
            await latch.wait()
            return answer(request)
        case .workThenWait(let latch):
            let reply = answer(request)
            await latch.wait()
            return reply
        case .workAfter(let arrived, let latch):
            arrived.open()
            await latch.wait()
            return answer(request)
        case .work(let work):
            work(self)
            return answer(request)
        case .etag(let tag):
            var reply = answer(request)
            reply.body = ByteBuffer(
                string: "<CompleteMultipartUploadResult><ETag>\(tag)</ETag></CompleteMultipartUploadResult>")
            return reply
        }
    }

    private func answer(_ request: Request) -> Reply {
        state.withLock { state in
            switch request.name {
            case "PutObject": Self.put(request, &state)
            case "CreateMultipartUpload": Self.create(request, &state)
            case "CompleteMultipartUpload": Self.complete(request, &state)
            case "AbortMultipartUpload": Self.abort(request, &state)
            case "ListParts": Self.listParts(request, &state)
            case "GetObject", "HeadObject": Self.get(request, &state)
            default: Self.uploadPart(request, &state)
            }
        }
    }

    private static func put(_ request: Request, _ state: inout State) -> Reply {
        if let refusal = badDigest(request) ?? failedCondition(request, state) { return refusal }
        let tag = md5(request.body).hex
        state.objects[request.key] = Object(body: request.body, etag: tag, headers: request.headers)
        return Reply(status: .ok, headers: ["etag": "\"\(tag)\""])
    }

    private static func create(_ request: Request, _ state: inout State) -> Reply {
        let id = "upload/\(state.nextUpload)+="
        state.nextUpload += 1
        state.uploads[id] = Upload(key: request.key, headers: request.headers)
        return Reply(
            status: .ok,
            body: ByteBuffer(
                string: "<InitiateMultipartUploadResult><UploadId>\(id)</UploadId></InitiateMultipartUploadResult>"))
    }

    private static func uploadPart(_ request: Request, _ state: inout State) -> Reply {
        let id = request.query["uploadId"] ?? ""
        guard state.uploads[id]?.key == request.key, let number = request.query["partNumber"].flatMap(Int.init) else {
            return error(404, "NoSuchUpload")
        }
        if let refusal = badDigest(request) { return refusal }
        let tag = md5(request.body).hex
        state.uploads[id]?.parts[number] = Object(body: request.body, etag: tag)
        return Reply(status: .ok, headers: ["etag": "\"\(tag)\""])
    }

    private static func complete(_ request: Request, _ state: inout State) -> Reply {
        let id = request.query["uploadId"] ?? ""
        guard let upload = state.uploads[id], upload.key == request.key else { return error(404, "NoSuchUpload") }
        if let refusal = failedCondition(request, state) {
            state.uploads[id] = nil
            return refusal
        }
        let text = String(buffer: request.body)
        var parts: [Object] = []
        for piece in text.components(separatedBy: "<PartNumber>").dropFirst() {
            let number = piece.components(separatedBy: "<").first.flatMap(Int.init) ?? 0
            guard let part = upload.parts[number], piece.contains(part.etag) else { return error(400, "InvalidPart") }
            parts.append(part)
        }
        let size = parts.first?.body.readableBytes ?? 0
        let areEqual = parts.dropLast().allSatisfy { $0.body.readableBytes == size }
        guard areEqual, parts.last.map({ $0.body.readableBytes <= size }) == true else {
            return error(400, "InvalidPart")
        }
        guard parts.count == 1 || size >= 5 * 1024 * 1024 else { return error(400, "EntityTooSmall") }
        var body = ByteBuffer()
        var digests = Insecure.MD5()
        for part in parts {
            body.writeImmutableBuffer(part.body)
            digests.update(data: Array(md5(part.body)))
        }
        let tag = "\(digests.finalize().hex)-\(parts.count)"
        state.objects[upload.key] = Object(body: body, etag: tag, headers: upload.headers)
        state.uploads[id] = nil
        return Reply(
            status: .ok,
            body: ByteBuffer(
                string: "<CompleteMultipartUploadResult><ETag>&quot;\(tag)&quot;</ETag></CompleteMultipartUploadResult>"
            ))
    }

    private static func abort(_ request: Request, _ state: inout State) -> Reply {
        guard state.uploads.removeValue(forKey: request.query["uploadId"] ?? "") != nil else {
            return error(404, "NoSuchUpload")
        }
        return Reply(status: .noContent)
    }

    /// Two parts a page, so that every longer list is read in pages.
    private static func listParts(_ request: Request, _ state: inout State) -> Reply {
        guard let upload = state.uploads[request.query["uploadId"] ?? ""] else { return error(404, "NoSuchUpload") }
        let marker = request.query["part-number-marker"].flatMap(Int.init) ?? 0
        let parts = upload.parts.filter { $0.key > marker }.sorted { $0.key < $1.key }
        let page = parts.prefix(2)
        var text = "<ListPartsResult><IsTruncated>\(parts.count > 2)</IsTruncated>"
        if let last = page.last { text += "<NextPartNumberMarker>\(last.key)</NextPartNumberMarker>" }
        for (number, part) in page {
            text += "<Part><PartNumber>\(number)</PartNumber><ETag>&quot;\(part.etag)&quot;</ETag>"
            text += "<Size>\(part.body.readableBytes)</Size></Part>"
        }
        return Reply(status: .ok, body: ByteBuffer(string: text + "</ListPartsResult>"))
    }

    private static func get(_ request: Request, _ state: inout State) -> Reply {
        guard let object = state.objects[request.key] else { return error(404, "NoSuchKey") }
        if let refusal = failedCondition(request, state) { return refusal }
        var headers: HTTPHeaders = ["etag": "\"\(object.etag)\""]
        if let stored = HTTPDate.format(object.stored) { headers.add(name: "last-modified", value: stored) }
        let size = object.body.readableBytes
        if let range = request.headers.first(name: "range") {
            let bounds = range.dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) }
            guard let first = bounds.first, first < size else { return error(416, "InvalidRange") }
            let last = min(bounds.count > 1 ? bounds[1] : size - 1, size - 1)
            headers.add(name: "content-range", value: "bytes \(first)-\(last)/\(size)")
            let body = object.body.getSlice(at: object.body.readerIndex + first, length: last - first + 1)
            return Reply(status: .partialContent, headers: headers, body: body ?? ByteBuffer())
        }
        return Reply(status: .ok, headers: headers, body: object.body)
    }

    // MARK: Rules

    private static func failedCondition(_ request: Request, _ state: State) -> Reply? {
        let object = state.objects[request.key]
        if let tag = request.headers.first(name: "if-match"), tag != "\"\(object?.etag ?? "")\"" {
            return error(412, "PreconditionFailed")
        }
        if request.headers.contains(name: "if-none-match"), object != nil { return error(412, "PreconditionFailed") }
        return nil
    }

    private static func badDigest(_ request: Request) -> Reply? {
        guard let expected = request.headers.first(name: "content-md5") else { return nil }
        return Data(md5(request.body)).base64EncodedString() == expected ? nil : error(400, "BadDigest")
    }

    static func error(_ status: Int, _ code: String) -> Reply {
        Reply(
            status: HTTPResponseStatus(statusCode: status),
            body: ByteBuffer(string: "<Error><Code>\(code)</Code><Message>as the test wants</Message></Error>"))
    }

    static func md5(_ body: ByteBuffer) -> Insecure.MD5.Digest {
        var hash = Insecure.MD5()
        body.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        return hash.finalize()
    }
}

extension Insecure.MD5.Digest {
    var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
#endif
