#if Storage
import NIOCore
import NIOHTTP1
import Synchronization

extension S3Request {
    init(_ head: HTTPRequestHead) {
        self.init(method: head.method.rawValue, target: head.uri, headers: head.headers.map { ($0.name, $0.value) })
    }
}

/// A handler that collects a request and writes the bucket's response.
final class BucketHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let bucket: StrictBucket
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(_ bucket: StrictBucket) { self.bucket = bucket }

    func channelActive(context: ChannelHandlerContext) {
        bucket.state.withLock {
            $0.openConnections += 1
            $0.mostConnections = max($0.mostConnections, $0.openConnections)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        bucket.state.withLock { $0.openConnections -= 1 }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            let length = head.headers.first(name: "content-length").flatMap(Int.init) ?? 0
            body = context.channel.allocator.buffer(capacity: min(length, 32 * 1024 * 1024))
        case .body(var piece): body.writeBuffer(&piece)
        case .end:
            guard let head else { return }
            write(bucket.response(S3Request(head), body), to: head, context)
            self.head = nil
            body = ByteBuffer()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func write(_ response: BucketResponse, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(response.head)), promise: nil)
        if request.method != .HEAD, response.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(response.body))), promise: nil)
        }
        let channel = context.channel
        let isLast = !request.isKeepAlive
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            if isLast { channel.close(promise: nil) }
        }
    }
}
#endif
