#if Storage
public import AsyncHTTPClient
public import Logging
public import R2Kit
public import ServiceLifecycle

/// A service that shuts a client down, and closes its connections, when its service group shuts down.
///
/// After a graceful shutdown starts, new calls throw an `R2Error` with the code `ClientShutDown`. Calls in progress
/// finish, then the connections are closed. See ``R2Client/shutdown()``. The wait ends after
/// ``R2ClientConfiguration/shutdownTimeLimit``, or when the group cancels its services
/// (`maximumGracefulShutdownDuration`). List the client before the services that use it, because a group shuts its
/// services down in reverse order.
///
/// ```swift
/// let storage = R2ClientService(try R2Config(), logger: logger)
/// let group = ServiceGroup(services: [storage, server], gracefulShutdownSignals: [.sigterm], logger: logger)
/// try await group.run()
/// ```
public struct R2ClientService: Service {
    /// The client that the service shuts down.
    public let client: R2Client

    /// Creates a service with a client that owns its HTTP client.
    /// - Parameters:
    ///   - config: The account, the bucket and the credentials.
    ///   - httpClientConfiguration: The configuration of the HTTP client.
    ///   - logger: The logger to write to. If `nil`, nothing is logged.
    ///   - configuration: Timeouts, retries, metrics and tracing.
    public init(
        _ config: R2Config,
        httpClientConfiguration: HTTPClient.Configuration = R2ClientConfiguration.httpClientConfiguration,
        logger: Logger? = nil, configuration: R2ClientConfiguration = R2ClientConfiguration()
    ) {
        client = R2Client(
            owningHTTPClientFor: config, httpClientConfiguration: httpClientConfiguration, logger: logger,
            configuration: configuration)
    }

    /// Creates a service for an existing client.
    ///
    /// An HTTP client that it doesn't own stays open.
    /// - Parameter client: The client to shut down.
    public init(_ client: R2Client) { self.client = client }

    /// A Boolean value that indicates whether the client has started shutting down.
    public var isShuttingDown: Bool { client.core.gate.isClosed }

    /// Waits for a graceful shutdown or a cancellation, and then shuts the client down.
    /// - Throws: An error from closing the connections.
    public func run() async throws {
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}
#endif
