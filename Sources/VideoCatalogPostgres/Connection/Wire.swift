#if Postgres
import CLibPQ
import Synchronization
#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A libpq connection, used by one task at a time, which takes turns with the others in the order they came.
///
/// A statement is sent on the thread of the task, which does not block; its ``SocketMonitor`` reads the answer.
final class Wire: Sendable {
    /// How long the server may take to heed a cancellation before the connection is given up.
    static let cancellationLimit: Duration = .seconds(5)
    /// How long it is given to heed one request to cancel before it gets another.
    static let cancellationPause: Duration = .milliseconds(200)

    /// libpq's connection.
    ///
    /// Sendable, because libpq lets any thread use it as long as they do so one after the other: it is kept in the
    /// state, which can only be reached with the lock held.
    struct Connection: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// A statement under way.
    struct Exchange {
        let continuation: UnsafeContinuation<Result<PostgresResult, any Error>, Never>
        var result: PostgresResult?
        var error: PostgresError?
        /// Whether the server is ready for the next one.
        var isDone = false
    }

    /// How far the cancellation of the task whose turn it is has come.
    enum Cancellation {
        case none
        /// Nothing was under way: the next statement is not sent.
        case asked
        /// The server is being told.
        case running
        /// The server has been told.
        case sent
    }

    struct Waiter {
        let id: UInt64
        let continuation: UnsafeContinuation<Bool, Never>
    }

    struct State {
        let connection: Connection
        /// What the monitor knows the socket by; `nil` while it is not watched.
        var token: UInt64?
        /// Whether the connection can be used.
        var isOpen = true
        var isFinished = false
        var isWatchedForWriting = false
        /// Whose turn it is, each a number of its own.
        var turn: UInt64 = 0
        var isTaken = false
        var waiters: [Waiter] = []
        var nextWaiter: UInt64 = 0
        var exchange: Exchange?
        var cancellation = Cancellation.none
        var statements = PreparedStatements()
        var buffer = ParameterBuffer()
    }

    let state: Mutex<State>
    /// Which one waits for the socket.
    let monitor = SocketMonitors.shared.join()
    /// Whether the connection is ours; another's is watched during statements only, and never closed.
    let isOwned: Bool
    /// TLS and GSSAPI read more from the socket than they give to libpq at once.
    let buffersInput: Bool
    /// Whether the server has ended the connection without being asked anything; the socket is closed a little later.
    let isEndedByServer = Atomic(false)

    init(_ connection: Connection, isOwned: Bool) throws(PostgresError) {
        state = Mutex(State(connection: connection))
        self.isOwned = isOwned
        buffersInput = PQsslInUse(connection.pointer) == 1 || PQgssEncInUse(connection.pointer) == 1
        guard isOwned else { return }
        PQsetnonblocking(connection.pointer, 1)
        listenForEnd(connection.pointer)
        guard let token = monitor.add(PQsocket(connection.pointer), self) else {
            PQfinish(connection.pointer)
            throw .noThread
        }
        state.withLock { $0.token = token }
    }

    deinit { SocketMonitors.shared.leave(monitor) }

    // MARK: - One statement

    /// Sends a request and waits for the whole answer.
    ///
    /// Whoever calls it has the turn.
    nonisolated(nonsending) func exchange(_ request: Request) async throws -> PostgresResult {
        try await withUnsafeContinuation { continuation in
            if let refusal = begin(request, continuation) { continuation.resume(returning: .failure(refusal)) }
        }.get()
    }

    /// Sends a request.
    ///
    /// - Returns: Why it was not sent; then the continuation is the caller's still, and else the monitor's.
    private func begin(
        _ request: Request, _ continuation: UnsafeContinuation<Result<PostgresResult, any Error>, Never>
    ) -> (any Error)? {
        state.withLock { state in
            let connection = state.connection.pointer
            guard state.cancellation == .none else { return CancellationError() }
            guard state.isOpen, PQstatus(connection) == CONNECTION_OK else { return PostgresError.closed }
            if !isOwned {
                guard PQtransactionStatus(connection) != PQTRANS_ACTIVE else { return PostgresError.busy }
                PQsetnonblocking(connection, 1)
            }
            if let refusal = request.send(connection, &state.buffer) {
                if !isOwned { PQsetnonblocking(connection, 0) }
                return refusal
            }
            state.exchange = Exchange(continuation: continuation)
            if state.token == nil {
                state.token = monitor.add(PQsocket(connection), self)
                guard state.token != nil else {
                    state.exchange = nil
                    state.isOpen = false
                    return PostgresError.noThread
                }
            }
            flush(&state)
            return nil
        }
    }

    /// Sends what libpq still holds back; the monitor goes on with it if the socket takes no more now.
    func flush(_ state: inout State) {
        let isHeldBack = PQflush(state.connection.pointer) == 1
        guard isHeldBack != state.isWatchedForWriting, let token = state.token else { return }
        state.isWatchedForWriting = isHeldBack
        monitor.set(token, wantsToWrite: isHeldBack)
    }

    // MARK: - State

    /// Whether the connection can be used, as far as is known without asking the server.
    var isUsable: Bool { state.withLock { $0.isOpen && PQstatus($0.connection.pointer) == CONNECTION_OK } }

    /// What the server said about the transaction at the end of the last statement.
    var transaction: PGTransactionStatusType {
        state.withLock { $0.isOpen ? PQtransactionStatus($0.connection.pointer) : PQTRANS_UNKNOWN }
    }

    /// The server's process for this connection.
    var processID: Int32 { state.withLock { $0.isFinished ? 0 : PQbackendPID($0.connection.pointer) } }

    /// Closes the connection if it is ours, and lets go of it if not.
    ///
    /// A statement under way fails.
    func close() {
        let ended = state.withLock { state -> Ended? in
            guard !state.isFinished else { return nil }
            let ended = lose(&state, PostgresError.lost())
            state.isFinished = true
            if isOwned { PQfinish(state.connection.pointer) }
            return ended
        }
        ended?.resume()
    }

    /// Cuts the socket, so that whatever is under way fails.
    func cut() {
        state.withLock { state in
            guard state.isOpen else { return }
            _ = shutdown(PQsocket(state.connection.pointer), Int32(SHUT_RDWR))
        }
    }
}

extension PostgresError {
    static let noThread = PostgresError(
        .notConnected, message: "the system gives no thread to wait for the server with: raise its limits")

    fileprivate static let busy = PostgresError(
        .server, message: "the connection is in use by its owner: use it for one thing at a time")
}
#endif
