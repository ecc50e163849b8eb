internal import VideoCatalog

/// The effect of a statement, which decides the meaning of its failure.
enum StatementKind: Sendable {
    case read
    case write
}

extension PostgresSessionError {
    /// The error that the caller of the catalog gets.
    func translated(during kind: StatementKind) -> any Error {
        sqlState == "57014" && Task.isCancelled ? CancellationError() : CatalogError(self, during: kind)
    }
}

extension CatalogError {
    /// Creates an error from that of the server or the connection.
    ///
    /// The server's message is included only where it can't contain values of a row.
    init(_ error: PostgresSessionError, during kind: StatementKind) {
        switch error.kind {
        case .notConnected, .connectionClosed: self = .unavailable(error)
        case .connectionLost: self = error.isUnsent ? .unavailable(error) : .connectionLost(error, during: kind)
        case .protocolViolation:
            self.init(.storeFailure, "PostgreSQL sent an unexpected response: \(error.message)")
        case .server: self = .rejected(error, during: kind)
        }
    }

    private static func connectionLost(
        _ error: PostgresSessionError, during kind: StatementKind
    ) -> CatalogError {
        let cause = error.sqlState.flatMap(PostgresSessionError.sessionEnd)
        let state = error.sqlState.map { " (SQLSTATE \($0))" } ?? ""
        switch kind {
        case .read:
            return CatalogError(
                .unavailable, "The connection to PostgreSQL was lost. \(cause ?? "Try again.")" + state)
        case .write:
            let end = cause.map { " \($0)" } ?? ""
            return CatalogError(
                .outcomeUnknown,
                "The connection to PostgreSQL was lost before the change was confirmed. Read the video again first."
                    + end + state)
        }
    }

    private static func unavailable(_ error: PostgresSessionError) -> CatalogError {
        let cause = error.sqlState.flatMap(PostgresSessionError.sessionEnd) ?? error.message
        let state = error.sqlState.map { " (SQLSTATE \($0))" } ?? ""
        return CatalogError(.unavailable, "PostgreSQL is unavailable: \(cause)" + state)
    }

    private static func rejected(_ error: PostgresSessionError, during kind: StatementKind) -> CatalogError {
        let state = error.sqlState ?? ""
        if let row = meanings.first(where: { state.utf8.starts(with: $0.prefix.utf8) }) {
            return CatalogError(row.code, "\(row.message) (SQLSTATE \(state))")
        }
        switch state.prefix(2) {
        case "08": return connectionLost(error, during: kind)
        case "23": return constraintViolation(error)
        // The server's messages of this class quote the invalid value.
        case "22": return CatalogError(.storeFailure, "PostgreSQL rejected a value. (SQLSTATE \(state))")
        default: break
        }
        // The server is shutting down. It may have made the change just before.
        if state == "57P01" || state == "57P02" { return connectionLost(error, during: kind) }
        if state == "25P03" || state == "57P05" { return unavailable(error) }
        return CatalogError(.storeFailure, "PostgreSQL rejected the statement: \(error.message) (SQLSTATE \(state))")
    }

    /// The violation of a constraint, except the unique ones, which the repository handles.
    private static func constraintViolation(_ error: PostgresSessionError) -> CatalogError {
        let columns = [("session_id", "sessionID"), ("uploaded_by", "uploadedBy")]
        let fields = columns.filter { error.constraint?.contains($0.0) ?? true }.map(\.1)
        let message =
            switch error.sqlState {
            case "23503": "must be the identifier of an existing row of your app"
            case "23514": "must have the form of your app's identifiers"
            default: ""
            }
        guard !fields.isEmpty, !message.isEmpty else {
            let constraint = error.constraint.map { "the constraint \($0)" } ?? "a constraint"
            return CatalogError(
                .storeFailure,
                "PostgreSQL rejected a row that violates \(constraint). (SQLSTATE \(error.sqlState ?? ""))")
        }
        return CatalogError(
            .invalidFields, "Invalid reference: the video refers to a row that doesn't exist.",
            fields: fields.map { Field($0, message) })
    }

    private struct Meaning {
        let prefix: String
        let code: Code
        let message: String

        init(_ prefix: String, _ code: Code, _ message: String) {
            (self.prefix, self.code, self.message) = (prefix, code, message)
        }
    }

    /// Seen after `DISCARD ALL` or `DEALLOCATE ALL` on a connection that another driver uses, too, and behind poolers
    /// in transaction mode, which move each transaction to another connection of the server.
    private static let lostPreparedStatement =
        "The session no longer has a prepared statement. Run the transaction again. If that doesn't help, a pooler "
        + "loses them: turn preparesStatements off, or set the pooler's max_prepared_statements."

    private static let collision = "The transaction conflicted with another one. Run it again."

    private static let meanings = [
        Meaning("25006", .readOnly, "PostgreSQL is read-only: connect to the primary, or allow writes."),
        Meaning("25P02", .storeFailure, "The transaction has already failed. Roll it back."),
        Meaning("26000", .storeFailure, Self.lostPreparedStatement),
        Meaning("28", .unavailable, "PostgreSQL refused the login: check the user, the password and pg_hba.conf."),
        Meaning("3D000", .unavailable, "The database doesn't exist: create it, or check its name."),
        Meaning("3F000", .schemaMissing, Self.schemaMissing.message),
        Meaning("40001", .unavailable, Self.collision),
        Meaning("40P01", .unavailable, Self.collision),
        Meaning("42P01", .schemaMissing, Self.schemaMissing.message),
        Meaning("42703", .schemaMissing, Self.schemaMissing.message),
        Meaning("42P05", .storeFailure, Self.lostPreparedStatement),
        Meaning("42501", .storeFailure, "The user lacks a privilege on the catalog's tables: grant it."),
        Meaning("53100", .storageFull, "PostgreSQL's disk is full."),
        Meaning("53300", .unavailable, "PostgreSQL accepts no more connections: use fewer, or try again later."),
        Meaning("55P03", .timedOut, "PostgreSQL waited too long for a lock. Nothing was changed."),
        Meaning("57014", .timedOut, "The statement exceeded its time limit. Nothing was changed."),
        Meaning("57P03", .unavailable, "PostgreSQL is starting or stopping. Try again later."),
    ]
}
