#if Storage
public import AsyncHTTPClient
public import Logging
public import R2Kit
public import ServiceLifecycle

/// A client that ends with its service group, and its connections with it.
///
/// At a graceful shutdown nothing new begins (it throws `R2Error` with the code `ClientShutDown`), what is under way is
/// finished, and then the connections are closed: see ``R2Client/shutdown()``. The wait ends when
/// ``R2ClientConfiguration/shutdownTimeLimit`` is over, or when the group cancels its services
/// (`maximumGracefulShutdownDuration`). List the client before the services that use it, which a group ends in the
/// opposite order.
///
/// ```swift
/// let storage = R2ClientService(try R2Config(), logger: logger)
/// let group = ServiceGroup(services: [storage, server], gracefulShutdownSignals: [.sigterm], logger: logger)
/// try await group.run()
/// ```
public struct R2ClientService: Service {
    /// The client.
    public let client: R2Client

    /// Makes a client with an HTTP client of its own.
    /// - Parameters:
    ///   - config: The bucket, and whose requests they are.
    ///   - http: How the HTTP client behaves.
    ///   - logger: Where the client writes what it does.
    ///   - configuration: Timeouts, retries, metrics and tracing.
    public init(
        _ config: R2Config, http: HTTPClient.Configuration = .r2, logger: Logger = .silent,
        configuration: R2ClientConfiguration = .init()
    ) {
        client = .owning(config, http: http, logger: logger, configuration: configuration)
    }

    /// Runs a client that exists already; one that shares its HTTP client leaves that alone.
    public init(_ client: R2Client) { self.client = client }

    /// Whether nothing new begins any more.
    public var isShuttingDown: Bool { client.core.gate.isClosed }

    /// Waits for the shutdown, and carries it out.
    /// - Throws: What closing the connections throws.
    public func run() async throws {
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}

extension R2Client {
    /// Makes a client with an HTTP client of its own: call ``shutdown()`` when it is no longer needed.
    /// - Parameters:
    ///   - config: The bucket, and whose requests they are.
    ///   - http: How the HTTP client behaves.
    ///   - logger: Where the client writes what it does.
    ///   - configuration: Timeouts, retries, metrics and tracing.
    /// - Returns: The client.
    public static func owning(
        _ config: R2Config, http: HTTPClient.Configuration = .r2, logger: Logger = .silent,
        configuration: R2ClientConfiguration = .init()
    ) -> R2Client {
        let httpClient = HTTPClient(eventLoopGroupProvider: .singleton, configuration: http)
        return R2Client(
            core: ClientCore(config, httpClient, ownsHTTPClient: true, configuration, .live), logger: logger)
    }

    /// Begins nothing more, waits for what is under way, and closes the connections if they are the client's own.
    ///
    /// Under way is what was let in before, with all requests that it still takes: requests with their retries, transfers,
    /// deletions of many objects, lists that are being read, and contents that are.
    ///
    /// When ``R2ClientConfiguration/shutdownTimeLimit`` is over, or the task is cancelled, the rest is given up: transfers
    /// are cancelled, and end with ``TransferError/Code/cancelled`` and what their options' `onFailure` leaves; what else
    /// there is fails when the connections are closed. On connections of somebody else's it goes on.
    ///
    /// It holds for all copies of the client. A second call waits as well, and does nothing more.
    /// - Throws: What closing the connections throws.
    public func shutdown() async throws {
        await core.gate.close(within: core.configuration.shutdownTimeLimit)
        guard core.ownsHTTPClient, core.gate.takesLast() else { return }
        try await core.httpClient.shutdown()
    }
}
#endif
