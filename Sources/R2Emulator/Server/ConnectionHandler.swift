#if Emulator
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes
internal import Synchronization

/// The open connections, so that all can be closed when the emulator stops.
final class OpenConnections: Sendable {
    private let channels: Mutex<(open: [ObjectIdentifier: any Channel], isClosed: Bool)> = Mutex(([:], false))

    func insert(_ channel: any Channel) {
        let isClosed = channels.withLock { channels in
            if !channels.isClosed { channels.open[ObjectIdentifier(channel)] = channel }
            return channels.isClosed
        }
        if isClosed { channel.close(promise: nil) }
    }

    func remove(_ channel: any Channel) { channels.withLock { $0.open[ObjectIdentifier(channel)] = nil } }

    func closeAll() {
        let open = channels.withLock { channels in
            channels.isClosed = true
            defer { channels.open = [:] }
            return Array(channels.open.values)
        }
        for channel in open { channel.close(promise: nil) }
    }
}

/// A handler between the HTTP decoder and the server.
///
/// It responds to `Expect`, bounds the bytes before a request is understood, closes connections that hardly move, and
/// keeps the emulator's time in the `Date` header.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// The maximum number of bytes from which the decoder has not produced anything yet: a request line and headers.
    static let maximumUndecoded = 131_072

    private let connections: OpenConnections
    private let clock: R2Emulator.Clock
    private let respondsToExpect: Bool
    private let meter = UndecodedBytes()
    private let pace: ConnectionPace

    init(
        _ connections: OpenConnections, _ clock: R2Emulator.Clock, respondsToExpect: Bool, checkInterval: TimeAmount
    ) {
        self.connections = connections
        self.clock = clock
        self.respondsToExpect = respondsToExpect
        pace = ConnectionPace(interval: checkInterval)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        pace.start(context, meter)
        connections.insert(context.channel)
        // Before the decoder, which keeps a request line of any length. Failure closes the connection.
        do {
            // Large pieces, so that a large body needs few turns of the event loop.
            try context.channel.syncOptions?.setOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 32_768, maximum: 262_144)
            )
            try context.channel.syncOptions?.setOption(
                .writeBufferWaterMark, value: ChannelOptions.Types.WriteBufferWaterMark(low: 262_144, high: 524_288))
            try context.pipeline.syncOperations.addHandler(meter, position: .first)
        } catch {
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { pace.stop() }

    func channelInactive(context: ChannelHandlerContext) {
        pace.stop()
        connections.remove(context.channel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        meter.count = 0
        pace.received(unwrapInboundIn(data))
        // R2 (documented): Cloudflare's edge doesn't support `Expect`. Clients then wait about a second, so the default
        // is to respond.
        if respondsToExpect, case .head(let head) = unwrapInboundIn(data),
            head.headerFields[.expect]?.lowercased() == "100-continue"
        {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        pace.isWaitingForBytes = true
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        pace.hasWritten = true
        context.fireChannelWritabilityChanged()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head(var head) = unwrapOutboundIn(data), clock.isTurned, head.headerFields[.date] != nil {
            head.headerFields[.date] = Timestamp.http(clock.now)
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        } else {
            context.write(data, promise: promise)
        }
    }
}

/// Closes a connection that sends more than a request line and headers may have, without ever completing them.
final class UndecodedBytes: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The bytes since the decoder last produced something.
    var count = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Those before this piece, which can be part of a body and larger.
        guard count <= ConnectionHandler.maximumUndecoded else {
            context.close(promise: nil)
            return
        }
        count += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
    }
}
#endif
