#if Postgres
import CLibPQ
import Synchronization
import VideoCatalog

/// A bounded set of connections to one PostgreSQL server.
///
/// Connections are opened when they are needed, and handed out in the order in which they were asked for. Broken ones
/// are replaced; while the server cannot be reached, those who ask wait for it, up to
/// ``PostgresPoolConfiguration/waitLimit``.
public final class PostgresPool: Sendable {
    /// A connection that nobody uses.
    struct Idle {
        let connection: PostgresConnection
        let since: ContinuousClock.Instant
    }

    /// Somebody who waits for a connection.
    struct Waiter {
        let id: UInt64
        let deadline: ContinuousClock.Instant
        let continuation: UnsafeContinuation<Result<PostgresConnection, any Error>, Never>
    }

    struct State {
        /// Used from the end, so that those not needed grow old at the beginning.
        var idle: [Idle] = []
        /// First come, first served.
        var waiters = WaiterQueue()
        var borrowed = 0
        var opening = 0
        var isShutDown = false
        var isMaintained = false
        /// Who waits until everything is closed.
        var closers: [UnsafeContinuation<Void, Never>] = []
        /// Why the last try to open a connection failed; `nil` once one succeeds.
        var lastFailure: PostgresError?

        var total: Int { idle.count + borrowed + opening }
    }

    let configuration: PostgresPoolConfiguration
    /// How long a connection may have been idle to be lent without asking the server whether it is still there.
    ///
    /// One that the server closed is noticed at once; this is for those that a firewall has forgotten.
    let trusted: Duration
    let state = Mutex(State())

    /// Checks the settings.
    ///
    /// Nothing is opened yet.
    ///
    /// - Parameter configuration: Where to connect to, and how many connections there may be.
    /// - Throws: ``PostgresConfigurationError``, which names the setting.
    public convenience init(_ configuration: PostgresPoolConfiguration) throws(PostgresConfigurationError) {
        try self.init(configuration, trusting: .seconds(30))
    }

    init(_ configuration: PostgresPoolConfiguration, trusting trusted: Duration) throws(PostgresConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
        self.trusted = trusted
    }

    /// The threads that read what servers answer, for tasks that do little else than ask them.
    ///
    /// A task that prefers them (`withTaskExecutorPreference(PostgresPool.taskExecutor) { … }`) goes on as soon as an
    /// answer is read, on the thread that read it, and is lent connections of that thread first. As all connections share
    /// these few threads, what runs on them must be short, and must not block.
    public static var taskExecutor: any TaskExecutor { SocketMonitors.shared }

    /// Lends a connection.
    ///
    /// It must not be used after the body has returned.
    ///
    /// A transaction that the body leaves open is rolled back.
    ///
    /// - Parameter body: What to do with it.
    /// - Returns: What the body gave.
    /// - Throws: What the body threw; ``PostgresError`` of the kind ``PostgresError/Kind/notConnected`` if there was no
    ///   connection in time; `CancellationError`.
    public nonisolated(nonsending) func withConnection<Value>(
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await borrow()
        do {
            let value = try await body(connection)
            await giveBack(connection)
            return value
        } catch {
            if Self.isReadOnly(error) { discard(connection) } else { await giveBack(connection) }
            throw error
        }
    }

    /// Whether a change was refused because the server takes none.
    ///
    /// A primary that became a standby may keep its connections: a new one finds the primary of now.
    private static func isReadOnly(_ error: any Error) -> Bool {
        (error as? PostgresError)?.sqlState == "25006" || (error as? CatalogError)?.code == .readOnly
    }

    /// Closes the pool: those who wait are refused, and so is whoever asks from now on.
    ///
    /// It returns when the last borrowed connection has been given back, and all are closed.
    public func shutdown() async {
        let (waiters, idle) = state.withLock { state in
            state.isShutDown = true
            defer { state.idle = [] }
            return (state.waiters.removeAll(), state.idle)
        }
        for waiter in waiters { waiter.continuation.resume(returning: .failure(PostgresError.shutDown)) }
        for idle in idle { idle.connection.close() }
        await withUnsafeContinuation { continuation in
            let isClosed = state.withLock { state in
                if state.total > 0 { state.closers.append(continuation) }
                return state.total == 0
            }
            if isClosed { continuation.resume() }
        }
    }
}

extension PostgresError {
    static let shutDown = PostgresError(.notConnected, message: "the pool has been shut down: make a new one")
}
#endif
