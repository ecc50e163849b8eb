#if Postgres
import CLibPQ
import Synchronization

extension PostgresPool {
    /// What to do for somebody who asks for a connection.
    private enum Answer {
        case lend(Idle, isOld: Bool)
        case wait
        case refuse(any Error)
    }

    /// Takes a connection out of the pool, to be given back.
    nonisolated(nonsending) func borrow() async throws -> PostgresConnection {
        guard !Task.isCancelled else { throw CancellationError() }
        let now = ContinuousClock.now
        while true {
            switch answer(now) {
            case .lend(let idle, let isOld):
                if try await isAlive(idle.connection, isOld: isOld) { return idle.connection }
                discard(idle.connection)
                if isOld { discardThoseIdle(sinceBefore: idle.since) }
            case .wait: return try await wait(until: now + configuration.waitLimit)
            case .refuse(let error): throw error
            }
        }
    }

    private func answer(_ now: ContinuousClock.Instant) -> Answer {
        let here = SocketMonitors.shared.current
        return state.withLock { state in
            guard !state.isShutDown else { return .refuse(PostgresError.shutDown) }
            // Whoever waits came first.
            guard state.waiters.count == 0, let place = Self.place(in: state.idle, near: here) else { return .wait }
            state.borrowed += 1
            let idle = state.idle.remove(at: place)
            return .lend(idle, isOld: now - idle.since > trusted)
        }
    }

    /// Where the connection is that was used last; on a monitor's thread, one of that monitor's, if there is any: then the
    /// thread that asks reads the answer.
    private static func place(in idle: [Idle], near monitor: SocketMonitor?) -> Int? {
        if let monitor, let place = idle.lastIndex(where: { $0.connection.wire.monitor === monitor }) { return place }
        return idle.indices.last
    }

    private nonisolated(nonsending) func isAlive(_ connection: PostgresConnection, isOld: Bool) async throws -> Bool {
        guard connection.isUsable else { return false }
        guard isOld else { return true }
        // A firewall that has forgotten a connection lets nothing through, not even that it is closed.
        let limit = min(configuration.connectTimeout, configuration.waitLimit)
        let watch = Task.detached {
            try await Task.sleep(for: limit)
            connection.wire.cut()
        }
        defer { watch.cancel() }
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

    /// Closes the idle connections that are older than one that was found dead: what befell it has befallen them, and
    /// asking each of them could take as long again.
    private func discardThoseIdle(sinceBefore instant: ContinuousClock.Instant) {
        let old = state.withLock { state in
            let old = state.idle.filter { $0.since <= instant }
            state.idle.removeAll { $0.since <= instant }
            return old
        }
        for idle in old { idle.connection.close() }
        closeIfEmpty()
    }

    /// Queues up for a connection.
    private nonisolated(nonsending) func wait(until deadline: ContinuousClock.Instant) async throws
        -> PostgresConnection
    {
        let id = Self.nextWaiter.add(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let refusal = state.withLock { state -> (any Error)? in
                    guard !state.isShutDown else { return PostgresError.shutDown }
                    // Whoever is cancelled from here on is found in the queue.
                    guard !Task.isCancelled else { return CancellationError() }
                    state.waiters.append(Waiter(id: id, deadline: deadline, continuation: continuation))
                    return nil
                }
                if let refusal { return continuation.resume(returning: .failure(refusal)) }
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

    /// Gives idle connections to those who wait: one may have come back just before somebody queued up.
    func serveWaiters() {
        while true {
            let served = state.withLock { state -> (Waiter, Idle)? in
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

    /// Takes a connection back; the first who waits gets it.
    nonisolated(nonsending) func giveBack(_ connection: PostgresConnection) async {
        switch connection.wire.transaction {
        // What libpq says of an open connection only.
        case PQTRANS_IDLE: break
        case PQTRANS_INTRANS, PQTRANS_INERROR:
            // Were it not rolled back, its next user would be part of it.
            do { try await connection.queryRegardless("ROLLBACK") } catch { return discard(connection) }
            guard connection.wire.transaction == PQTRANS_IDLE else { return discard(connection) }
        default: return discard(connection)
        }
        put(connection, wasBorrowed: true)
    }

    /// Puts a connection where it is needed: to the first who waits, or to the idle ones.
    func put(_ connection: PostgresConnection, wasBorrowed: Bool) {
        let now = ContinuousClock.now
        enum Place { case waiter, idle, firstIdle, nowhere }
        var waiter: Waiter?
        let place = state.withLock { state -> Place in
            if wasBorrowed { state.borrowed -= 1 } else { state.opening -= 1 }
            guard !state.isShutDown else { return .nowhere }
            if state.waiters.count > 0 {
                waiter = state.waiters.removeFirst()
                state.borrowed += 1
                return .waiter
            }
            state.idle.append(Idle(connection: connection, since: now))
            return state.isMaintained ? .idle : .firstIdle
        }
        switch place {
        case .waiter: waiter?.continuation.resume(returning: .success(connection))
        case .idle: break
        case .firstIdle: maintain()
        case .nowhere:
            connection.close()
            closeIfEmpty()
        }
    }

    /// Closes a borrowed connection that is of no use any more; another one is opened if somebody waits.
    func discard(_ connection: PostgresConnection) {
        connection.close()
        state.withLock { $0.borrowed -= 1 }
        closeIfEmpty()
        openIfNeeded()
    }

    /// Lets those who shut the pool down go on, once everything is closed.
    func closeIfEmpty() {
        let closers = state.withLock { state -> [UnsafeContinuation<Void, Never>] in
            guard state.isShutDown, state.total == 0 else { return [] }
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }
}
#endif
