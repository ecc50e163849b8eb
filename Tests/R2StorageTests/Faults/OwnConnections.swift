#if Storage
import AsyncHTTPClient
import NIOCore
@testable import R2Storage
import Synchronization

/// The connections of a client that shares them with no other client.
///
/// A request that a client gave up may wait in a socket, and reach the server later. When the connections are closed
/// and the proxy has read each one to its end, nothing more arrives.
final class OwnConnections: Sendable {
    private final class Ports: Sendable {
        let all = Mutex<[Int]>([])
    }

    let httpClient: HTTPClient
    private let ports: Ports
    private let isClosed = Mutex(false)

    init() {
        let ports = Ports()
        var configuration = R2ClientConfiguration.httpClientConfiguration
        configuration.http1_1ConnectionDebugInitializer = { channel in
            if let port = channel.localAddress?.port { ports.all.withLock { $0.append(port) } }
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        httpClient = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.ports = ports
    }

    deinit {
        // After an error.
        if !isClosed.withLock(\.self) { httpClient.shutdown { _ in } }
    }

    /// Closes the connections.
    func close() async throws {
        let isFirst = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        if isFirst { try await httpClient.shutdown() }
    }

    /// Closes the connections, and waits until the proxy has handled everything that was sent on them.
    func drain(into log: ProxyLog) async throws {
        try await close()
        try await log.waitForEnd(ofConnectionsFrom: ports.all.withLock(\.self))
    }
}
#endif
