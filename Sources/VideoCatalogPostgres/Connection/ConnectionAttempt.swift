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

/// Opens one connection, on a thread of its own: libpq resolves names and reads files while it does so.
final class ConnectionAttempt: Sendable {
    /// How many silent hosts of a connection string are passed over.
    private static let maximumSilentHosts = 16

    private struct State {
        var continuation: UnsafeContinuation<Result<Wire, any Error>, Never>?
        var isCancelled = false
    }

    private let configuration: PostgresPoolConfiguration
    private let state = Mutex(State())

    init(_ configuration: PostgresPoolConfiguration) { self.configuration = configuration }

    /// Opens the connection.
    ///
    /// - Throws: ``PostgresError``; `CancellationError` at once if the task is cancelled. Then the thread finds nobody
    ///   waiting for the connection, and closes it.
    func run() async throws -> Wire {
        try await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if !state.isCancelled { state.continuation = continuation }
                    return state.isCancelled
                }
                if isCancelled {
                    continuation.resume(returning: .failure(CancellationError()))
                } else if !WorkerThread.start({ self.finish(Result { try self.open() }) }) {
                    finish(.failure(PostgresError.noThread))
                }
            }
        } onCancel: {
            state.withLock { $0.isCancelled = true }
            finish(.failure(CancellationError()))
        }.get()
    }

    private func finish(_ result: Result<Wire, any Error>) {
        let continuation = state.withLock { state in
            defer { state.continuation = nil }
            return state.continuation
        }
        if let continuation {
            continuation.resume(returning: result)
        } else if case .success(let wire) = result {
            wire.close()
        }
    }

    // MARK: - On the thread

    private func open() throws -> Wire {
        guard let connection = start() else {
            throw PostgresError(.notConnected, message: "there is no memory left for a connection")
        }
        do throws(PostgresError) {
            guard PQstatus(connection) != CONNECTION_BAD else { throw ConnectionFailure.error(connection) }
            PQsetNoticeProcessor(connection, { _, _ in }, nil)
            // The codes alone: the server's words may hold what the connection string says.
            let verbosity = PQsetErrorVerbosity(connection, PQERRORS_SQLSTATE)
            try complete(connection)
            PQsetErrorVerbosity(connection, verbosity)
        } catch {
            PQfinish(connection)
            throw error
        }
        return try Wire(Wire.Connection(pointer: connection), isOwned: true)
    }

    private func start() -> OpaquePointer? {
        // Settings before `dbname` give way to those in the connection string; those after it do not.
        let settings: [(name: String, value: String)] =
            [("fallback_application_name", "r2kit"), ("dbname", configuration.connectionString)]
            + (configuration.applicationName.map { [("application_name", $0)] } ?? [])
            + [("client_encoding", "UTF8")]
        let names = settings.map { strdup($0.name) }
        let values = settings.map { strdup($0.value) }
        defer { for text in names + values { free(text) } }
        let isExpanded: Int32 = 1
        return PQconnectStartParams(
            names.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], isExpanded)
    }

    /// Goes on until the server is ready for statements.
    private func complete(_ connection: OpaquePointer) throws(PostgresError) {
        var events = POLLOUT
        var silentHosts = 0
        var deadline = ContinuousClock.now + configuration.connectTimeout
        while true {
            while !wait(connection, for: Int16(events), until: deadline) {
                if state.withLock({ $0.isCancelled }) { throw .abandoned }
                guard ContinuousClock.now >= deadline else { continue }
                // Its socket is cut, so that libpq goes on to the next host if there is one.
                silentHosts += 1
                guard silentHosts <= Self.maximumSilentHosts, shutdown(PQsocket(connection), Int32(SHUT_RDWR)) == 0
                else {
                    throw .timedOut
                }
                deadline = ContinuousClock.now + configuration.connectTimeout
            }
            switch PQconnectPoll(connection) {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: events = POLLIN
            case PGRES_POLLING_WRITING: events = POLLOUT
            default: throw silentHosts > 0 ? .timedOut : ConnectionFailure.error(connection)
            }
        }
    }

    /// Waits for the socket, a quarter of a second at most.
    ///
    /// - Returns: Whether it is ready.
    private func wait(_ connection: OpaquePointer, for events: Int16, until deadline: ContinuousClock.Instant) -> Bool {
        let left = (deadline - ContinuousClock.now) / Duration.milliseconds(1)
        var socket = pollfd(fd: PQsocket(connection), events: events, revents: 0)
        return poll(&socket, 1, Int32(min(250, max(0, left.rounded(.up))))) > 0
    }
}

extension PostgresError {
    fileprivate static let abandoned = PostgresError(.notConnected, message: "nobody waits for this connection")

    fileprivate static let timedOut = PostgresError(
        .notConnected, message: "the server did not answer in time: check host and port, or raise connectTimeout")
}
#endif
