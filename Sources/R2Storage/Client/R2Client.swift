#if Storage
public import AsyncHTTPClient
public import Logging
public import R2Kit

/// A client that signs and sends R2 operations, retries them when that's safe, and reads the responses.
///
/// ```swift
/// let client = R2Client(try R2Config())
/// let metadata = try await client.head(key)
/// for try await object in client.list(prefix: "videos/") { print(object.key) }
/// ```
///
/// Copies share connections, the retry budget and the measured offset of the server's clock. Create one client and pass
/// it around. Canceling a task cancels the call that it is waiting for.
public struct R2Client: Sendable {
    let core: ClientCore
    /// The logger that the client writes to.
    public var logger: Logger
    /// The maximum duration of one call with all its attempts, or `nil` for no limit.
    ///
    /// An attempt in progress is canceled when the time is up. For transfers of unknown length,
    /// ``R2ClientConfiguration/stallTimeout`` is the better protection.
    public var timeLimit: Duration?
    /// The admission of the larger call that this client's requests belong to, if there is one.
    var admission: ShutdownGate.Admission?

    /// Creates a client that uses an HTTP client owned by your app, or the one that all R2 clients share.
    ///
    /// An HTTP client of your own must neither follow redirects nor decompress. Start with
    /// ``R2ClientConfiguration/httpClientConfiguration``.
    /// - Parameters:
    ///   - config: The account, the bucket and the credentials.
    ///   - httpClient: The HTTP client that sends the requests. If `nil`, all R2 clients in the process share one.
    ///   - logger: The logger to write to. If `nil`, nothing is logged.
    ///   - configuration: Timeouts, retries, metrics and tracing.
    public init(
        _ config: R2Config, httpClient: HTTPClient? = nil, logger: Logger? = nil,
        configuration: R2ClientConfiguration = R2ClientConfiguration()
    ) {
        self.init(
            ClientCore(
                config, httpClient ?? .sharedByR2Clients, ownsHTTPClient: false, configuration, environment: .live),
            logger: logger)
    }

    /// Creates a client that owns its HTTP client.
    ///
    /// Call ``shutdown()`` when you no longer need it.
    /// - Parameters:
    ///   - config: The account, the bucket and the credentials.
    ///   - httpClientConfiguration: The configuration of the HTTP client.
    ///   - logger: The logger to write to. If `nil`, nothing is logged.
    ///   - configuration: Timeouts, retries, metrics and tracing.
    public init(
        owningHTTPClientFor config: R2Config,
        httpClientConfiguration: HTTPClient.Configuration = R2ClientConfiguration.httpClientConfiguration,
        logger: Logger? = nil, configuration: R2ClientConfiguration = R2ClientConfiguration()
    ) {
        let httpClient = HTTPClient(eventLoopGroupProvider: .singleton, configuration: httpClientConfiguration)
        self.init(
            ClientCore(config, httpClient, ownsHTTPClient: true, configuration, environment: .live), logger: logger)
    }

    /// Creates a client with the given clocks, randomness and pauses.
    package init(
        _ config: R2Config, httpClient: HTTPClient? = nil, logger: Logger? = nil,
        configuration: R2ClientConfiguration = R2ClientConfiguration(), environment: ClientEnvironment
    ) {
        self.init(
            ClientCore(
                config, httpClient ?? .sharedByR2Clients, ownsHTTPClient: false, configuration, environment: environment
            ),
            logger: logger)
    }

    private init(_ core: ClientCore, logger: Logger?) {
        self.core = core
        self.logger = logger ?? .silent
        timeLimit = core.configuration.timeLimit
    }

    /// The account, the bucket and the credentials.
    public var config: R2Config { core.signer.config }

    /// Timeouts, retries, metrics and tracing.
    package var configuration: R2ClientConfiguration { core.configuration }

    /// Returns a copy of the client with another limit on the duration of a call.
    /// - Parameter timeLimit: The maximum duration of one call with all its attempts, or `nil` for no limit.
    /// - Returns: The copy, which shares everything else with this client.
    public func with(timeLimit: Duration?) -> R2Client {
        var copy = self
        copy.timeLimit = timeLimit
        return copy
    }

    /// Returns a client for another bucket or endpoint that uses the same HTTP client and settings.
    func with(config: R2Config) -> R2Client {
        R2Client(
            ClientCore(
                config, core.httpClient, ownsHTTPClient: false, core.configuration, environment: core.environment),
            logger: logger)
    }
}

extension R2Client {
    /// Sends an operation, retrying it if needed, and reads the response.
    ///
    /// Use ``stream(_:)`` to read an object: this method drops an object's body.
    /// - Parameters:
    ///   - operation: The operation.
    ///   - body: The body of an operation that requires one, such as `PutObject` or `UploadPart`.
    /// - Returns: The operation's output.
    /// - Throws: An `R2Error` if R2 rejects the request or the connection fails. An `R2ValidationError` if the request
    ///   isn't valid, before anything is sent. A `CancellationError` if the task is canceled. Any error thrown by the
    ///   source of the body, such as an ``R2FileError``.
    public func send<Operation: R2Operation>(
        _ operation: Operation, body: R2RequestBody = .none
    ) async throws -> Operation.Output {
        let admission = try core.gate.enter(admission)
        defer { admission.leave() }
        return try await sendAdmitted(operation, body: body)
    }

    /// Sends an operation that belongs to a call in progress, even while the client is shutting down.
    package func sendAdmitted<Operation: R2Operation>(
        _ operation: Operation, body: R2RequestBody = .none
    ) async throws -> Operation.Output {
        try await core.telemetry.withSpan(of: operation) { span in
            try await RetryingCall(self, operation, body, span).run { response in
                try operation.output(from: try await response.collect(for: operation))
            }
        }
    }
}

extension Logger {
    /// A logger that discards everything.
    static var silent: Logger { Logger(label: "r2kit.silent") { _ in SwiftLogNoOpLogHandler() } }
}
#endif
