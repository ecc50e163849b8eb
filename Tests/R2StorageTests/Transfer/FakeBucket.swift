#if Storage
import NIOCore
import Synchronization

/// A strict bucket that records every request, and fails the requests that a test chooses.
final class FakeBucket: Sendable {
    struct Request: Sendable {
        let head: S3Request
        let body: ByteBuffer

        /// The headers by their lowercase names.
        var headers: [String: String] { head.headers }
        /// The operation and part number, such as `UploadPart 3`.
        var name: String { head.partNumber.map { "\(head.operation) \($0)" } ?? head.operation }
    }

    struct Reply: Sendable {
        var response: BucketResponse
        /// The number of bytes of the body after which the connection is closed.
        var bytesBeforeDrop: Int?
    }

    /// An action before or instead of a response.
    enum Fault: Sendable {
        case error(Int, String)
        case drop
        case dropAfterWork
        case cut(after: Int)
        case wait(Latch)
        case workThenWait(Latch)
        /// Waits before the request is processed.
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
        var requests: [Request] = []
        var rules: [Rule] = []
    }

    private let state = Mutex(State())
    /// Two parts per page, so that longer lists have several pages.
    private let bucket = StrictBucket(partsPerPage: 2)

    // MARK: Interface for tests

    var requests: [Request] { state.withLock { $0.requests } }
    var names: [String] { requests.map(\.name) }
    var uploads: [String: StrictBucket.Upload] { bucket.state.withLock { $0.uploads } }

    func count(_ name: String) -> Int { names.count { $0 == name || $0.hasPrefix(name + " ") } }

    /// The numbers of the parts sent after a request.
    func sentParts(after count: Int = 0) -> [Int] {
        requests.dropFirst(count).filter { $0.head.operation == "UploadPart" }.compactMap(\.head.partNumber)
    }

    func object(_ key: String) -> StrictBucket.Object? { bucket.state.withLock { $0.objects[key] } }

    func store(_ key: String, _ content: ByteBuffer) {
        let object = StrictBucket.Object(content: content, etag: StrictBucket.tag(content))
        bucket.state.withLock { $0.objects[key] = object }
    }

    func remove(_ key: String) { bucket.state.withLock { _ = $0.objects.removeValue(forKey: key) } }

    func storePart(_ upload: String, _ number: Int, _ content: ByteBuffer) {
        let part = StrictBucket.Part(content: content, etag: StrictBucket.tag(content))
        bucket.state.withLock { $0.uploads[upload]?.parts[number] = part }
    }

    /// Leaves the beginning of a part, as some servers do after a failed attempt to send it.
    func storeLeftover(_ upload: String, _ number: Int, _ content: ByteBuffer) {
        let part = StrictBucket.Part(content: content, etag: StrictBucket.tag(content))
        bucket.state.withLock { $0.uploads[upload]?.leftovers[number] = part }
    }

    func forget(_ upload: String) { bucket.state.withLock { _ = $0.uploads.removeValue(forKey: upload) } }

    /// Fails the next requests with a name, such as `UploadPart 3` or `GetObject`.
    func fail(_ name: String, times: Int = 1, _ fault: Fault) {
        state.withLock { $0.rules.append(Rule(name: name, times: times, fault: fault)) }
    }

    // MARK: Responses

    /// Returns the response to a request, or `nil` to close the connection.
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
        case nil: return response(request)
        case .error(let status, let code): return Reply(response: .error(status, code))
        case .drop: return nil
        case .dropAfterWork:
            _ = response(request)
            return nil
        case .cut(let count):
            var reply = response(request)
            reply.bytesBeforeDrop = count
            return reply
        case .wait(let latch):
            await latch.wait()
            return response(request)
        case .workThenWait(let latch):
            let reply = response(request)
            await latch.wait()
            return reply
        case .workAfter(let arrived, let latch):
            arrived.open()
            await latch.wait()
            return response(request)
        case .work(let work):
            work(self)
            return response(request)
        case .etag(let tag):
            _ = response(request)
            return Reply(response: .xml("CompleteMultipartUploadResult", "<ETag>\(tag)</ETag>"))
        }
    }

    private func response(_ request: Request) -> Reply { Reply(response: bucket.response(request.head, request.body)) }
}
#endif
