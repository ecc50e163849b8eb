#if Emulator
import NIOCore
import NIOPosix

/// A connection that sends and receives bytes.
struct RawConnection: Sendable {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Connects to a port of this machine, runs code, and closes the connection.
    static func with<Value: Sendable>(
        port: Int, _ body: (inout Exchange) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var exchange = Exchange(inbound.makeAsyncIterator(), outbound)
            return try await body(&exchange)
        }
    }

    /// Reads and writes on a connection.
    struct Exchange {
        private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        private var received: [UInt8] = []

        init(
            _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
            _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        ) {
            self.inbound = inbound
            self.outbound = outbound
        }

        func send(_ bytes: some Sequence<UInt8>) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

        /// Returns the bytes up to and including a marker, or those before the end of the connection.
        mutating func receive(until marker: String) async throws -> String {
            let marker = Array(marker.utf8)
            while true {
                if let range = received.firstRange(of: marker) {
                    defer { received.removeSubrange(..<range.upperBound) }
                    return String(decoding: received[..<range.upperBound], as: UTF8.self)
                }
                guard try await receiveMore() else {
                    defer { received = [] }
                    return String(decoding: received, as: UTF8.self)
                }
            }
        }

        /// Returns a number of bytes, or fewer if the connection ends before.
        mutating func receive(_ count: Int) async throws -> [UInt8] {
            while received.count < count, try await receiveMore() {}
            defer { received.removeFirst(min(count, received.count)) }
            return Array(received.prefix(count))
        }

        /// Waits until the other side closes the connection, and returns all bytes.
        mutating func receiveToEnd() async -> [UInt8] {
            while (try? await receiveMore()) == true {}
            return received
        }

        /// Reads a response.
        mutating func response(toHead: Bool = false) async throws -> RawResponse {
            let head = try await receive(until: "\r\n\r\n")
            var response = try RawResponse(head: head)
            let hasBody = !toHead && response.status != 204 && response.status != 304
            if hasBody, let length = response["content-length"].flatMap({ Int($0) }) {
                response.body = try await receive(length)
            }
            return response
        }

        private mutating func receiveMore() async throws -> Bool {
            guard let next = try await inbound.next() else { return false }
            received.append(contentsOf: next.readableBytesView)
            return true
        }
    }
}

/// A response as it arrived.
struct RawResponse: Sendable {
    struct NoResponse: Error {
        let head: String
    }

    let status: Int
    let headers: [(name: String, value: String)]
    var body: [UInt8] = []

    init(head: String) throws {
        let lines = head.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, let status = Int(words[1]) else { throw NoResponse(head: head) }
        self.status = status
        headers = lines.dropFirst().map { line in
            let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(sides[0]), sides.count > 1 ? String(sides[1].drop { $0 == " " }) : "")
        }
    }

    subscript(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// Returns the text of the first element with a name, not decoded.
    func element(_ name: String) -> String? { elements(name).first }

    /// Returns the texts of all elements with a name, not decoded.
    func elements(_ name: String) -> [String] {
        text.split(separator: "<\(name)>", omittingEmptySubsequences: false).dropFirst().map {
            String($0.split(separator: "</\(name)>", maxSplits: 1, omittingEmptySubsequences: false)[0])
        }
    }
}
#endif
