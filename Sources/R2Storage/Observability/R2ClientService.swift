#if Storage
public import AsyncHTTPClient
public import Logging
public import R2Kit
public import ServiceLifecycle

/// A client that ends with its service group, and its connections with it.
///
/// At a graceful shutdown no new request begins (they throw `R2Error` with the code `ClientShutDown`), those under way
/// are finished, contents that are being read among them, and then the connections are closed. List it before the
/// services that use it, which a group ends in the opposite order.
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

    /// Whether no new request begins any more.
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

    /// Begins no more requests, waits for those under way, and closes the connections if they are the client's own.
    ///
    /// It holds for all copies of the client. A second call waits as well, and does nothing more.
    /// - Throws: What closing the connections throws.
    public func shutdown() async throws {
        await core.gate.close()
        guard core.ownsHTTPClient, core.gate.takesLast() else { return }
        try await core.httpClient.shutdown()
    }
}
#endif
