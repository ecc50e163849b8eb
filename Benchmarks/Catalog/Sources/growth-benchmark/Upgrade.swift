import Foundation
import Synchronization
import VideoCatalogLibPQ
import VideoCatalogPostgres

/// An upgrade of large tables by the script of the package, while another connection writes.
struct Upgrade {
    let rows: Int
    let pool: LibPQPool

    /// Runs the script, and prints its time, that of its slowest statements, and the longest wait of a writer.
    func run() async throws {
        let table = try PostgresTable(schema: "upgrade_\(rows)")
        let statements = Self.statements(of: table.schema.sql)
        guard let end = statements.firstIndex(where: { $0.contains("VALUES (1)") }) else {
            throw Failure("The schema has no version 1.")
        }
        try await pool.withConnection { connection in
            try await table.run("DROP SCHEMA IF EXISTS \(table.schema.name) CASCADE", connection)
            for statement in statements[...end] { try await table.run(statement, connection) }
            try await table.fill(rows, in: connection)
        }
        let isOver = Mutex(false)
        async let writes = self.writes(to: table) { isOver.withLock { $0 } }
        let start = ContinuousClock.now
        var slowest = [(Duration, String)]()
        try await pool.withConnection { connection in
            for statement in Self.statements(of: try table.schema.upgradeScript(from: 1)) {
                let time = try await ContinuousClock().measure { try await table.run(statement, connection) }
                let line = statement.split(separator: "\n").first { $0.contains(" ON ") }
                slowest.append((time, line.map(String.init) ?? statement))
            }
        }
        let total = ContinuousClock.now - start
        isOver.withLock { $0 = true }
        let (count, longest) = try await writes
        print("upgrade of \(rows) rows: \(total), \(count) writes meanwhile, the longest took \(longest)")
        for (time, statement) in slowest.sorted(by: { $0.0 > $1.0 }).prefix(3) { print("  \(time): \(statement)") }
    }

    /// Inserts and updates rows until the end, and returns the number of writes and the longest time of one.
    private func writes(to table: PostgresTable, until isOver: @Sendable () -> Bool) async throws -> (Int, Duration) {
        var (count, longest) = (0, Duration.zero)
        while !isOver() {
            let number = rows + 1 + count
            let time = try await pool.withConnection { connection in
                try await ContinuousClock().measure {
                    try await table.run(table.insertion(number, number), connection)
                    try await table.run(
                        "UPDATE \(table.schema.name).videos SET title = 'Edited' WHERE id = "
                            + "(SELECT id FROM \(table.schema.name).videos ORDER BY id DESC LIMIT 1)", connection)
                }
            }
            longest = max(longest, time)
            count += 1
            try await Task.sleep(for: .milliseconds(20))
        }
        return (count, longest)
    }

    private static func statements(of sql: String) -> [String] {
        sql.components(separatedBy: ";\n").filter { $0.contains { !$0.isWhitespace } }
    }
}
