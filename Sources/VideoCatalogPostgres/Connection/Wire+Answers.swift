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

extension Wire: SocketHandler {
    /// A task that goes on, once the lock is free.
    struct Ended {
        let continuation: UnsafeContinuation<Result<PostgresResult, any Error>, Never>
        let result: Result<PostgresResult, any Error>

        func resume() { continuation.resume(returning: result) }
    }

    func socketIsReady() {
        let ended = state.withLock { state -> Ended? in
            guard state.isOpen, state.token != nil else { return nil }
            return read(&state)
        }
        ended?.resume()
    }

    /// Takes what has come in.
    private func read(_ state: inout State) -> Ended? {
        let connection = state.connection.pointer
        var quietReads = 0
        repeat {
            // What TLS has taken from the socket but not yet given is not seen there: at most one record of 16 KiB, of
            // which a read takes 8 KiB at least. So two reads that begin with a quiet socket leave nothing behind.
            quietReads = buffersInput && !isReadable(connection) ? quietReads + 1 : 0
            guard PQconsumeInput(connection) == 1 else {
                takeResults(&state, isLost: true)
                return lose(&state, state.exchange?.error ?? PostgresError.lost())
            }
            takeResults(&state, isLost: false)
            guard PQstatus(connection) == CONNECTION_OK else {
                return lose(&state, state.exchange?.error ?? PostgresError.lost())
            }
        } while buffersInput && quietReads < 2 && state.exchange?.isDone == false
        discardNotifications(connection)
        // What is sent from here on would not be run, and nobody could tell.
        if state.exchange == nil, isEndedByServer.load(ordering: .relaxed) { return lose(&state, PostgresError.lost()) }
        if state.isWatchedForWriting { flush(&state) }
        return endIfDone(&state)
    }

    /// libpq hands on as a notice what the server says to a client that waits for nothing.
    ///
    /// It does so within calls of this object's alone, which is why that is there still.
    func listenForEnd(_ connection: OpaquePointer) {
        let receiver: PQnoticeReceiver = { wire, result in
            guard let wire, let severity = PQresultErrorField(result, Int32(UInt8(ascii: "V"))),
                ["FATAL", "PANIC"].contains(String(cString: severity))
            else { return }
            Unmanaged<Wire>.fromOpaque(wire).takeUnretainedValue().isEndedByServer.store(true, ordering: .relaxed)
        }
        PQsetNoticeReceiver(connection, receiver, Unmanaged.passUnretained(self).toOpaque())
    }

    private func isReadable(_ connection: OpaquePointer) -> Bool {
        var socket = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
        return poll(&socket, 1, 0) > 0
    }

    private func takeResults(_ state: inout State, isLost: Bool) {
        let connection = state.connection.pointer
        while state.exchange?.isDone == false, isLost || PQisBusy(connection) == 0 {
            guard let result = PQgetResult(connection) else {
                state.exchange?.isDone = true
                return
            }
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                state.exchange?.result = PostgresResult(copying: result)
            case PGRES_FATAL_ERROR:
                // The server's own words come first; libpq may add that the connection is gone.
                let error = PostgresError(refusal: result)
                if state.exchange?.error == nil { state.exchange?.error = error }
            default:
                // COPY wants a dialogue of its own, which would have to be led to its end.
                state.exchange?.error = .unexpectedAnswer
                _ = shutdown(PQsocket(connection), Int32(SHUT_RDWR))
                return
            }
        }
    }

    private func discardNotifications(_ connection: OpaquePointer) {
        guard isOwned else { return }
        while let notification = PQnotifies(connection) { PQfreemem(notification) }
    }

    // MARK: - The end of a statement

    /// Lets the task go on if the answer is complete, and no cancellation is on its way that could hit the next one.
    func endIfDone(_ state: inout State) -> Ended? {
        guard let exchange = state.exchange, exchange.isDone, state.cancellation != .running else { return nil }
        return end(&state, exchange)
    }

    private func end(_ state: inout State, _ exchange: Exchange) -> Ended {
        state.exchange = nil
        if !isOwned {
            stopWatching(&state)
            PQsetnonblocking(state.connection.pointer, 0)
        }
        return Ended(continuation: exchange.continuation, result: outcome(exchange, state.cancellation))
    }

    private func outcome(_ exchange: Exchange, _ cancellation: Cancellation) -> Result<PostgresResult, any Error> {
        if let error = exchange.error {
            let isCancelled = error.sqlState == "57014" && cancellation != .none
            return .failure(isCancelled ? CancellationError() : error)
        }
        if let result = exchange.result { return .success(result) }
        return .failure(PostgresError(.protocolViolation, message: "the server gave no answer to a statement"))
    }

    /// The connection is of no use any more.
    ///
    /// An exchange under way ends with an error.
    func lose(_ state: inout State, _ error: any Error) -> Ended? {
        guard state.isOpen else { return nil }
        state.isOpen = false
        stopWatching(&state)
        guard let exchange = state.exchange else { return nil }
        state.exchange = nil
        // The answer may have been complete before.
        let result = exchange.isDone ? outcome(exchange, state.cancellation) : .failure(error)
        return Ended(continuation: exchange.continuation, result: result)
    }

    private func stopWatching(_ state: inout State) {
        if let token = state.token { monitor.remove(token) }
        state.token = nil
        state.isWatchedForWriting = false
    }
}

extension PostgresError {
    fileprivate static let unexpectedAnswer = PostgresError(
        .protocolViolation, message: "the statement wants a dialogue of its own, as COPY does: it cannot be run here")
}
#endif
