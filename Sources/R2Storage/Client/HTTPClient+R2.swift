#if Storage
public import AsyncHTTPClient
internal import NIOCore
internal import NIOSSL

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
        // On Apple systems connections are the system's own, which have no such options.
        #if !canImport(Darwin)
        configuration.http1_1ConnectionDebugInitializer = { $0.readingInFittingSteps() }
        #endif
        return configuration
    }
}

#if !canImport(Darwin)
extension Channel {
    /// Sets how much is read at once.
    ///
    /// A content comes in chunks of what is read at once: larger ones take fewer wake-ups. Over TLS they cost more than
    /// that: the decrypted bytes are gathered until there is nothing more to read, in a buffer that is copied when it has
    /// grown or is still held by a reader.
    fileprivate func readingInFittingSteps() -> EventLoopFuture<Void> {
        pipeline.containsHandler(type: NIOSSLClientHandler.self).flatMap {
            self.setOption(.maxMessagesPerRead, value: 1)
        }.flatMapError { _ in
            // It begins small, for answers that are small.
            self.setOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 32_768, maximum: 512 * 1024))
        }
    }
}
#endif
#endif
