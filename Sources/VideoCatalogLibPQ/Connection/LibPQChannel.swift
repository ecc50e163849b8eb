#if Postgres
internal import CLibPQ
internal import Synchronization
internal import VideoCatalogPostgres
#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The `PGconn` of a ``LibPQConnection``, which runs one request at a time.
///
/// A request is sent on the thread of its task, which doesn't block. A ``SocketMonitor`` reads the response on a thread
/// of its own. The monitor retains the channel, which is why it isn't part of the connection.
final class LibPQChannel: Sendable {
    /// The maximum time that the server may take to cancel a statement before the connection is given up.
    static let cancellationLimit: Duration = .seconds(5)
    /// The pause after which a cancellation request is repeated.
    static let cancellationPause: Duration = .milliseconds(200)

    /// A `PGconn *`.
    ///
    /// Sendable, because libpq allows calls on any thread, one after another. The pointer is part of the state, which
    /// is only accessible with the lock held.
    struct Connection: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    typealias Continuation = UnsafeContinuation<Result<PostgresResult, any Error>, Never>

    /// A request whose response isn't complete.
    struct Exchange {
        let continuation: Continuation
        /// The SQL of a statement without parameters, which can be repeated at the start of a transaction.
        let repeatableSQL: String?
        var result: PostgresResult?
        var error: PostgresSessionError?
        /// A Boolean value that indicates whether the server is ready for the next request.
        var isDone = false
    }

    /// The cancellation of the task that has access to the channel.
    enum Cancellation {
        case none
        /// No request was running. The next one fails without being sent.
        case pending
        /// A thread is sending a cancellation request to the server.
        case sending
        case sent
    }

    /// A task that waits for access to the channel.
    struct Waiter {
        let id: UInt64
        let continuation: UnsafeContinuation<Bool, Never>
    }

    struct State {
        let connection: Connection
        /// The monitor's token for the socket, or `nil` while the monitor doesn't watch it.
        var token: UInt64?
        var isOpen = true
        var isFinished = false
        var isWatchedForWriting = false
        /// The number of the current access, which increases with each one.
        var ticket: UInt64 = 0
        var isAcquired = false
        var waiters: [Waiter] = []
        var nextWaiter: UInt64 = 0
        var exchange: Exchange?
        var cancellation = Cancellation.none
        var statements = PreparedStatements()
        var buffer = ParameterBuffer()
        /// A Boolean value that indicates whether a statement may have changed the session's settings.
        var hasChangedSettings = false
        /// The statements that opened the current transaction, or `nil` after one that can't be repeated.
        var prologue: TransactionPrologue?
    }

    let state: Mutex<State>
    let monitor = SocketMonitors.shared.assignMonitor()
    /// A Boolean value that indicates whether this package opened the connection.
    ///
    /// An adopted one is watched only while a request runs, and never closed.
    let isOwned: Bool
    /// A Boolean value that indicates whether TLS or GSSAPI may have read more from the socket than libpq has seen.
    let buffersInput: Bool
    /// The SQLSTATE with which the server ended the session while no request ran, or `nil`.
    ///
    /// It closes the socket a little later.
    let endOfSession = Mutex<String?>(nil)

    init(_ connection: Connection, isOwned: Bool) throws(PostgresSessionError) {
        state = Mutex(State(connection: connection))
        self.isOwned = isOwned
        buffersInput = PQsslInUse(connection.pointer) == 1 || PQgssEncInUse(connection.pointer) == 1
        guard isOwned else { return }
        PQsetnonblocking(connection.pointer, 1)
        observeEnd(of: connection.pointer)
        guard let token = monitor.add(PQsocket(connection.pointer), self) else {
            PQfinish(connection.pointer)
            throw .noThread
        }
        state.withLock { $0.token = token }
    }

    deinit { SocketMonitors.shared.releaseMonitor(monitor) }

    // MARK: - Access

    /// Waits for access to the channel.
    ///
    /// - Returns: The ticket of the access, for ``cancel(_:)``.
    /// - Throws: `CancellationError` if the task is canceled, unless that is ignored.
    nonisolated(nonsending) func acquire(ignoringCancellation: Bool = false) async throws -> UInt64 {
        if !ignoringCancellation, Task.isCancelled { throw CancellationError() }
        if let ticket = acquireIfFree() { return ticket }
        guard !ignoringCancellation else {
            _ = await withUnsafeContinuation { wait($0, as: nil) }
            return state.withLock { $0.ticket }
        }
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let isAcquired = await withTaskCancellationHandler {
            await withUnsafeContinuation { wait($0, as: id) }
        } onCancel: {
            leaveQueue(id)
        }
        guard isAcquired else { throw CancellationError() }
        return state.withLock { $0.ticket }
    }

    /// Gets access to the channel if no task has it.
    ///
    /// - Returns: The ticket of the access, or `nil`.
    func acquireIfFree() -> UInt64? { state.withLock { Self.acquireIfFree(&$0) } }

