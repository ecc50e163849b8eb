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
    /// The time by which the request in progress must have arrived, if there is one.
    private var requestDeadline: NIODeadline?
    /// The time by which the client must have taken the next piece of a response, if there is one.
    private var writeDeadline: NIODeadline?
    private var writesInProgress = 0
    /// The next look at the deadlines.
    ///
    /// It stays when deadlines move, because a task costs more to schedule and to cancel than most of a request.
    private var look: (time: NIODeadline, task: Scheduled<Void>)?
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
            requestDeadline = .now() + time
            lookAtDeadlines(of: context.channel)
        case .body(let chunk):
            size += chunk.readableBytes
            if size > Self.maximumSize {
                isRefused = true
                context.close(promise: nil)
                return
            }
        case .end: requestDeadline = nil
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
        // Something follows every head, and is counted.
        if case .head = unwrapOutboundIn(data) { return context.write(data, promise: promise) }
        let written = context.eventLoop.makePromise(of: Void.self)
        if let promise { written.futureResult.cascade(to: promise) }
        let channel = context.channel
        writesInProgress += 1
        if writesInProgress == 1 {
            writeDeadline = .now() + responseTime
            lookAtDeadlines(of: channel)
        }
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.writesInProgress -= 1
            // The client gets the whole time again, if there is something left to take.
            self.writeDeadline = self.writesInProgress > 0 ? .now() + self.responseTime : nil
        }
        context.write(data, promise: written)
    }

    /// Closes the channel when a deadline passes.
    private func lookAtDeadlines(of channel: any Channel) {
        guard channel.isActive, let next = [requestDeadline, writeDeadline].compactMap({ $0 }).min() else { return }
        if let look {
            guard next < look.time else { return }
            look.task.cancel()
        }
        let task = channel.eventLoop.assumeIsolated().scheduleTask(deadline: next) {
            self.look = nil
            let now = NIODeadline.now()
            if let deadline = self.requestDeadline, deadline <= now { return channel.close(promise: nil) }
            if let deadline = self.writeDeadline, deadline <= now { return channel.close(promise: nil) }
            self.lookAtDeadlines(of: channel)
        }
        look = (next, task)
    }

    func channelInactive(context: ChannelHandlerContext) {
        look?.task.cancel()
        look = nil
        (requestDeadline, writeDeadline) = (nil, nil)
        context.fireChannelInactive()
    }
}
#endif
