#if Storage
public import AsyncHTTPClient
public import Metrics
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
public import Tracing

/// The behavior of an ``R2Client``: retries, time limits, metrics and tracing.
public struct R2ClientConfiguration: Sendable {
    /// The policy that decides which failed requests are retried, how often and when.
    public var retry: RetryPolicy
    /// The maximum duration of one call with all its attempts, or `nil` for no limit.
    ///
    /// ``R2Client/with(timeLimit:)`` sets another limit for individual calls.
    public var timeLimit: Duration?
    /// The maximum time during which a request may make no progress: no byte is sent and none is received.
    ///
    /// The time that a body's source takes to provide bytes, or a reader to consume them, doesn't count. On a line that
    /// is so slow that a chunk of a body takes seconds, an upload may wait up to three times as long, and up to ten
    /// times while the line is busy with the client's other uploads.
    public var stallTimeout: Duration
    /// The maximum time that a request waits for a connection while nothing moves on any connection.
    ///
    /// The HTTP client opens up to 64 connections to a host, each of which is held by a request, or by an object's body
    /// until it has been read to its end. The wait isn't limited while other requests send or receive bytes, because
    /// their connections become free. When the time is over, the call throws an `R2Error` with the code `TimedOut` that
    /// says what holds the connections, and isn't retried. The time is checked whenever the HTTP client's connect
    /// timeout is over, which is 10 seconds by default.
    public var connectionTimeout: Duration
    /// The stall timeout of completions and copies, to which R2 responds only when the work is done.
    public var completionTimeout: Duration
    /// The maximum time that a shutdown waits for calls in progress, or `nil` for no limit.
    ///
    /// Calls that haven't finished by then are canceled. See ``R2Client/shutdown()``. The default of 20 seconds leaves
    /// transfers time to clean up before most systems kill a process, 30 seconds after they ask it to terminate.
    public var shutdownTimeLimit: Duration?
    /// The maximum size of an in-memory body that is hashed and signed, in bytes, so that R2 verifies it.
    ///
    /// Larger bodies aren't signed. TLS protects them on the way, and hashing costs as much as sending. With zero, the
    /// default, no body is signed.
    public var signedBodyLimit: Int
    /// The factory that creates the metrics, or `nil` for the one that the process bootstrapped.
    public var metricsFactory: (any MetricsFactory)?
    /// The tracer that records the spans, or `nil` for the one that the process bootstrapped.
    public var tracer: (any Tracer)?

    /// Creates a configuration.
    /// - Parameters:
    ///   - retry: The policy that decides which failed requests are retried.
    ///   - timeLimit: The maximum duration of one call with all its attempts, or `nil` for no limit.
    ///   - stallTimeout: The maximum time during which a request may make no progress.
    ///   - connectionTimeout: The maximum time that a request waits for a connection while nothing moves on any.
    ///   - completionTimeout: The stall timeout of completions and copies.
    ///   - shutdownTimeLimit: The maximum time that a shutdown waits for calls in progress, or `nil` for no limit.
    ///   - signedBodyLimit: The maximum size of an in-memory body that is signed, in bytes.
    ///   - metricsFactory: The factory that creates the metrics, or `nil` for the bootstrapped one.
    ///   - tracer: The tracer that records the spans, or `nil` for the bootstrapped one.
    public init(
        retry: RetryPolicy = RetryPolicy(), timeLimit: Duration? = nil, stallTimeout: Duration = .seconds(60),
        connectionTimeout: Duration = .seconds(60), completionTimeout: Duration = .seconds(600),
        shutdownTimeLimit: Duration? = .seconds(20), signedBodyLimit: Int = 0,
        metricsFactory: (any MetricsFactory)? = nil, tracer: (any Tracer)? = nil
    ) {
        self.retry = retry
        self.timeLimit = timeLimit
        self.stallTimeout = stallTimeout
        self.connectionTimeout = connectionTimeout
        self.completionTimeout = completionTimeout
        self.shutdownTimeLimit = shutdownTimeLimit
        self.signedBodyLimit = signedBodyLimit
        self.metricsFactory = metricsFactory
        self.tracer = tracer
    }
}

extension R2ClientConfiguration {
    /// The configuration of an HTTP client that R2 requires, as a starting point for your own.
    ///
    /// It disables redirects, because a signed request is valid for one host only. It disables decompression, because
    /// lengths and checksums refer to the stored bytes. It uses HTTP/1.1, where each transfer has a connection, and so
    /// its own flow control.
    public static var httpClientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: HTTPClient.Configuration.Timeout(connect: .seconds(10)),
            connectionPool: HTTPClient.Configuration.ConnectionPool(
                idleTimeout: .seconds(30), concurrentHTTP1ConnectionsPerHostSoftLimit: 64),
            decompression: .disabled)
        // A refused connection is a final result for the HTTP client. The retry policy decides whether to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.tracing.tracer = nil
        // On Apple systems, connections belong to Network.framework, which doesn't have these options.
        #if !canImport(Darwin)
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.limitUnsentBytes().flatMap { channel.setReadSizes() }.flatMap { channel.countSentBytes() }
        }
        #endif
        return configuration
    }
}

extension HTTPClient {
    /// The HTTP client of all R2 clients that weren't given another.
    ///
    /// It is never shut down.
    static let sharedByR2Clients = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: R2ClientConfiguration.httpClientConfiguration)
}

#if !canImport(Darwin)
extension Channel {
    /// Limits how many bytes the system accepts before it has sent them.
    ///
    /// Otherwise it accepts up to 4 MiB per connection. On a slow line that takes minutes to send, during which an
    /// upload would show no progress and be given up. The limit doesn't apply to bytes that were sent and haven't been
    /// acknowledged, so a fast line with a long delay is as fast as without it.
    fileprivate func limitUnsentBytes() -> EventLoopFuture<Void> {
        // `TCP_NOTSENT_LOWAT` of Linux, which its C libraries don't all declare.
        let option = ChannelOptions.Types.SocketOption(level: .tcp, name: NIOBSDSocket.Option(rawValue: 25))
        return setOption(option, value: 131_072).flatMapError { _ in
            // Without it, everything works but the progress of slow lines.
            self.eventLoop.makeSucceededVoidFuture()
        }
    }

    /// Counts the bytes of request bodies when they have been written.
    fileprivate func countSentBytes() -> EventLoopFuture<Void> {
        eventLoop.submit {
            let pipeline = self.pipeline.syncOperations
            let encoder = try pipeline.context(handlerType: HTTPRequestEncoder.self).handler
            try pipeline.addHandler(SentBytesHandler(), position: .after(encoder))
        }.flatMapError { _ in
            // Without it, chunks are counted when the HTTP client takes them.
            self.eventLoop.makeSucceededVoidFuture()
        }
    }

    /// Sets how many bytes are read at once.
    ///
    /// A body arrives in chunks of the size that is read at once, and larger chunks take fewer wake-ups. Over TLS,
    /// large chunks cost more than they save. There the decrypted bytes are collected until nothing is left to read, in
    /// a buffer that is copied when it has grown or a reader still holds it.
    fileprivate func setReadSizes() -> EventLoopFuture<Void> {
        pipeline.containsHandler(type: NIOSSLClientHandler.self).flatMap {
            self.setOption(.maxMessagesPerRead, value: 1)
        }.flatMapError { _ in
            // The initial size is small because most responses are.
            self.setOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 32_768, maximum: 512 * 1024))
        }
    }
}
#endif
#endif
