#if Emulator && Delivery && SQLite
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// The limits on the time and the size of a request's body, on its form, and on the time to read a response.
///
/// The server's idle timeout ends a connection on which nothing arrives. A client that sends a byte now and then isn't
/// idle, nor is one that doesn't read its response, and either would keep its connection, and a shutdown of the server,
/// waiting forever.
final class RequestLimits: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// The maximum size of a body, in bytes, after which the connection is closed.
    ///
    /// The endpoints respond long before.
    static let maximumSize = 2 * 1024 * 1024

    private let time: TimeAmount
    private let responseTime: TimeAmount
    private var timer: Scheduled<Void>?
    private var writeTimer: Scheduled<Void>?
    private var writesInProgress = 0
    private var size = 0
    private var isRefused = false

    /// Creates limits for a connection.
    ///
    /// - Parameters:
    ///   - time: The time in which a request must have arrived after its head.
    ///   - responseTime: The time in which a client must have taken the next piece of a response.
    init(time: TimeAmount, responseTime: TimeAmount) {
        self.time = time
        self.responseTime = responseTime
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // The rest of what has been received.
        if isRefused { return }
        switch unwrapInboundIn(data) {
        case .head(let request):
            // NIO reads a request with another coding as one without a body, and its body as the next request. A proxy
            // may understand that differently.
            if let coding = request.headerFields[.transferEncoding], coding.lowercased() != "chunked" {
                refuse(context)
                return
            }
            size = 0
            timer?.cancel()
            let channel = context.channel
            timer = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
        case .body(let chunk):
            size += chunk.readableBytes
            if size > Self.maximumSize {
                isRefused = true
                context.close(promise: nil)
                return
            }
        case .end:
            timer?.cancel()
            timer = nil
        }
        context.fireChannelRead(data)
    }

    private func refuse(_ context: ChannelHandlerContext) {
        isRefused = true
        let head = HTTPResponse(status: .badRequest, headerFields: [.connection: "close", .contentLength: "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.cascade(to: promise)
        let channel = context.channel
        writesInProgress += 1
        if writesInProgress == 1 { startWriteTimer(channel) }
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.writesInProgress -= 1
            self.startWriteTimer(channel)
        }
        context.write(data, promise: written)
    }

    /// Gives the client the whole time again, if there is something left to take.
    private func startWriteTimer(_ channel: any Channel) {
        writeTimer?.cancel()
        writeTimer = nil
        guard writesInProgress > 0 else { return }
        writeTimer = channel.eventLoop.scheduleTask(in: responseTime) { channel.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        writeTimer?.cancel()
        writeTimer = nil
        context.fireChannelInactive()
    }
}
#endif
