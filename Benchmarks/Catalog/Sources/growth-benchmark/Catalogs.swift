import Foundation
import VideoCatalog
import VideoCatalogLibPQ
import VideoCatalogPostgres
import VideoCatalogSQLite

/// A catalog of a number of sample videos.
struct Catalog {
    let rows: Int
    let repository: any VideoRepository

    static func inMemory(_ rows: Int) async throws -> Catalog {
        let repository = InMemoryVideoRepository()
        for number in 1...rows { try await repository.insert(Sample.video(number)) }
        return Catalog(rows: rows, repository: repository)
    }

    static func sqlite(_ rows: Int, in directory: URL) async throws -> Catalog {
        let repository = try await SQLiteVideoRepository(path: directory.appendingPathComponent("\(rows)").path)
        for first in stride(from: 1, through: rows, by: 1000) {
            try await repository.write { catalog, _ in
                for number in first..<min(first + 1000, rows + 1) { try catalog.insert(Sample.video(number)) }
            }
        }
        return Catalog(rows: rows, repository: repository)
    }

    /// Uses the schema `rows_…` of an earlier run if there is one.
    static func postgres(_ rows: Int, _ pool: LibPQPool) async throws -> Catalog {
        let table = try PostgresTable(schema: "rows_\(rows)")
        try await pool.withConnection { connection in
            if try await !table.exists(in: connection) {
                try await PostgresMigrator(schema: table.schema).migrate(session: connection)
                try await table.fill(rows, in: connection)
            }
        }
        return Catalog(rows: rows, repository: PostgresVideoRepository(pool, schema: table.schema))
    }
}
