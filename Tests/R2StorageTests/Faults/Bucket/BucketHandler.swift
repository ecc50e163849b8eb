#if Storage
import NIOCore
import NIOHTTP1
import Synchronization

/// Collects a request, and writes the bucket's answer.
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
            let request = S3Request(
                method: head.method.rawValue, target: head.uri, headers: head.headers.map { ($0.name, $0.value) })
            write(bucket.answer(request, body), to: head, context)
            self.head = nil
            body = ByteBuffer()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func write(_ answer: BucketAnswer, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var headers = HTTPHeaders(answer.headers)
        headers.add(name: "date", value: HTTPTime.now.http)
        headers.add(name: "x-amz-request-id", value: "strict")
        if answer.status != 204, !headers.contains(name: "content-length") {
            headers.add(name: "content-length", value: String(answer.body.readableBytes))
        }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD, answer.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        }
        let channel = context.channel
        let isLast = !request.isKeepAlive
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            if isLast { channel.close(promise: nil) }
        }
    }
}
#endif
