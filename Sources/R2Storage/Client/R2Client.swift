#if Storage
public import AsyncHTTPClient
public import Logging
public import R2Kit

/// Sends R2's operations: signs, sends again what may be sent again, and reads the answers.
///
/// ```swift
/// let client = R2Client(try R2Config())
/// let head = try await client.head(key)
/// for try await object in client.list(prefix: "videos/") { print(object.key) }
/// ```
///
/// Copies share connections, the retry budget and what is known of the server's clock: make one client and hand it
/// around. Each of its calls can be cancelled with its task.
public struct R2Client: Sendable {
    let core: ClientCore
    /// Where the client writes what it does.
    public var logger: Logger
    /// How long one call may take with all its tries; `nil` for no such limit.
    ///
    /// A try that is under way is given up when the time is over. Transfers of unknown length are better guarded by
    /// ``R2ClientConfiguration/stallTimeout``.
    public var timeLimit: Duration?
    /// What its requests belong to, if they belong to a call that has been let in before.
    var pass: Gate.Token?

    /// Makes a client that uses an HTTP client of somebody else's.
    ///
    /// Its ``R2ClientConfiguration`` says how it behaves. An HTTP client of your own must neither follow redirects nor
    /// decompress: begin with `HTTPClient.Configuration.r2`.
    /// - Parameters:
    ///   - config: The bucket, and whose requests they are.
    ///   - httpClient: What carries the requests; by default one that all R2 clients of the process share.
    ///   - logger: Where the client writes what it does; by default nowhere.
    ///   - configuration: Timeouts, retries, metrics and tracing.
    public init(
        _ config: R2Config, httpClient: HTTPClient = .r2, logger: Logger = .silent,
        configuration: R2ClientConfiguration = .init()
    ) {
        core = ClientCore(config, httpClient, ownsHTTPClient: false, configuration, .live)
        self.logger = logger
        timeLimit = configuration.timeLimit
    }

    /// Makes a client whose time, chance and pauses are given.
    package init(
        _ config: R2Config, httpClient: HTTPClient, logger: Logger = .silent,
        configuration: R2ClientConfiguration = .init(), surroundings: Surroundings
    ) {
        core = ClientCore(config, httpClient, ownsHTTPClient: false, configuration, surroundings)
        self.logger = logger
        timeLimit = configuration.timeLimit
    }

    init(core: ClientCore, logger: Logger) {
        self.core = core
        self.logger = logger
        timeLimit = core.configuration.timeLimit
    }

    /// The bucket, and whose requests they are.
    public var config: R2Config { core.signer.config }

    /// The client with another limit on the time that one call may take.
    public func with(timeLimit: Duration?) -> R2Client {
        var copy = self
        copy.timeLimit = timeLimit
        return copy
    }
}

extension Logger {
    /// A logger that drops what it is given.
    public static var silent: Logger { Logger(label: "r2kit.silent") { _ in SwiftLogNoOpLogHandler() } }
}
#endif
