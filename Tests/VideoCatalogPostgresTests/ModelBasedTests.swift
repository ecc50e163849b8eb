#if Postgres
import CatalogTestSupport
import Testing
import VideoCatalog
import VideoCatalogPostgres
#if SQLite
import VideoCatalogSQLite
#endif
import VideoCatalogTesting

@Suite(.againstPostgres)
struct ModelBasedTests {
    @Test(arguments: 0..<6)
    func `all repositories behave the same under random operations`(_ round: Int) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        let clock = ManualClock()
        var repositories: [any VideoRepository] = [
            InMemoryVideoRepository(clock: clock.catalogClock),
            try await TestCatalog.make(clock: clock.catalogClock).repository,
        ]
        #if SQLite
        repositories.append(try await SQLiteVideoRepository.inMemory(clock: clock.catalogClock))
        #endif
        let connections = Connections()
        try await connections.use {
            let connection = try await connections.open()
            try await connection.perform("BEGIN")
            let inTransaction = try await TestCatalog.make(clock: clock.catalogClock).repository.bound(to: connection)
            var operations = RandomOperations(seed: seed, clock: clock)
            let divergence = try await operations.run(400, on: repositories + [inTransaction])
            #expect(divergence == nil, "\(divergence?.description ?? ""), seed \(seed)")
        }
    }
}
#endif
