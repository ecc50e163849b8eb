/// A PostgreSQL session: one connection that runs one statement at a time.
///
/// Conform the connection type of your driver to use the catalog in your own transactions, or through your own pool
/// (see ``PostgresSessionSource``). `LibPQConnection` in `VideoCatalogLibPQ` is a conforming type. A conforming type
/// needs no knowledge of the catalog. It must meet these requirements:
///
/// - **Statements.** ``query(_:)`` runs exactly one statement, with the parameters bound in order. Use the extended
///   query protocol, or insert ``PostgresValue/literal`` into the SQL. The catalog also sends `BEGIN`, `COMMIT`,
///   `ROLLBACK`, `SAVEPOINT` and, in migrations, DDL through this function, so it must not reorder statements or move
///   them to another connection.
/// - **Results.** Cells are in PostgreSQL's binary or text format, as
///   ``PostgresResult/init(rows:format:affectedRows:)`` describes.
/// - **Affected rows.** The number at the end of the command tag. The catalog relies on it for all writes.
/// - **Errors.** Errors of the server and the connection are thrown as ``PostgresSessionError``. The SQLSTATE is
///   required, since the catalog handles errors such as 23505, 25P01 and 40001. All other errors reach the caller
///   unchanged.
/// - **Cancellation.** In a canceled task, a statement throws `CancellationError` or completes. The session must remain
///   usable, or be closed.
/// - **Encoding.** `client_encoding` is UTF8.
///
/// Prepared statements are up to the driver: the catalog names none. ``PostgresStatement/isReusable`` says when
/// preparing pays off.
public protocol PostgresSession: Sendable {
    /// Runs one statement and returns all of its rows.
    ///
    /// - Parameter statement: The statement and its parameters.
    /// - Returns: The rows, and the number of rows that the statement affected.
    /// - Throws: A ``PostgresSessionError`` if the server rejects the statement or the connection fails,
    ///   `CancellationError` if the task is canceled and the statement wasn't run.
    func query(_ statement: PostgresStatement) async throws -> PostgresResult

    /// Returns a Boolean value that indicates whether a statement has failed in the session's open transaction.
    ///
    /// PostgreSQL rolls such a transaction back at `COMMIT`, without an error. So
    /// ``PostgresSessionSource/withTransaction(isolation:retries:_:)`` calls this function before it commits. The
    /// default implementation runs `SELECT 1`, which the server rejects with the SQLSTATE 25P02 in a failed
    /// transaction. Implement it if your driver knows the status without asking the server.
    ///
    /// - Throws: The errors of ``query(_:)``.
    func hasFailedTransaction() async throws -> Bool
}

extension PostgresSession {
    /// Asks the server, by running `SELECT 1`.
    public func hasFailedTransaction() async throws -> Bool {
        do {
            _ = try await query(PostgresStatement("SELECT 1"))
            return false
        } catch let error as PostgresSessionError where error.sqlState == "25P02" {
            return true
        }
    }

    func execute(_ sql: String) async throws { _ = try await query(.unprepared(sql)) }

    /// Rolls back, even in a canceled task.
    ///
    /// If that fails, the enclosing transaction can't be committed either.
    func rollBack(_ statements: String...) async {
        await Task {
            for sql in statements { _ = try? await query(.unprepared(sql)) }
        }.value
    }
}

/// An SQL statement and its parameters.
public struct PostgresStatement: Sendable, Hashable {
    /// The SQL, with `$1`, `$2`, … for the parameters.
    public let sql: String
    /// The parameters, in order.
    public let parameters: [PostgresValue]
    /// A Boolean value that indicates whether the same SQL is likely to run again, so that preparing it pays off.
    public let isReusable: Bool

    /// Creates a statement.
    ///
    /// - Parameters:
    ///   - sql: The SQL, with `$1`, `$2`, … for the parameters.
    ///   - parameters: The parameters, in order.
    ///   - isReusable: Whether the same SQL is likely to run again.
    public init(_ sql: String, _ parameters: [PostgresValue] = [], isReusable: Bool = true) {
        self.sql = sql
        self.parameters = parameters
        self.isReusable = isReusable
    }
}

extension PostgresStatement {
    /// Returns a statement that isn't prepared, so that it can't fail because the session has lost it.
    ///
    /// Its error would fail the app's transaction.
    static func unprepared(_ sql: String) -> PostgresStatement { PostgresStatement(sql, isReusable: false) }
}
