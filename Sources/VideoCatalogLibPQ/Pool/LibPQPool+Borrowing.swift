#if Postgres
internal import CLibPQ
internal import Synchronization
internal import VideoCatalog
public import VideoCatalogPostgres

/// Borrowing a connection, waiting for one, and giving it back.
extension LibPQPool {
    /// Lends a connection to a function.
    ///
    /// If the function leaves a transaction open, rolls it back. If it may have changed settings, restores them: after
    /// `SET`, `RESET`, `DISCARD ALL`, `DO`, `CALL`, `LISTEN`, and after SQL that contains `set_config` or
    /// `pg_settings`. Settings that a function in the database changes unnoticed, temporary tables and advisory locks
    /// of the session stay.
    ///
    /// - Parameter body: The function. It must not use the connection after it returns.
    /// - Returns: The function's result.
    /// - Throws: The function's error. A `PostgresSessionError` of the kind `notConnected` if no connection is
    ///   available in time. `CancellationError` if the task is canceled while it waits.
    public nonisolated(nonsending) func withConnection<Value>(
        _ body: nonisolated(nonsending) (LibPQConnection) async throws -> Value
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

    /// See `PostgresSessionSource.withSession(_:)`.
    public func withSession<Value: Sendable>(
        _ body: @escaping @Sendable (any PostgresSession) async throws -> Value
    ) async throws -> Value {
        try await withConnection { connection in try await body(connection) }
    }

    /// See `PostgresSessionSource.query(_:)`.
    public nonisolated(nonsending) func query(_ statement: PostgresStatement) async throws -> PostgresResult {
        try await withConnection { connection in try await connection.query(statement) }
    }

    /// Returns a Boolean value that indicates whether the server rejected a change because it is read-only.
    ///
    /// A primary that has become a standby may keep its connections. A new one finds the current primary.
    private static func isReadOnly(_ error: any Error) -> Bool {
        (error as? PostgresSessionError)?.sqlState == "25006" || (error as? CatalogError)?.code == .readOnly
    }

    private enum Decision {
        case lend(IdleConnection, mustCheck: Bool)
        case wait
        case fail(any Error)
    }

    /// Takes a connection out of the pool, or waits for one.
    ///
    /// The caller gives it back or discards it.
    nonisolated(nonsending) func borrow() async throws -> LibPQConnection {
        guard !Task.isCancelled else { throw CancellationError() }
        let now = ContinuousClock.now
        while true {
            switch decide(now) {
            case .lend(let idle, let mustCheck):
                if try await isAlive(idle.connection, mustCheck: mustCheck) { return idle.connection }
                discard(idle.connection)
                if mustCheck { discardIdle(since: idle.since) }
            case .wait: return try await wait(until: now + configuration.waitLimit)
            case .fail(let error): throw error
            }
        }
    }

    private func decide(_ now: ContinuousClock.Instant) -> Decision {
        let monitor = SocketMonitors.shared.current
        return state.withLock { state in
            guard !state.isShutDown else { return .fail(PostgresSessionError.poolIsShutDown) }
            // Tasks that already wait come first.
            guard state.waiters.count == 0, let index = Self.index(in: state.idle, near: monitor) else { return .wait }
            state.borrowed += 1
            let idle = state.idle.remove(at: index)
            return .lend(idle, mustCheck: now - idle.since > trustedIdleTime)
        }
    }

    /// Returns the index of the connection that was used last.
    ///
    /// On a monitor's thread it prefers connections of that monitor, so that the same thread reads the response.
    private static func index(in idle: [IdleConnection], near monitor: SocketMonitor?) -> Int? {
        if let monitor, let index = idle.lastIndex(where: { $0.connection.channel.monitor === monitor }) {
            return index
        }
        return idle.indices.last
    }

    private nonisolated(nonsending) func isAlive(_ connection: LibPQConnection, mustCheck: Bool) async throws -> Bool {
        guard connection.isUsable else { return false }
        guard mustCheck else { return true }
        // A firewall that has dropped a connection lets nothing through, not even the news that it is closed.
        let limit = min(configuration.connectTimeout, configuration.waitLimit)
        let watchdog = Task.detached {
            try await Task.sleep(for: limit)
            connection.channel.shutDownSocket()
        }
        defer { watchdog.cancel() }
        do {
            _ = try await connection.query(PostgresStatement("SELECT 1", isReusable: false))
            return true
        } catch let error as CancellationError {
            await giveBack(connection)
            throw error
        } catch {
            return false
        }
    }

    /// Closes the connections that have been idle at least as long as one that no longer works.
    ///
    /// They probably don't work either, and checking each could take as long again.
    private func discardIdle(since instant: ContinuousClock.Instant) {
        let old = state.withLock { state in
            let old = state.idle.filter { $0.since <= instant }
            state.idle.removeAll { $0.since <= instant }
            return old
        }
        for idle in old { idle.connection.close() }
        resumeClosersIfEmpty()
    }

    // MARK: - Waiting

    private nonisolated(nonsending) func wait(until deadline: ContinuousClock.Instant) async throws -> LibPQConnection {
        let id = Self.nextWaiter.add(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let error = state.withLock { state -> (any Error)? in
                    guard !state.isShutDown else { return PostgresSessionError.poolIsShutDown }
                    // From here on, the cancellation handler finds the waiter in the queue.
                    guard !Task.isCancelled else { return CancellationError() }
                    state.waiters.append(Waiter(id: id, deadline: deadline, continuation: continuation))
                    return nil
                }
                if let error { return continuation.resume(returning: .failure(error)) }
                serveWaiters()
                openIfNeeded()
                maintain()
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.remove(id) }
            waiter?.continuation.resume(returning: .failure(CancellationError()))
        }.get()
    }

