#if Postgres
/// Something that runs statements in PostgreSQL one after the other, in the same session.
///
/// ``PostgresConnection`` is one. A host whose own driver holds the transaction conforms a few lines of its own, so that
/// its rows and the catalog's are written together or not at all.
public protocol PostgresSession: Sendable {
    /// Runs one statement.
    ///
    /// - Parameter statement: The text, with `$1`, `$2`, … for the parameters, and the parameters.
    /// - Returns: The rows, in PostgreSQL's binary format, and how many rows were changed.
    /// - Throws: ``PostgresError`` for what the server refuses and for a lost connection; `CancellationError`.
    func query(_ statement: PostgresStatement) async throws -> PostgresResult
}

/// A statement and its parameters.
public struct PostgresStatement: Sendable, Hashable {
    /// The text, with `$1`, `$2`, … for the parameters.
    public let sql: String
    /// The parameters.
    public let parameters: [PostgresValue]
    /// Whether the text is one of a few that come again and again, so that preparing it pays.
    public let isReusable: Bool

    /// Puts a statement together.
    ///
    /// - Parameters:
    ///   - sql: The text, with `$1`, `$2`, … for the parameters.
    ///   - parameters: The parameters.
    ///   - isReusable: Whether preparing it pays.
    public init(_ sql: String, _ parameters: [PostgresValue] = [], isReusable: Bool = true) {
        self.sql = sql
        self.parameters = parameters
        self.isReusable = isReusable
    }
}
#endif
