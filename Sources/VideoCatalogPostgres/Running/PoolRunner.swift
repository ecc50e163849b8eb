#if Postgres
internal import VideoCatalog

/// Runs each statement on its own on any connection of a pool, where it is a transaction of its own.
struct PoolRunner: StatementRunner {
    private static let attempts = 6

    let pool: PostgresPool

    /// What a broken connection did not answer is asked again once, on another one.
    func read(_ statement: PostgresStatement) async throws -> PostgresResult {
        var (losses, collisions) = (0, 0)
        while true {
            do {
                return try await run(statement)
            } catch let error as PostgresError {
                if error.isLoss { losses += 1 } else if error.isCollision { collisions += 1 }
                guard (error.isLoss && losses == 1) || (error.isCollision && collisions < Self.attempts) else {
                    throw error.visible(during: .read)
                }
                if error.isCollision { try await Backoff.pause(before: collisions) }
            }
        }
    }

    /// What the server rolled back because of other transactions is done again.
    func write(_ statement: PostgresStatement) async throws -> PostgresResult? {
        var attempt = 1
        while true {
            do {
                return try await run(statement)
            } catch let error as PostgresError {
                if error.isDuplicate { return nil }
                guard error.isCollision, attempt < Self.attempts else { throw error.visible(during: .write) }
                attempt += 1
                try await Backoff.pause(before: attempt)
            }
        }
    }

    private func run(_ statement: PostgresStatement) async throws -> PostgresResult {
        try await pool.withConnection { connection in try await connection.query(statement) }
    }
}
#endif