    /// Ends an access.
    ///
    /// The first task in the queue gets the next one.
    func release() {
        let next = state.withLock { state -> Waiter? in
            state.cancellation = .none
            state.ticket += 1
            guard !state.waiters.isEmpty else {
                state.isAcquired = false
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }

    private static func acquireIfFree(_ state: inout State) -> UInt64? {
        guard !state.isAcquired else { return nil }
        state.isAcquired = true
        return state.ticket
    }

    private func wait(_ continuation: UnsafeContinuation<Bool, Never>, as id: UInt64?) {
        // A cancellation from here on finds the waiter in the queue. An earlier one is seen here.
        let isAcquired = state.withLock { state -> Bool? in
            if id != nil, Task.isCancelled { return false }
            if Self.acquireIfFree(&state) != nil { return true }
            state.waiters.append(Waiter(id: id ?? 0, continuation: continuation))
            return nil
        }
        if let isAcquired { continuation.resume(returning: isAcquired) }
    }

    private func leaveQueue(_ id: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(returning: false)
    }

    // MARK: - Requests

    /// Sends a request and returns the complete response.
    ///
    /// The caller has access to the channel.
    nonisolated(nonsending) func run(_ request: LibPQRequest) async throws -> PostgresResult {
        try await withUnsafeContinuation { continuation in
            if let error = send(request, continuation) { continuation.resume(returning: .failure(error)) }
        }.get()
    }

    /// Sends a request.
    ///
    /// - Returns: The error if nothing was sent. Otherwise `nil`, and the monitor resumes the continuation.
    private func send(_ request: LibPQRequest, _ continuation: Continuation) -> (any Error)? {
        state.withLock { state in
            let connection = state.connection.pointer
            guard state.cancellation == .none else { return CancellationError() }
            guard state.isOpen, PQstatus(connection) == CONNECTION_OK else {
                return PostgresSessionError.connectionIsClosed(endOfSession.withLock { $0 })
            }
            if !isOwned {
                guard PQtransactionStatus(connection) != PQTRANS_ACTIVE else {
                    return PostgresSessionError.connectionIsBusy
                }
                PQsetnonblocking(connection, 1)
            }
            if let error = request.send(connection, &state.buffer) {
                if !isOwned { PQsetnonblocking(connection, 0) }
                return error
            }
            if request.mayChangeSettings { state.hasChangedSettings = true }
            state.exchange = Exchange(continuation: continuation, repeatableSQL: request.repeatableSQL)
            if state.token == nil {
                state.token = monitor.add(PQsocket(connection), self)
                guard state.token != nil else {
                    state.exchange = nil
                    state.isOpen = false
                    return PostgresSessionError.noThread
                }
            }
            flush(&state)
            return nil
        }
    }

    /// Sends what libpq has buffered.
    ///
    /// If the socket is full, the monitor continues when there is room.
    func flush(_ state: inout State) {
        let isBuffered = PQflush(state.connection.pointer) == 1
        guard isBuffered != state.isWatchedForWriting, let token = state.token else { return }
        state.isWatchedForWriting = isBuffered
        monitor.setWatchesWriting(isBuffered, for: token)
    }

    // MARK: - Status

    /// A Boolean value that indicates whether the connection works, as far as is known without asking the server.
    var isUsable: Bool { state.withLock { $0.isOpen && PQstatus($0.connection.pointer) == CONNECTION_OK } }

    /// The status of the transaction at the end of the last request.
    var transactionStatus: PGTransactionStatusType {
        state.withLock { $0.isOpen ? PQtransactionStatus($0.connection.pointer) : PQTRANS_UNKNOWN }
    }

    /// A Boolean value that indicates whether a statement may have changed the session's settings.
    var hasChangedSettings: Bool {
        get { state.withLock { $0.hasChangedSettings } }
        set { state.withLock { $0.hasChangedSettings = newValue } }
    }

    var processID: Int32 { state.withLock { $0.isFinished ? 0 : PQbackendPID($0.connection.pointer) } }

    /// Stops using the connection, and closes it if it is owned.
    ///
    /// A running request fails.
    func close() {
        let completion = state.withLock { state -> Completion? in
            guard !state.isFinished else { return nil }
            let completion = lose(&state, PostgresSessionError.connectionLost())
            state.isFinished = true
            if isOwned { PQfinish(state.connection.pointer) }
            return completion
        }
        completion?.resume()
    }

    /// Shuts the socket down, so that a running request fails.
    func shutDownSocket() {
        state.withLock { state in
            guard state.isOpen else { return }
            _ = shutdown(PQsocket(state.connection.pointer), Int32(SHUT_RDWR))
        }
    }
}

extension PostgresSessionError {
    /// Returns the error of a closed connection.
    ///
    /// - Parameter sqlState: The SQLSTATE with which the server ended the session, if it sent one.
    /// - Returns: The error, which names the reason that the state tells.
    static func connectionIsClosed(_ sqlState: String? = nil) -> PostgresSessionError {
        PostgresSessionError(
            .connectionClosed, sqlState: sqlState,
            message: sqlState.flatMap(sessionEnd) ?? "The connection is closed. Open a new one.")
    }

    static let noThread = PostgresSessionError(
        .notConnected, message: "The system can't start a thread or open a pipe: raise the limits of the process.")

    fileprivate static let connectionIsBusy = PostgresSessionError(
        .server, message: "The app's own code is using the connection. Wait until its statement has ended.")
}
#endif
