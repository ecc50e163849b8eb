#if Postgres
internal import VideoCatalog

/// Runs the catalog's statements, one of which is all that an operation ever changes.
protocol StatementRunner: Sendable {
    /// Runs a statement that changes nothing.
    ///
    /// - Throws: `CatalogError`; `CancellationError`.
    nonisolated(nonsending) func read(_ statement: PostgresStatement) async throws -> PostgresResult

    /// Runs a statement that happens wholly or not at all.
    ///
    /// - Returns: The result; `nil` if a row with the same key is there, and nothing was changed.
    /// - Throws: `CatalogError`; `CancellationError`.
    nonisolated(nonsending) func write(_ statement: PostgresStatement) async throws -> PostgresResult?
}

extension PostgresError {
    /// A unique index has such a row.
    var isDuplicate: Bool { sqlState == "23505" }

    /// The connection is gone, or about to be.
    var isLoss: Bool {
        kind == .connectionLost || sqlState?.utf8.starts(with: "08".utf8) == true
            || ["57P01", "57P02", "57P05"].contains(sqlState)
    }

    /// The connection was closed before the server read the statement: it was found closed, or had been idle for longer
    /// than the server's `idle_session_timeout`, which counts only as long as no statement has come.
    var isUnsent: Bool { self == .closed || kind == .connectionLost && sqlState == "57P05" }

    /// What the caller of the catalog gets to see.
    func visible(during kind: StatementKind) -> any Error {
        sqlState == "57014" && Task.isCancelled ? CancellationError() : CatalogError(self, during: kind)
    }
}
#endif
