#if Emulator
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore

/// A server on a port, which runs until it is stopped.
final class HTTPServer: Sendable {
    /// A function that responds to requests.
    typealias Handler = @Sendable (_ request: Request, _ channel: any Channel) async throws -> Response

    /// Settings of connections.
    struct Connections: Sendable {
        var respondsToExpect: Bool
        /// The time after which a connection is closed that is idle or stuck in a request.
        var idleTimeout: Duration
    }

    let port: Int
    private let connections: OpenConnections
    private let running: Task<Void, any Error>

    private init(port: Int, connections: OpenConnections, running: Task<Void, any Error>) {
        self.port = port
        self.connections = connections
        self.running = running
    }

    /// Starts a server.
    /// - Parameters:
    ///   - host: The address to listen on.
    ///   - port: The port, or 0 for a free one.
    ///   - settings: Settings of connections.
    ///   - clock: The clock for the `Date` header.
    ///   - handler: The function that responds.
    /// - Returns: The running server.
    /// - Throws: An error if the address or port can't be used.
    static func start(
        host: String, port: Int, _ settings: Connections, clock: R2Emulator.Clock, handler: @escaping Handler
    ) async throws -> HTTPServer {
        let connections = OpenConnections()
        let (ports, started) = AsyncThrowingStream.makeStream(of: Int.self)
        let application = Application(
            // The responder itself, because the router would decode and split the target.
            responder: CallbackResponder<ConnectionContext> { try await handler($0, $1.channel) },
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        ConnectionHandler(
                            connections, clock, respondsToExpect: settings.respondsToExpect,
                            checkInterval: TimeAmount(settings.idleTimeout))
                    ],
                    idleTimeout: TimeAmount(settings.idleTimeout),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 65_536, maxHeaderListSize: 65_536, maxHeaderFieldCount: 500))),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in started.yield(channel.localAddress?.port ?? port) },
            // The server reports canceled connections as errors.
            logger: Logger(label: "R2Emulator") { _ in SwiftLogNoOpLogHandler() })
        let running = Task {
            do {
                try await application.run()
                started.finish()
            } catch {
                started.finish(throwing: error)
                throw error
            }
        }
        guard let port = try await ports.first(where: { _ in true }) else { throw CancellationError() }
        return HTTPServer(port: port, connections: connections, running: running)
    }

    /// Closes all connections, and waits until the port is free.
    func stop() async {
        running.cancel()
        connections.closeAll()
        _ = await running.result
    }

    /// Waits until the server has been stopped.
    func waitUntilStopped() async { _ = await running.result }
}

/// The context of a request: its connection.
private struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
#endif
