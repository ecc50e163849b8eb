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

/// Reading responses, on the monitor's thread.
extension LibPQChannel: SocketHandler {
    /// A continuation to resume after the lock is released.
    struct Completion {
        let continuation: Continuation
        let result: Result<PostgresResult, any Error>

        func resume() { continuation.resume(returning: result) }
    }

    func socketIsReady() {
        let completion = state.withLock { state -> Completion? in
            guard state.isOpen, state.token != nil else { return nil }
            return read(&state)
        }
        completion?.resume()
    }

    private func read(_ state: inout State) -> Completion? {
        let connection = state.connection.pointer
        var quietReads = 0
        repeat {
            // TLS may hold up to one record of 16 KiB that it has read from the socket, where it can't be seen. A read
            // takes at least 8 KiB. So after two reads that start with an unreadable socket, nothing is left.
            quietReads = buffersInput && !isReadable(connection) ? quietReads + 1 : 0
            guard PQconsumeInput(connection) == 1 else {
                takeResults(&state, isLost: true)
                // The server's last message names the cause.
                discardNotifications(connection)
                return lose(&state, state.exchange?.error ?? PostgresSessionError.connectionLost())
            }
            takeResults(&state, isLost: false)
            guard PQstatus(connection) == CONNECTION_OK else {
                return lose(&state, state.exchange?.error ?? PostgresSessionError.connectionLost())
            }
        } while buffersInput && quietReads < 2 && state.exchange?.isDone == false
        discardNotifications(connection)
        // The server would ignore a request without an error.
        if state.exchange == nil, endOfSession.withLock({ $0 }) != nil {
            return lose(&state, PostgresSessionError.connectionLost())
        }
        if state.isWatchedForWriting { flush(&state) }
        return completeIfDone(&state)
    }

    /// Observes the end of the session, which libpq reports as a notice while no request runs.
    ///
    /// libpq calls the receiver only within calls of this object, which therefore still exists.
    func observeEnd(of connection: OpaquePointer) {
        let receiver: PQnoticeReceiver = { channel, result in
            guard let channel, let severity = PQresultErrorField(result, Int32(UInt8(ascii: "V"))),
                ["FATAL", "PANIC"].contains(String(cString: severity))
            else { return }
            let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
            // Without a SQLSTATE, that of an unknown connection exception.
            Unmanaged<LibPQChannel>.fromOpaque(channel).takeUnretainedValue()
                .endOfSession.withLock { $0 = state ?? "08000" }
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
                state.note(commandTag: PQcmdStatus(result))
            case PGRES_FATAL_ERROR:
                // The server's error comes first. libpq may add that the connection is lost.
                let error = PostgresSessionError(result)
                if state.exchange?.error == nil { state.exchange?.error = error }
            default:
                // COPY needs a protocol of its own, which would have to be completed.
                state.exchange?.error = .unsupportedStatement
                _ = shutdown(PQsocket(connection), Int32(SHUT_RDWR))
                return
            }
        }
    }

    private func discardNotifications(_ connection: OpaquePointer) {
        guard isOwned else { return }
        while let notification = PQnotifies(connection) { PQfreemem(notification) }
    }

    // MARK: - Completion

    /// Completes the exchange if the response is complete, and no cancellation request is on its way that could hit the
    /// next one.
    func completeIfDone(_ state: inout State) -> Completion? {
        guard let exchange = state.exchange, exchange.isDone, state.cancellation != .sending else { return nil }
        state.exchange = nil
        if !isOwned {
            stopWatching(&state)
            PQsetnonblocking(state.connection.pointer, 0)
        }
        return Completion(continuation: exchange.continuation, result: outcome(of: exchange, state.cancellation))
    }

    /// Marks the connection as unusable.
    ///
    /// A running request fails with the error.
    func lose(_ state: inout State, _ error: any Error) -> Completion? {
        guard state.isOpen else { return nil }
        state.isOpen = false
        stopWatching(&state)
        guard let exchange = state.exchange else { return nil }
        state.exchange = nil
        // The response may have been complete before.
        let result = exchange.isDone ? outcome(of: exchange, state.cancellation) : .failure(error)
        return Completion(continuation: exchange.continuation, result: result)
    }

    private func outcome(
        of exchange: Exchange, _ cancellation: Cancellation
    ) -> Result<PostgresResult, any Error> {
        if let error = exchange.error {
            let isCanceled = error.sqlState == "57014" && cancellation != .none
            return .failure(isCanceled ? CancellationError() : error)
        }
        if let result = exchange.result { return .success(result) }
        return .failure(
            PostgresSessionError(.protocolViolation, message: "The server sent no response to a statement."))
    }

    private func stopWatching(_ state: inout State) {
        if let token = state.token { monitor.remove(token) }
        state.token = nil
        state.isWatchedForWriting = false
    }
}

extension PostgresSessionError {
    fileprivate static let unsupportedStatement = PostgresSessionError(
        .protocolViolation, message: "Unsupported statement: COPY needs a protocol that sessions don't have.")
}

extension LibPQChannel.State {
    /// Draws conclusions from the command tag of a statement that succeeded.
    mutating func note(commandTag tag: UnsafePointer<CChar>?) {
        // Most statements are queries, which aren't worth a string.
        if let tag, strncmp(tag, "SELECT", 6) == 0 {
            prologue = nil
            return
        }
        let sql = exchange?.repeatableSQL
        switch tag.map({ String(cString: $0) }) ?? "" {
        case "BEGIN", "START TRANSACTION": prologue = sql.map { TransactionPrologue(statements: [$0]) }
        case "SAVEPOINT": prologue = prologue?.appending(sql)
        case "SET":
            hasChangedSettings = true
            prologue = prologue?.appending(sql)
        // A block of code or a procedure may run SET, too. LISTEN stays until the end of the session, as settings do.
        case "RESET", "DO", "CALL", "LISTEN":
            hasChangedSettings = true
            prologue = nil
        case "DISCARD ALL":
            hasChangedSettings = true
            statements.removeAll()
            prologue = nil
        case "DEALLOCATE ALL":
            statements.removeAll()
            prologue = nil
        // Preparing a statement has no tag, and doesn't touch the transaction.
        case "": break
        default: prologue = nil
        }
    }
}
#endif
