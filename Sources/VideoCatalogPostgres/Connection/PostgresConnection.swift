#if Postgres
import CLibPQ

/// A connection to a PostgreSQL server, over libpq.
///
/// Any number of tasks may use it; their statements run one after the other, in the order they came. No thread waits
/// for the server on their behalf. When a task is cancelled, so is its statement in the server, and the connection can
/// be used on.
public final class PostgresConnection: PostgresSession {
    let wire: Wire
    /// Whether statements that come again and again are prepared.
    let preparesStatements: Bool

    private init(_ wire: Wire, preparesStatements: Bool) {
        self.wire = wire
        self.preparesStatements = preparesStatements
    }

    deinit { wire.close() }

    /// Opens a connection.
    ///
    /// - Parameter configuration: Where to; what it says about a pool is not used.
    /// - Returns: The connection, ready for statements.
    /// - Throws: ``PostgresConfigurationError``; ``PostgresError`` if none comes about; `CancellationError`.
    public static func open(_ configuration: PostgresPoolConfiguration) async throws -> PostgresConnection {
        try configuration.validate()
        let wire = try await ConnectionAttempt(configuration).run()
        let connection = PostgresConnection(wire, preparesStatements: configuration.preparesStatements)
        if let timeout = configuration.statementTimeout {
            let milliseconds = Int64((timeout / Duration.milliseconds(1)).rounded(.up))
            _ = try await connection.query(
                PostgresStatement("SET statement_timeout = \(milliseconds)", isReusable: false))
        }
        return connection
    }

    /// Uses a connection that another part of the program opened with libpq, within whatever transaction it is in.
    ///
    /// It is left as it is found, and never closed. While a statement runs here, its owner must not use it.
    ///
    /// - Parameters:
    ///   - connection: The `PGconn *`; it has to be kept open for as long as this object is used.
    ///   - preparesStatements: Whether to prepare statements that come again and again. They are named `r2kit_…`, and
    ///     stay.
    /// - Throws: ``PostgresError`` if the connection is not open, or its `client_encoding` is not UTF8.
    public init(adopting connection: OpaquePointer, preparesStatements: Bool = false) throws {
        guard PQstatus(connection) == CONNECTION_OK else { throw PostgresError.closed }
        guard let encoding = PQparameterStatus(connection, "client_encoding"), String(cString: encoding) == "UTF8"
        else {
            throw PostgresError(
                .server,
                message: "the connection's client_encoding is another one: set it with PQsetClientEncoding to UTF8")
        }
        wire = try Wire(Wire.Connection(pointer: connection), isOwned: false)
        self.preparesStatements = preparesStatements
    }

    /// Whether the connection can be used, as far as is known without asking the server.
    public var isUsable: Bool { wire.isUsable }

    /// The server's process for this connection, as in `pg_stat_activity`.
    ///
    /// Behind PgBouncer it is a number of PgBouncer's.
    public var processID: Int32 { wire.processID }

    /// Closes the connection; one that was adopted is let go of.
    ///
    /// A statement under way fails with ``PostgresError/Kind/connectionLost``, later ones with
    /// ``PostgresError/Kind/notConnected``.
    public func close() { wire.close() }

    /// Runs one statement, when those that came before have ended.
    ///
    /// - Parameter statement: The text, with `$1`, `$2`, … for the parameters, and the parameters.
    /// - Returns: The rows, in PostgreSQL's binary format, and how many rows were changed.
    /// - Throws: ``PostgresError``: with the kind ``PostgresError/Kind/notConnected`` nothing was sent, with
    ///   ``PostgresError/Kind/connectionLost`` it may have been; `CancellationError`.
    public nonisolated(nonsending) func query(_ statement: PostgresStatement) async throws -> PostgresResult {
        let turn = if let free = wire.takeTurnIfFree() { free } else { try await wire.takeTurn() }
        defer { wire.endTurn() }
        return try await withTaskCancellationHandler {
            guard statement.isReusable, preparesStatements else { return try await wire.exchange(.once(statement)) }
            return try await wire.runPrepared(statement)
        } onCancel: {
            wire.cancel(turn)
        }
    }

    /// Runs a statement even if the task has been cancelled: what has been begun has to be ended.
    nonisolated(nonsending) func queryRegardless(_ sql: String) async throws {
        _ = try await wire.takeTurn(ignoringCancellation: true)
        defer { wire.endTurn() }
        _ = try await wire.exchange(.once(PostgresStatement(sql, isReusable: false)))
    }
}
#endif
