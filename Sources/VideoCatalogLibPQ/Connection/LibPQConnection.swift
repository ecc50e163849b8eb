#if Postgres
internal import CLibPQ
public import VideoCatalogPostgres

/// A connection to a PostgreSQL server over libpq.
///
/// Any number of tasks can use a connection. Their statements run one after another, in the order in which they came.
/// No thread blocks while the server works. When a task is canceled, the server cancels its statement, and the
/// connection remains usable.
public final class LibPQConnection: PostgresSession {
    let channel: LibPQChannel
    private let preparesStatements: Bool
    /// The statement that sets the configured timeout, if there is one.
    private let settings: String?

    private init(_ channel: LibPQChannel, _ configuration: LibPQPoolConfiguration) {
        self.channel = channel
        preparesStatements = configuration.preparesStatements
        settings = configuration.statementTimeout.map { timeout in
            "SET statement_timeout = \(Int64((timeout / Duration.milliseconds(1)).rounded(.up)))"
        }
    }

    deinit { channel.close() }

    /// Opens a connection.
    ///
    /// - Parameter configuration: The server and the timeouts. The settings of the pool don't matter.
    /// - Returns: An open connection.
    /// - Throws: A ``LibPQConfigurationError`` if a setting is invalid, a `PostgresSessionError` if the connection
    ///   can't be opened, `CancellationError` if the task is canceled.
    public static func open(_ configuration: LibPQPoolConfiguration) async throws -> LibPQConnection {
        try configuration.validate()
        let channel = try await ConnectionAttempt(configuration).run()
        let connection = LibPQConnection(channel, configuration)
        if let settings = connection.settings {
            _ = try await connection.query(PostgresStatement(settings, isReusable: false))
            channel.hasChangedSettings = false
        }
        return connection
    }

    /// Creates a session on a connection that your app opened with libpq, in its open transaction, if any.
    ///
    /// The connection is never closed, and its settings stay as they are. Your app must not use it while a statement
    /// runs here.
    ///
    /// - Parameters:
    ///   - connection: A `PGconn *`, which must stay open as long as this object is in use.
    ///   - preparesStatements: Whether reusable statements are prepared. Their names start with `r2kit_`, and they stay
    ///     prepared.
    /// - Throws: A `PostgresSessionError` if the connection isn't open, or its `client_encoding` isn't UTF8.
    public init(adopting connection: OpaquePointer, preparesStatements: Bool = false) throws {
        guard PQstatus(connection) == CONNECTION_OK else { throw PostgresSessionError.connectionIsClosed() }
        guard let encoding = PQparameterStatus(connection, "client_encoding"), String(cString: encoding) == "UTF8"
        else {
            throw PostgresSessionError(
                .server, message: "Unsupported client_encoding: set it to UTF8 with PQsetClientEncoding.")
        }
        channel = try LibPQChannel(LibPQChannel.Connection(pointer: connection), isOwned: false)
        self.preparesStatements = preparesStatements
        settings = nil
    }

    /// A Boolean value that indicates whether the connection works, as far as is known without asking the server.
    public var isUsable: Bool { channel.isUsable }

    /// The identifier of the server's process for this connection, as in `pg_stat_activity`.
    ///
    /// Behind PgBouncer, it is a number that PgBouncer made up.
    public var processID: Int32 { channel.processID }

    /// Closes the connection.
    ///
    /// An adopted connection stays open.
    ///
    /// A running statement fails with the kind `connectionLost`. Later ones fail with `connectionClosed`.
    public func close() { channel.close() }

    /// See `PostgresSession.query(_:)`.
    ///
    /// - Throws: A `PostgresSessionError`, `CancellationError` if the task is canceled.
    public nonisolated(nonsending) func query(_ statement: PostgresStatement) async throws -> PostgresResult {
        let ticket = if let free = channel.acquireIfFree() { free } else { try await channel.acquire() }
        defer { channel.release() }
        return try await withTaskCancellationHandler {
            guard statement.isReusable, preparesStatements else { return try await channel.run(.direct(statement)) }
            return try await channel.runPrepared(statement)
        } onCancel: {
            channel.cancel(ticket)
        }
    }

    /// See `PostgresSession.hasFailedTransaction()`.
    public func hasFailedTransaction() -> Bool { channel.transactionStatus == PQTRANS_INERROR }

    /// Runs a statement even in a canceled task, such as the end of a transaction.
    nonisolated(nonsending) func queryIgnoringCancellation(_ sql: String) async throws {
        _ = try await channel.acquire(ignoringCancellation: true)
        defer { channel.release() }
        _ = try await channel.run(.direct(PostgresStatement(sql, isReusable: false)))
    }

    /// Restores the session's settings, if a statement may have changed them.
    ///
    /// `DISCARD ALL` would also drop the prepared statements.
    nonisolated(nonsending) func restoreSettings() async throws {
        guard channel.hasChangedSettings else { return }
        _ = try await channel.acquire(ignoringCancellation: true)
        defer { channel.release() }
        // The role comes second, since the reset of the user may also reset it.
        let resets = ["RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL", "UNLISTEN *"]
        _ = try await channel.run(.script((resets + [settings].compactMap { $0 }).joined(separator: "; ")))
        channel.hasChangedSettings = false
    }
}
#endif
