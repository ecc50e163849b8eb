#if Emulator && Delivery && SQLite
import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A connection to Firefox: messages of JSON with their length before them, such as `4:[1,…`.
final class Marionette: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private struct State {
        var received = ByteBuffer()
        var sent = 0
        var isClosed = false
        var waiters: [Int: CheckedContinuation<Data, any Error>] = [:]
    }

    private let state = Mutex(State())
    private let channel = Mutex<(any Channel)?>(nil)

    private init() {}

    /// Connects to a port of this machine.
    static func connect(to port: Int) async throws -> Marionette {
        let connection = Marionette()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { $0.pipeline.addHandler(connection) }
            .connect(host: "127.0.0.1", port: port).get()
        connection.channel.withLock { $0 = channel }
        return connection
    }

    /// Performs a command, and returns the value of its response.
    ///
    /// - Throws: A ``BrowserFailure`` for an error, and if the connection ends.
    func send(_ name: String, _ parameters: [String: Any]) async throws -> Any {
        let number = state.withLock { state in
            state.sent += 1
            return state.sent
        }
        let body = try JSONSerialization.data(withJSONObject: [0, number, name, parameters] as [Any])
        let message = Data("\(body.count):".utf8) + body
        guard let channel = channel.withLock({ $0 }) else { throw BrowserFailure(response: "not connected") }
        let response = try await withCheckedThrowingContinuation { continuation in
            let isClosed = state.withLock { state in
                if !state.isClosed { state.waiters[number] = continuation }
                return state.isClosed
            }
            if isClosed {
                continuation.resume(throwing: BrowserFailure(response: "Firefox closed the connection"))
            } else {
                channel.writeAndFlush(ByteBuffer(bytes: message), promise: nil)
            }
        }
        let parts = try JSONSerialization.jsonObject(with: response) as? [Any] ?? []
        guard parts.count == 4, parts[2] is NSNull else {
            throw BrowserFailure(response: String(decoding: response, as: UTF8.self))
        }
        return (parts[3] as? [String: Any])?["value"] ?? parts[3]
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var chunk = unwrapInboundIn(data)
        let messages = state.withLock { state in
            state.received.writeBuffer(&chunk)
            var messages: [Data] = []
            while let message = Self.message(&state.received) { messages.append(message) }
            return messages
        }
        for message in messages {
            // The first message is a greeting.
            guard let parts = try? JSONSerialization.jsonObject(with: message) as? [Any], parts.count == 4,
                let number = parts[1] as? Int
            else { continue }
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(returning: message)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters {
            waiter.resume(throwing: BrowserFailure(response: "Firefox closed the connection"))
        }
    }

    /// Takes a message out of what was received, if it is whole.
    private static func message(_ received: inout ByteBuffer) -> Data? {
        let view = received.readableBytesView
        guard let colon = view.firstIndex(of: UInt8(ascii: ":")),
            let length = Int(String(decoding: view[..<colon], as: UTF8.self)),
            received.readableBytes >= colon - view.startIndex + 1 + length
        else { return nil }
        received.moveReaderIndex(forwardBy: colon - view.startIndex + 1)
        return received.readBytes(length: length).map { Data($0) }
    }
}
#endif
