internal import Synchronization
internal import VideoCatalog

/// Runs each statement in one session, under a savepoint, so that a rejected statement leaves the app's transaction
/// usable.
final class SessionRunner: StatementRunner {
    let session: any PostgresSession
    /// The savepoints of two operations must not overlap.
    private let lock = SessionLock()
    private let serializationFailures = Mutex<[PostgresSessionError]>([])

    init(session: any PostgresSession) { self.session = session }

    /// Returns the server's error from which an error of the catalog was made, if the whole transaction has to be run
    /// again after it.
    ///
    /// Other errors have nothing to do with it, even if a failure came before that the app has handled.
    func serializationFailure(behind error: any Error) -> PostgresSessionError? {
        guard let error = error as? CatalogError else { return nil }
        return serializationFailures.withLock { failures in
            failures.first { error == CatalogError($0, during: .write) }
        }
    }

    private func note(_ error: PostgresSessionError) {
        guard error.isSerializationFailure else { return }
        serializationFailures.withLock { if !$0.contains(error) { $0.append(error) } }
    }

    nonisolated(nonsending) func read(_ statement: PostgresStatement) async throws -> PostgresResult {
        try await run(statement, .read)
    }

    nonisolated(nonsending) func write(_ statement: PostgresStatement) async throws -> PostgresResult? {
        do {
            return try await run(statement, .write)
        } catch let error as PostgresSessionError where error.isDuplicate {
            return nil
        }
    }

    private nonisolated(nonsending) func run(
        _ statement: PostgresStatement, _ kind: StatementKind
    ) async throws -> PostgresResult {
        await lock.acquire()
        defer { lock.release() }
        // When a connection breaks, its transaction is rolled back: nothing was changed.
        var effectiveKind = StatementKind.read
        do {
            guard try await session.makeSavepoint() else {
                effectiveKind = kind
                return try await session.query(statement)
            }
            do {
                return try await session.finishSavepoint { try await session.query(statement) }
            } catch let error as PostgresSessionError where error.isStaleStatement {
                // The driver knows by now that it has to prepare the statement again.
                guard try await session.makeSavepoint() else { throw error }
                return try await session.finishSavepoint { try await session.query(statement) }
            }
        } catch let error as PostgresSessionError {
            note(error)
            throw error.isDuplicate ? error : error.translated(during: effectiveKind)
        }
    }

    func atomically<Value: Sendable>(
        _ body: @escaping @Sendable (any PostgresSession) async throws -> Value
    ) async throws -> Value {
        await lock.acquire()
        defer { lock.release() }
        // When a connection breaks, the app's transaction is rolled back: nothing was changed.
        var effectiveKind = StatementKind.read
        do {
            guard try await session.makeSavepoint() else {
                effectiveKind = .write
                try await session.beginTransaction(.readCommitted)
                return try await session.finishTransaction { try await body(session) }
            }
            do {
                return try await session.finishSavepoint { try await body(session) }
            } catch let error as PostgresSessionError where error.isStaleStatement {
                // The driver knows by now that it has to prepare the statement again.
                guard try await session.makeSavepoint() else { throw error }
                return try await session.finishSavepoint { try await body(session) }
            }
        } catch let error as PostgresSessionError {
            note(error)
            throw error.translated(during: effectiveKind)
        }
    }

    func transaction<Value: Sendable>(
        isolation: PostgresIsolation, retries: PostgresRetryPolicy,
        _ body: @escaping @Sendable (SessionRunner) async throws -> Value
    ) async throws -> Value {
        await lock.acquire()
        defer { lock.release() }
        let runBody: @Sendable () async throws -> Value = { [session] in
            // It has a lock of its own: this one stays acquired until the end.
            let runner = SessionRunner(session: session)
            return try await BodyError.wrapping(runner) { try await body(runner) }
        }
        if try await BodyError.unwrapping(.read, { try await session.makeSavepoint() }) {
            return try await BodyError.unwrapping(.read) {
                do {
                    return try await session.finishSavepoint(runBody)
                } catch let error as PostgresSessionError where error.isSerializationFailure {
                    // For the retry policy of the enclosing transaction.
                    note(error)
                    throw error
                }
            }
        }
        return try await BodyError.unwrapping(.write) {
            try await retries.run {
                try await session.beginTransaction(isolation)
                return try await session.finishTransaction(runBody)
            }
        }
    }
}

// MARK: - Savepoints

extension PostgresSession {
    /// Runs a function under a savepoint of the open transaction, or else in a transaction of its own.
    func runAtomically<Value>(_ body: () async throws -> Value) async throws -> Value {
        if try await makeSavepoint() { return try await finishSavepoint(body) }
        try await beginTransaction(.readCommitted)
        return try await finishTransaction(body)
    }

    /// Makes a savepoint.
    ///
    /// Only the server knows whether a transaction is open. Without one, it rejects the savepoint with the SQLSTATE
    /// 25P01, which has no other effect.
    ///
    /// - Returns: `false` if no transaction is open.
    fileprivate func makeSavepoint() async throws -> Bool {
        do {
            _ = try await query(.unprepared("SAVEPOINT video_catalog"))
            return true
        } catch let error as PostgresSessionError where error.sqlState == "25P01" {
            return false
        }
    }

    /// Runs a function, and releases the savepoint.
    ///
    /// If the function throws, rolls back to the savepoint.
    fileprivate func finishSavepoint<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            let value = try await body()
            _ = try await query(.unprepared("RELEASE SAVEPOINT video_catalog"))
            return value
        } catch {
            // If the savepoint no longer exists, this fails the app's transaction, so that nothing is kept unnoticed.
            await rollBack("ROLLBACK TO SAVEPOINT video_catalog", "RELEASE SAVEPOINT video_catalog")
            throw error
        }
    }
}

/// A lock that tasks acquire in the order in which they ask for it.
private final class SessionLock: Sendable {
    private struct State {
        var isAcquired = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    nonisolated(nonsending) func acquire() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.isAcquired else {
                    state.isAcquired = true
                    return true
                }
                state.waiters.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func release() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiters.isEmpty else {
                state.isAcquired = false
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.resume()
    }
}
