#if Emulator
internal import NIOCore
internal import NIOHTTPTypes

/// Closes a connection whose request line, headers or body drip, or whose response nobody reads.
///
/// It looks once in each interval. A connection without a request in progress is left to the server's own timeout.
final class ConnectionPace {
    /// The number of bytes of a body that must arrive in an interval.
    private static let minimumBytes = 1024

    /// A Boolean value that indicates whether the server has asked for bytes that haven't arrived.
    var isWaitingForBytes = false
    /// A Boolean value that indicates whether something could be written since the last look.
    var hasWritten = false
    private var isInBody = false
    private var isNewBody = false
    private var bytes = 0
    private var wasInHead = false
    private let interval: TimeAmount
    private var timer: RepeatedTask?

    init(interval: TimeAmount) { self.interval = interval }

    /// Starts to look at a connection.
    func start(_ context: ChannelHandlerContext, _ undecoded: UndecodedBytes) {
        let channel = context.channel
        let pace = NIOLoopBound((self, undecoded), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            let (pace, undecoded) = pace.value
            if pace.isStuck(isInHead: undecoded.count > 0, isWritable: channel.isWritable) {
                channel.close(promise: nil)
            }
        }
    }

    func stop() {
        timer?.cancel()
        timer = nil
    }

    func received(_ part: HTTPRequestPart) {
        isWaitingForBytes = false
        wasInHead = false
        switch part {
        case .head:
            isInBody = true
            isNewBody = true
        case .body(let buffer): bytes += buffer.readableBytes
        case .end: isInBody = false
        }
    }

    /// Returns whether hardly anything has moved since the last look.
    /// - Parameters:
    ///   - isInHead: A Boolean value that indicates whether bytes have arrived that aren't a request yet.
    ///   - isWritable: A Boolean value that indicates whether the connection accepts more of the response.
    /// - Returns: `true` if the connection should be closed.
    private func isStuck(isInHead: Bool, isWritable: Bool) -> Bool {
        defer { (bytes, hasWritten, isNewBody, wasInHead) = (0, isWritable, false, isInHead && !isInBody) }
        // Within an interval, a request line and headers arrive as a whole.
        if isInHead, !isInBody, wasInHead { return true }
        // A body that began within the interval has had less than its time. One that the server doesn't ask for waits
        // for the server.
        if isInBody, !isNewBody, isWaitingForBytes, bytes < Self.minimumBytes { return true }
        return !isWritable && !hasWritten
    }
}
#endif
