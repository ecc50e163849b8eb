#if Storage
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A server on loopback that responds with raw bytes, as a test scripts it, and records requests.
///
/// It knows just enough of HTTP/1.1 to find the end of a request: a head, and the bytes that `content-length`
/// announces.
final class StubServer: Sendable {
    /// A request as it arrived.
    struct Request: Sendable {
        /// The number of the request since the server started, from 0.
        let index: Int
        /// The number of its connection, from 0.
        let connection: Int
        let method: String
        /// Path and query, byte for byte.
        let target: String
        /// The headers in the order of arrival.
        let headers: [(name: String, value: String)]
        /// The part of the body that has arrived.
        var body: [UInt8] = []

        /// Returns the value of a header with a lowercase name, whatever case the request used.
        subscript(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

        var path: String { String(target.prefix { $0 != "?" }) }
        var contentLength: Int { self["content-length"].flatMap { Int($0) } ?? 0 }
    }

    /// A step of a response.
    enum Step: Sendable {
        case send([UInt8])
        case wait(@Sendable () async -> Void)
        /// Closes the connection in the regular way (FIN).
        case close
        /// Resets the connection (RST).
        case reset
        /// Does nothing until the client closes the connection.
        case hang
    }

    typealias Script = @Sendable (Request) async -> [Step]

    private struct State {
        var requests: [Request] = []
        var connections = 0
        var open: [Int: any Channel] = [:]
    }

    private let script: Script
    private let early: @Sendable (Request) -> [Step]?
    private let state = Mutex(State())
    private let listener = Mutex<(any Channel)?>(nil)

    var port: Int { listener.withLock { $0?.localAddress?.port } ?? 0 }
    /// The requests so far, in the order in which their heads arrived.
    var requests: [Request] { state.withLock { $0.requests } }
    /// The number of connections so far.
    var connections: Int { state.withLock { $0.connections } }
    /// The number of open connections.
    var openConnections: Int { state.withLock { $0.open.count } }

    /// Runs a server while `body` runs.
    ///
    /// `early` returns the response to the head of a request, before its body is read. If it returns `nil`, the body is
    /// read, and `script` returns the response to the whole request.
    static func run<Result>(
        early: @escaping @Sendable (Request) -> [Step]?, _ script: @escaping Script,
        _ body: (StubServer) async throws -> Result
    ) async throws -> Result {
        let server = StubServer(early, script)
        try await server.start()
        do {
            let result = try await body(server)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    /// Runs a server that responds to whole requests while `body` runs.
    static func run<Result>(
        _ script: @escaping Script, _ body: (StubServer) async throws -> Result
    ) async throws -> Result {
        try await run(early: { _ in nil }, script, body)
    }

    private init(_ early: @escaping @Sendable (Request) -> [Step]?, _ script: @escaping Script) {
        self.early = early
        self.script = script
    }

    private func start() async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                    let number = self.state.withLock { state in
                        defer { state.connections += 1 }
                        state.open[state.connections] = channel
                        return state.connections
                    }
                    // Ends when the client or `stop()` closes the channel.
                    Task {
                        try? await self.serve(connection, number)
                        self.state.withLock { $0.open[number] = nil }
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        listener.withLock { $0 = channel }
    }

    private func stop() async {
        try? await listener.withLock { $0 }?.close()
        for channel in state.withLock({ Array($0.open.values) }) { channel.close(promise: nil) }
    }

    private func serve(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ number: Int) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var incoming = inbound.makeAsyncIterator()
            var buffer: [UInt8] = []
            while let request = try await head(&buffer, &incoming, number) {
                if let steps = early(request) {
                    guard try await perform(steps, connection.channel, outbound, &incoming) else { return }
                    continue
                }
                let whole = try await self.body(of: request, &buffer, &incoming)
                guard try await perform(await script(whole), connection.channel, outbound, &incoming) else { return }
            }
        }
    }

    private typealias Incoming = NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator

    /// Returns the head of the next request, or `nil` at the end of the connection.
    private func head(_ buffer: inout [UInt8], _ incoming: inout Incoming, _ number: Int) async throws -> Request? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let range = buffer.firstRange(of: end) {
                let lines = String(decoding: buffer[..<range.lowerBound], as: UTF8.self).split(separator: "\r\n")
                buffer.removeSubrange(..<range.upperBound)
                let words = lines[0].split(separator: " ")
                let headers = lines.dropFirst().map { line -> (name: String, value: String) in
                    let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                    return (String(parts[0]), String(parts.last?.drop { $0 == " " } ?? ""))
                }
                return state.withLock { state in
                    let request = Request(
                        index: state.requests.count, connection: number, method: String(words[0]),
                        target: String(words[1]), headers: headers)
                    state.requests.append(request)
                    return request
                }
            }
            guard let more = try await incoming.next() else { return nil }
            buffer += Array(more.readableBytesView)
        }
    }

    private func body(
        of request: Request, _ buffer: inout [UInt8], _ incoming: inout Incoming
    ) async throws -> Request {
        var request = request
        while buffer.count < request.contentLength, let more = try await incoming.next() {
            buffer += Array(more.readableBytesView)
        }
        let length = min(buffer.count, request.contentLength)
        request.body = Array(buffer.prefix(length))
        buffer.removeFirst(length)
        state.withLock { [request] in $0.requests[request.index] = request }
        return request
    }

    /// Carries out the steps of a response.
    ///
    /// Returns `false` if the connection is over.
    private func perform(
        _ steps: [Step], _ channel: any Channel, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ incoming: inout Incoming
    ) async throws -> Bool {
        for step in steps {
            switch step {
            case .send(let bytes): try await outbound.write(ByteBuffer(bytes: bytes))
            case .wait(let wait): await wait()
            case .close: return false
            case .reset:
                let options = channel as? any SocketOptionProvider
                try await options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
                return false
            case .hang:
                while try await incoming.next() != nil {}
                return false
            }
        }
        return true
    }
}
#endif
