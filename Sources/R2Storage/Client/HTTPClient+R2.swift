#if Storage
public import AsyncHTTPClient
internal import NIOCore

extension HTTPClient {
    /// The HTTP client that R2 clients use unless they are given another; it is never shut down.
    public static var r2: HTTPClient { sharedByR2Clients }
}

private let sharedByR2Clients = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .r2)

extension HTTPClient.Configuration {
    /// What R2 needs of an HTTP client.
    ///
    /// It follows no redirects, since a signed request is meant for one place. It does not decompress, since lengths
    /// and checksums are those of the bytes as they are stored. It speaks HTTP/1.1, where each transfer has a
    /// connection, and with it a flow control, of its own.
    public static var r2: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: Timeout(connect: .seconds(10)),
            connectionPool: ConnectionPool(idleTimeout: .seconds(30), concurrentHTTP1ConnectionsPerHostSoftLimit: 64),
            decompression: .disabled)
        // A refused connection is an answer: whether to try again is for the retry policy to say.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.tracing.tracer = nil
        // Contents come in chunks of what is read at once: larger ones take fewer wake-ups. It begins small, for answers
        // that are small.
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.setOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 32_768, maximum: 512 * 1024))
        }
        return configuration
    }
}
#endif
