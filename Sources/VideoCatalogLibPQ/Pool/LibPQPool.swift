#if Postgres
internal import Synchronization
public import VideoCatalogPostgres

/// A pool of connections to one PostgreSQL server, over libpq.
///
/// The pool opens connections when they are needed, up to a maximum, and lends them in the order in which tasks ask. It
/// replaces broken connections. While the server can't be reached, tasks wait for it, up to
/// ``LibPQPoolConfiguration/waitLimit``.
///
/// Transactions come with `PostgresSessionSource.withTransaction(isolation:retries:_:)`.
public final class LibPQPool: PostgresSessionSource {
    /// A connection that no task uses.
    struct IdleConnection {
        let connection: LibPQConnection
        let since: ContinuousClock.Instant
    }

    /// A task that waits for a connection.
    struct Waiter {
        let id: UInt64
        let deadline: ContinuousClock.Instant
        let continuation: UnsafeContinuation<Result<LibPQConnection, any Error>, Never>
    }

    struct State {
        /// Connections are taken from the end, so that those at the beginning time out if they aren't needed.
        var idle: [IdleConnection] = []
        var waiters = WaiterQueue()
        var borrowed = 0
        var opening = 0
        var isShutDown = false
        /// A Boolean value that indicates whether a task expires waiters and idle connections.
        var isMaintained = false
        /// The callers of ``LibPQPool/shutdown()``, which wait until all connections are closed.
        var closers: [UnsafeContinuation<Void, Never>] = []
        /// The error of the last attempt to open a connection, or `nil` after a successful one.
        var lastFailure: PostgresSessionError?

        var total: Int { idle.count + borrowed + opening }
    }

    let configuration: LibPQPoolConfiguration
    /// The maximum idle time after which a connection is lent without asking the server whether it still works.
    ///
    /// A connection that the server closes is noticed at once. The question is for those that a firewall has dropped.
    let trustedIdleTime: Duration
    let state = Mutex(State())

    /// Creates a pool, which opens no connection yet.
    ///
    /// - Parameter configuration: The server, and the limits of the pool.
    /// - Throws: A ``LibPQConfigurationError`` that names the invalid setting.
    public convenience init(_ configuration: LibPQPoolConfiguration) throws(LibPQConfigurationError) {
        try self.init(configuration, trustedIdleTime: .seconds(30))
    }

    init(_ configuration: LibPQPoolConfiguration, trustedIdleTime: Duration) throws(LibPQConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
        self.trustedIdleTime = trustedIdleTime
    }

    /// The threads that read the server's responses, as an executor for tasks that do little else than run statements.
    ///
    /// A task that prefers this executor (`withTaskExecutorPreference(LibPQPool.taskExecutor) { … }`) continues on the
    /// thread that read its response, as soon as it is read, and gets connections of that thread first. All connections
    /// share these few threads, so such a task must not block or compute for long.
    public static var taskExecutor: any TaskExecutor { SocketMonitors.shared }

    /// Shuts the pool down.
    ///
    /// Tasks that wait for a connection, or ask for one later, get an error. Returns when all borrowed connections have
    /// been given back and all connections are closed.
    public func shutdown() async {
        let (waiters, idle) = state.withLock { state in
            state.isShutDown = true
            defer { state.idle = [] }
            return (state.waiters.removeAll(), state.idle)
        }
        for waiter in waiters { waiter.continuation.resume(returning: .failure(PostgresSessionError.poolIsShutDown)) }
        for idle in idle { idle.connection.close() }
        await withUnsafeContinuation { continuation in
            let isClosed = state.withLock { state in
                if state.total > 0 { state.closers.append(continuation) }
                return state.total == 0
            }
            if isClosed { continuation.resume() }
        }
    }

    /// Resumes the callers of ``shutdown()`` if all connections are closed.
    func resumeClosersIfEmpty() {
        let closers = state.withLock { state -> [UnsafeContinuation<Void, Never>] in
            guard state.isShutDown, state.total == 0 else { return [] }
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }
}

extension PostgresSessionError {
    static let poolIsShutDown = PostgresSessionError(
        .notConnected, message: "The connection pool is shut down. Create a new one.")
}
#endif