    private static let nextWaiter = Atomic<UInt64>(0)

    /// Lends idle connections to waiters, since one may have been given back just before a waiter joined the queue.
    private func serveWaiters() {
        while true {
            let served = state.withLock { state -> (Waiter, IdleConnection)? in
                guard let idle = state.idle.last, let waiter = state.waiters.removeFirst() else { return nil }
                state.idle.removeLast()
                state.borrowed += 1
                return (waiter, idle)
            }
            guard let (waiter, idle) = served else { return }
            waiter.continuation.resume(returning: .success(idle.connection))
        }
    }

    // MARK: - Giving back

    /// Gives a borrowed connection back, which goes to the first waiter.
    nonisolated(nonsending) func giveBack(_ connection: LibPQConnection) async {
        // libpq reports these statuses of open connections only.
        switch connection.channel.transactionStatus {
        case PQTRANS_IDLE: break
        case PQTRANS_INTRANS, PQTRANS_INERROR:
            // Otherwise the statements of the next task would become part of the transaction.
            do { try await connection.queryIgnoringCancellation("ROLLBACK") } catch { return discard(connection) }
            guard connection.channel.transactionStatus == PQTRANS_IDLE else { return discard(connection) }
        default: return discard(connection)
        }
        do { try await connection.restoreSettings() } catch { return discard(connection) }
        put(connection, wasBorrowed: true)
    }

    /// Lends a connection to the first waiter, or adds it to the idle ones.
    func put(_ connection: LibPQConnection, wasBorrowed: Bool) {
        let now = ContinuousClock.now
        enum Destination { case waiter, idle, firstIdle, nowhere }
        var waiter: Waiter?
        let destination = state.withLock { state -> Destination in
            if wasBorrowed { state.borrowed -= 1 } else { state.opening -= 1 }
            guard !state.isShutDown else { return .nowhere }
            if state.waiters.count > 0 {
                waiter = state.waiters.removeFirst()
                state.borrowed += 1
                return .waiter
            }
            state.idle.append(IdleConnection(connection: connection, since: now))
            return state.isMaintained ? .idle : .firstIdle
        }
        switch destination {
        case .waiter: waiter?.continuation.resume(returning: .success(connection))
        case .idle: break
        case .firstIdle: maintain()
        case .nowhere:
            connection.close()
            resumeClosersIfEmpty()
        }
    }

    /// Closes a borrowed connection that no longer works, and opens another one if a task waits.
    func discard(_ connection: LibPQConnection) {
        connection.close()
        state.withLock { $0.borrowed -= 1 }
        resumeClosersIfEmpty()
        openIfNeeded()
    }
}
#endif
