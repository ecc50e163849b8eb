#if Postgres
internal import VideoCatalog

/// What a statement was to do, for what its failure means.
enum StatementKind: Sendable {
    case read
    case write
}

extension CatalogError {
    /// Says what a failure of the server or the connection means.
    ///
    /// The server's words are passed on only where no value of a row can be among them.
    init(_ error: PostgresError, during kind: StatementKind) {
        switch error.kind {
        case .notConnected: self.init(.unavailable, "no connection to PostgreSQL: \(error.message)")
        case .connectionLost: self = error.isUnsent ? .idleTooLong : .lost(during: kind)
        case .protocolViolation: self.init(.storeFailure, "PostgreSQL gave an unexpected result: \(error.message)")
        case .server: self = .refused(error, during: kind)
        }
    }

    private static func lost(during kind: StatementKind) -> CatalogError {
        switch kind {
        case .read: CatalogError(.unavailable, "the connection to PostgreSQL broke: try again")
        case .write:
            CatalogError(
                .outcomeUnknown,
                "the connection to PostgreSQL broke before it confirmed the change: read the video again first")
        }
    }

    private static let idleTooLong = CatalogError(
        .unavailable, "PostgreSQL closed a connection that was idle for long: try again (SQLSTATE 57P05)")

    private static func refused(_ error: PostgresError, during kind: StatementKind) -> CatalogError {
        let state = error.sqlState ?? ""
        if let row = meanings.first(where: { state.utf8.starts(with: $0.prefix.utf8) }) {
            return CatalogError(row.code, "\(row.message) (SQLSTATE \(state))")
        }
        switch state.prefix(2) {
        case "08": return lost(during: kind)
        case "23": return violated(error)
        // These quote the value that they do not like.
        case "22": return CatalogError(.storeFailure, "PostgreSQL could not take a value (SQLSTATE \(state))")
        default: break
        }
        // The server was told to stop: a change may have been made just before.
        if state == "57P01" || state == "57P02" { return lost(during: kind) }
        return CatalogError(.storeFailure, "PostgreSQL refused: \(error.message) (SQLSTATE \(state))")
    }

    /// A constraint of the tables.
    ///
    /// The unique ones are handled where the row that stands in the way can be read.
    private static func violated(_ error: PostgresError) -> CatalogError {
        let columns = [("session_id", "sessionID"), ("uploaded_by", "uploadedBy")]
        let named = columns.filter { error.constraint?.contains($0.0) ?? true }.map(\.1)
        let message =
            switch error.sqlState {
            case "23503": "must be the identifier of a row of the host's"
            case "23514": "must have the form of the host's identifiers"
            default: ""
            }
        guard !named.isEmpty, !message.isEmpty else {
            return CatalogError(
                .storeFailure,
                "PostgreSQL refused a row by the constraint \(error.constraint ?? "of which it did not tell the name") "
                    + "(SQLSTATE \(error.sqlState ?? ""))")
        }
        return CatalogError(
            .invalidFields, "the video refers to what is not there: \(named.joined(separator: ", "))",
            fields: named.map { Field($0, message) })
    }

    private struct Meaning {
        let prefix: String
        let code: Code
        let message: String

        init(_ prefix: String, _ code: Code, _ message: String) {
            (self.prefix, self.code, self.message) = (prefix, code, message)
        }
    }

    /// A pooler in transaction mode, which gives each transaction another connection of the server.
    private static let otherStatements =
        "the pooler between does not keep prepared statements: turn preparesStatements off, or max_prepared_statements on"

    private static let meanings = [
        Meaning("25006", .readOnly, "PostgreSQL takes no writes here: connect to the primary, or allow them"),
        Meaning("25P02", .storeFailure, "the transaction has failed before: roll it back"),
        Meaning("26000", .storeFailure, Self.otherStatements),
        Meaning("28", .unavailable, "PostgreSQL let nobody in: check the user, the password and pg_hba.conf"),
        Meaning("3D000", .unavailable, "the database does not exist: create it, or check its name"),
        Meaning("3F000", .schemaMissing, Self.schemaMissing.message),
        Meaning("40001", .unavailable, "other transactions were in the way: run this one again"),
        Meaning("40P01", .unavailable, "other transactions were in the way: run this one again"),
        Meaning("42P01", .schemaMissing, Self.schemaMissing.message),
        Meaning("42703", .schemaMissing, Self.schemaMissing.message),
        Meaning("42P05", .storeFailure, Self.otherStatements),
        Meaning("42501", .storeFailure, "the user lacks a privilege on the catalog's tables: grant it"),
        Meaning("53100", .storageFull, "PostgreSQL has no room left on its disk"),
        Meaning("53300", .unavailable, "PostgreSQL takes no more connections: use fewer, or try again later"),
        Meaning("55P03", .timedOut, "PostgreSQL waited too long for a lock: nothing was changed"),
        Meaning("57014", .timedOut, "PostgreSQL did not finish within the statement's time limit: nothing was changed"),
        Meaning("57P03", .unavailable, "PostgreSQL is starting or stopping: try again later"),
        Meaning("57P05", .unavailable, "PostgreSQL closed a connection that was idle for long: try again"),
    ]
}
#endif
