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

/// An attempt to open one connection, on a thread of its own, since libpq blocks while it resolves names and reads
/// files.
final class ConnectionAttempt: Sendable {
    /// The maximum number of unresponsive hosts of a connection string to skip.
    private static let maximumUnresponsiveHosts = 16

    private struct State {
        var continuation: UnsafeContinuation<Result<LibPQChannel, any Error>, Never>?
        var isCancelled = false
    }

    private let configuration: LibPQPoolConfiguration
    private let state = Mutex(State())

    init(_ configuration: LibPQPoolConfiguration) { self.configuration = configuration }

    /// Opens the connection.
    ///
    /// - Throws: A `PostgresSessionError` if the attempt fails. `CancellationError` as soon as the task is canceled.
    ///   Then the thread closes the connection once it is open.
    func run() async throws -> LibPQChannel {
        try await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if !state.isCancelled { state.continuation = continuation }
                    return state.isCancelled
                }
                if isCancelled {
                    continuation.resume(returning: .failure(CancellationError()))
                } else if !WorkerThread.start({ self.finish(Result { try self.open() }) }) {
                    finish(.failure(PostgresSessionError.noThread))
                }
            }
        } onCancel: {
            state.withLock { $0.isCancelled = true }
            finish(.failure(CancellationError()))
        }.get()
    }

    private func finish(_ result: Result<LibPQChannel, any Error>) {
        let continuation = state.withLock { state in
            defer { state.continuation = nil }
            return state.continuation
        }
        if let continuation {
            continuation.resume(returning: result)
        } else if case .success(let channel) = result {
            channel.close()
        }
    }

    // MARK: - On the thread

    private func open() throws -> LibPQChannel {
        guard let connection = start() else {
            throw PostgresSessionError(.notConnected, message: "Not enough memory for a connection.")
        }
        do throws(PostgresSessionError) {
            guard PQstatus(connection) != CONNECTION_BAD else { throw ConnectionFailure.error(connection) }
            PQsetNoticeProcessor(connection, { _, _ in }, nil)
            // Without messages, since the server's may quote the connection string.
            let verbosity = PQsetErrorVerbosity(connection, PQERRORS_SQLSTATE)
            try complete(connection)
            PQsetErrorVerbosity(connection, verbosity)
        } catch {
            PQfinish(connection)
            throw error
        }
        return try LibPQChannel(LibPQChannel.Connection(pointer: connection), isOwned: true)
    }

    private func start() -> OpaquePointer? {
        // The connection string overrides settings before `dbname`, but not those after it.
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

    /// Continues until the server is ready for statements.
    private func complete(_ connection: OpaquePointer) throws(PostgresSessionError) {
        var events = POLLOUT
        var unresponsiveHosts = 0
        var deadline = ContinuousClock.now + configuration.connectTimeout
        while true {
            while !wait(connection, for: Int16(events), until: deadline) {
                if state.withLock({ $0.isCancelled }) { throw .abandoned }
                guard ContinuousClock.now >= deadline else { continue }
                // Without the socket, libpq continues with the next host, if there is one.
                unresponsiveHosts += 1
                guard unresponsiveHosts <= Self.maximumUnresponsiveHosts,
                    shutdown(PQsocket(connection), Int32(SHUT_RDWR)) == 0
                else {
                    throw .timedOut
                }
                deadline = ContinuousClock.now + configuration.connectTimeout
            }
            switch PQconnectPoll(connection) {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: events = POLLIN
            case PGRES_POLLING_WRITING: events = POLLOUT
            default: throw unresponsiveHosts > 0 ? .timedOut : ConnectionFailure.error(connection)
            }
        }
    }

    /// Waits for the socket, for at most a quarter of a second.
    ///
    /// - Returns: `true` if it is ready.
    private func wait(_ connection: OpaquePointer, for events: Int16, until deadline: ContinuousClock.Instant) -> Bool {
        let left = (deadline - ContinuousClock.now) / Duration.milliseconds(1)
        var socket = pollfd(fd: PQsocket(connection), events: events, revents: 0)
        return poll(&socket, 1, Int32(min(250, max(0, left.rounded(.up))))) > 0
    }
}

extension PostgresSessionError {
    fileprivate static let abandoned = PostgresSessionError(
        .notConnected, message: "The task that opened the connection was canceled.")

    fileprivate static let timedOut = PostgresSessionError(
        .notConnected, message: "The server didn't respond in time: check host and port, or raise connectTimeout.")
}
#endif
