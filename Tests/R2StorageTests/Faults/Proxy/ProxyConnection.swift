#if Storage
import NIOCore
import NIOPosix

/// A client's connection to the proxy.
///
/// Each request uses its own connection to the server.
struct ProxyConnection: Sendable {
    typealias Stream = NIOAsyncChannel<ByteBuffer, ByteBuffer>
    typealias Writer = NIOAsyncChannelOutboundWriter<ByteBuffer>

    let client: Stream
    let upstream: Int
    /// A Boolean value that indicates whether the server's connection is reset, not closed, in the middle of a request.
    let resetsServer: Bool
    let log: ProxyLog
    let faults: @Sendable (S3Request) async -> Fault

    func serve() async {
        // The client may disconnect at any time.
        try? await client.executeThenClose { inbound, outbound in
            var reader = MessageReader(inbound)
            do {
                while let head = try await reader.head(), let request = S3Request(head: head) {
                    log.begin(request)
                    let fault = await faults(request)
                    guard try await relay(request, head, &reader, outbound, fault) else { return }
                }
            } catch let cut as Cut where cut.isReset {
                await client.channel.reset()
            }
        }
    }

    /// Passes on a request and its response.
    ///
    /// Returns `false` if the connection ends with it.
    private func relay(
        _ request: S3Request, _ head: [UInt8], _ reader: inout MessageReader, _ outbound: Writer, _ fault: Fault
    ) async throws -> Bool {
        let observed = ObservedResponse()
        var bodyBytes = 0
        defer {
            log.end(
                .init(
                    request: request, fault: fault, bodyBytes: bodyBytes, status: observed.status,
                    hasResponse: observed.isPassedOn))
        }
        switch fault {
        case .refusal(let status, let retryAfter, let readsBody):
            if readsBody { try await reader.body(request.contentLength) { _ in } }
            try await outbound.write(ProxyResponse.refusal(status, retryAfter, to: request, closes: !readsBody))
            return readsBody
        case .errorInSuccess(isDone: false):
            try await reader.body(request.contentLength) { _ in }
            try await outbound.write(ProxyResponse.errorInSuccess)
            return true
        default:
            try await fault.strike(.beforeRequest)
            let response = ResponseRelay(request: request, fault: fault, client: outbound, observed: observed)
            return try await exchange(request, head, &reader, response, fault, &bodyBytes)
        }
    }

    /// Sends a request to the server and its response back, even while the request's body is still being sent.
    private func exchange(
        _ request: S3Request, _ head: [UInt8], _ reader: inout MessageReader, _ response: ResponseRelay, _ fault: Fault,
        _ bodyBytes: inout Int
    ) async throws -> Bool {
        let server = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: upstream) { channel in
                channel.eventLoop.makeCompletedFuture { try Stream(wrappingChannelSynchronously: channel) }
            }
        return try await server.executeThenClose { responses, requests in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask { try await response.run(responses) }
                defer { group.cancelAll() }
                do {
                    try await send(head, to: requests, fault)
                    try await send(&reader, of: request, to: requests, fault, &bodyBytes)
                } catch {
                    if resetsServer { await server.channel.reset() }
                    throw error
                }
                return try await group.next() ?? false
            }
        }
    }

    /// Sends the body of a request.
    private func send(
        _ reader: inout MessageReader, of request: S3Request, to server: Writer, _ fault: Fault, _ bodyBytes: inout Int
    ) async throws {
        var isOpen = true
        try await reader.body(request.contentLength) { piece in
            for piece in fault.split(piece, at: bodyBytes, of: request.contentLength) {
                // A server that responds early may not read the rest.
                if isOpen { do { try await server.write(piece) } catch { isOpen = false } }
                bodyBytes += piece.readableBytes
                if fault.isReached(inBody: bodyBytes, of: request.contentLength) {
                    try await fault.strike { if case .inBody = $0 { true } else { false } }
                }
            }
        }
    }

    /// Sends the head, and requests that the server close the connection, which marks the end of its response.
    private func send(_ head: [UInt8], to server: Writer, _ fault: Fault) async throws {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: true)
            .filter { !$0.lowercased().hasPrefix("connection:") }
        let bytes = Array((lines.joined(separator: "\r\n") + "\r\nconnection: close\r\n\r\n").utf8)
        var sent = 0
        if case .at(.inHead(let fraction), _) = fault {
            sent = Int(fraction * Double(bytes.count))
            try await server.write(ByteBuffer(bytes: bytes[..<sent]))
            try await fault.strike { if case .inHead = $0 { true } else { false } }
        }
        try await server.write(ByteBuffer(bytes: bytes[sent...]))
    }
}

/// An error that ends the connection.
struct Cut: Error {
    let isReset: Bool
}

extension Fault {
    /// Injects the fault if this is its place.
    func strike(_ place: Place) async throws { try await strike { $0 == place } }

    func strike(_ isHere: (Place) -> Bool) async throws {
        guard case .at(let place, let event) = self, isHere(place) else { return }
        switch event {
        case .reset: throw Cut(isReset: true)
        case .close: throw Cut(isReset: false)
        case .pause(let time): try await Task.sleep(for: .milliseconds(time))
        case .stall(let time):
            try await Task.sleep(for: .milliseconds(time))
            throw Cut(isReset: true)
        }
    }

    /// Returns the fault's offset in a body of the given length.
    private func position(inBodyOf length: Int) -> Int? {
        if case .at(.inBody(let fraction), _) = self { Int(fraction * Double(length)) } else { nil }
    }

    /// Divides a piece of a body at the fault's offset.
    func split(_ piece: ByteBuffer, at start: Int, of length: Int) -> [ByteBuffer] {
        guard let position = position(inBodyOf: length), start < position, position < start + piece.readableBytes else {
            return [piece]
        }
        var rest = piece
        return [rest.readSlice(length: position - start), rest].compactMap(\.self)
    }

    /// Returns a Boolean value that indicates whether the fault's offset has been reached.
    func isReached(inBody sent: Int, of length: Int) -> Bool {
        position(inBodyOf: length).map { $0 <= sent } ?? false
    }
}
#endif
