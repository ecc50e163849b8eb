#if Storage
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// The bytes of a request's body that the system has accepted, as counted on the request's connection.
///
/// The HTTP client takes chunks from a body until another thread notices that the connection is full, which can be
/// many chunks later. They stay in memory for as long as a slow line needs to send them. Only the connection knows when
/// they have been written.
final class SentBytes: Sendable {
    private struct State {
        /// A Boolean value that indicates whether a connection counts.
        var isCounted = false
        var isOver = false
        var count: Int64 = 0
        /// The time that the latest chunk took.
        var time: Duration = .zero
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// The bodies whose requests wait for a connection, by the requests' `Authorization` headers.
    ///
    /// Equal requests that are signed in the same second have equal headers. Each of their connections takes one body.
    private static let expected = Mutex<[String: [SentBytes]]>([:])

    private let activity: AttemptActivity
    private let state = Mutex(State())

    init(_ activity: AttemptActivity) { self.activity = activity }

    // MARK: Connection

    /// Expects that a connection sends the head of a request with an `Authorization` header.
    func expect(_ authorization: String) {
        Self.expected.withLock { $0[authorization, default: []].append(self) }
    }

    /// Returns the body of a request whose head is sent on a connection, which counts from now on.
    static func start(_ authorization: String) -> SentBytes? {
        let body = expected.withLock { expected -> SentBytes? in
            guard var bodies = expected[authorization], !bodies.isEmpty else { return nil }
            let body = bodies.removeFirst()
            expected[authorization] = bodies.isEmpty ? nil : bodies
            return body
        }
        guard let body else { return nil }
        let isNew = body.state.withLock { state in
            defer { state.isCounted = true }
            return !state.isCounted && !state.isOver
        }
        if isNew { body.activity.connectionUse.sendingStarted() }
        return body
    }

    /// Counts bytes that the connection has written.
    func add(_ count: Int) {
        let time = activity.accepted(count)
        let waiter = state.withLock { state in
            state.count += Int64(count)
            state.time = time
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Ends the wait for the connection, whatever it has sent.
    func finish(_ authorization: String? = nil) {
        if let authorization {
            Self.expected.withLock { expected in
                guard let rest = expected[authorization]?.filter({ $0 !== self }) else { return }
                expected[authorization] = rest.isEmpty ? nil : rest
            }
        }
        let (waiter, wasSending) = state.withLock { state in
            defer {
                state.isOver = true
                state.waiter = nil
            }
            return (state.waiter, state.isCounted && !state.isOver)
        }
        if wasSending { activity.connectionUse.sendingEnded() }
        waiter?.resume()
    }

    // MARK: Source

    /// The bytes that have been written, and the time that the latest chunk took, or `nil` if no connection counts.
    var current: (count: Int64, time: Duration)? {
        state.withLock { $0.isCounted ? ($0.count, $0.time) : nil }
    }

    /// Waits until more than a number of bytes have been written, or the request is over.
    /// - Returns: `false` if the request is over.
    func wait(for count: Int64) async -> Bool {
        // Only the source of the body waits, so there is one waiter at most.
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                guard !state.isOver, state.count <= count else { return false }
                state.waiter = continuation
                return true
            }
            if !mustWait { continuation.resume() }
        }
        return state.withLock { !$0.isOver }
    }
}

/// A channel handler that counts the bytes of request bodies when they have been written.
final class SentBytesHandler: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private var body: SentBytes?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            body = head.headers.first(name: "authorization").flatMap(SentBytes.start)
        case .body(let chunk):
            guard let body else { break }
            let promise = promise ?? context.eventLoop.makePromise()
            let count = chunk.readableBytes
            promise.futureResult.whenComplete { result in
                switch result {
                case .success: body.add(count)
                case .failure: body.finish()
                }
            }
            return context.write(data, promise: promise)
        case .end:
            body = nil
        }
        context.write(data, promise: promise)
    }
}
#endif
