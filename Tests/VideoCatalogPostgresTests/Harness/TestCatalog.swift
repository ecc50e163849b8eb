#if Postgres
import Foundation
import Testing
@testable import VideoCatalogLibPQ
@testable import VideoCatalogPostgres
import VideoCatalog

/// A catalog with its own schema in the tests' server.
struct TestCatalog: Sendable {
    let pool: LibPQPool
    let schema: PostgresSchema
    let repository: PostgresVideoRepository

    static func make(
        clock: @escaping CatalogClock = { Date() }, keys: PostgresForeignKeys = PostgresForeignKeys()
    ) async throws -> TestCatalog {
        let catalog = try await withoutTables(clock: clock)
        try await PostgresMigrator(schema: catalog.schema, foreignKeys: keys).migrate(catalog.pool)
        return catalog
    }

    static func withoutTables(
        name: String = "t_" + UUID().uuidString.lowercased(), clock: @escaping CatalogClock = { Date() }
    ) async throws -> TestCatalog {
        let pool = try await SharedPool.instance.pool()
        let schema = try PostgresSchema(name: name)
        return TestCatalog(
            pool: pool, schema: schema, repository: PostgresVideoRepository(pool, schema: schema, clock: clock))
    }

    /// Returns a repository of the same rows that takes the time from a clock.
    func repository(clock: @escaping CatalogClock) -> PostgresVideoRepository {
        PostgresVideoRepository(pool, schema: schema, clock: clock)
    }

    /// Runs a function with a new connection, which is closed afterward.
    func withConnection<Value>(_ body: (LibPQConnection) async throws -> Value) async throws -> Value {
        let connection = try await LibPQConnection.open(try await SharedPool.configuration())
        defer { connection.close() }
        return try await body(connection)
    }

    @discardableResult
    func run(_ sql: String, _ parameters: [PostgresValue] = []) async throws -> PostgresResult {
        try await withConnection { try await $0.perform(sql, parameters) }
    }

    func count(_ table: String) async throws -> Int {
        try #require(try await run("SELECT count(*) FROM \(table)").firstInteger)
    }

    /// Waits until a statement on this catalog's rows waits for a lock.
    func waitForBlockedStatement() async throws {
        try await withConnection { connection in
            while try await connection.perform(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND strpos(query, $1) > 0",
                [.text(schema.name)]
            ).firstInteger == 0 { await Task.yield() }
        }
    }
}

/// One pool for all tests of the process.
actor SharedPool {
    static let instance = SharedPool()
    private var opened: Task<LibPQPool, any Error>?

    func pool() async throws -> LibPQPool {
        if let opened { return try await opened.value }
        let task = Task { try LibPQPool(try await Self.configuration()) }
        opened = task
        return try await task.value
    }

    static func configuration() async throws -> LibPQPoolConfiguration {
        var configuration = LibPQPoolConfiguration(connectionString: try await PostgresServer.shared.url)
        // All tests share the pool, and some keep their connections for long.
        configuration.waitLimit = .seconds(120)
        configuration.connectTimeout = .seconds(60)
        return configuration
    }
}

/// Connections that are closed at the end.
actor Connections {
    private var opened: [LibPQConnection] = []

    func open() async throws -> LibPQConnection {
        let connection = try await LibPQConnection.open(try await SharedPool.configuration())
        opened.append(connection)
        return connection
    }

    nonisolated func use(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            await close()
            throw error
        }
        await close()
    }

    private func close() { for connection in opened { connection.close() } }
}

extension PostgresSession {
    /// Runs a statement without preparing it.
    @discardableResult
    func perform(_ sql: String, _ parameters: [PostgresValue] = []) async throws -> PostgresResult {
        try await query(PostgresStatement(sql, parameters, isReusable: false))
    }
}

extension PostgresResult {
    /// A cell as a string, which is empty for NULL.
    func string(_ row: Int, _ column: Int) -> String { String(decoding: self[row, column] ?? [], as: UTF8.self) }
}

extension PostgresSchema {
    /// The quoted name of the schema.
    var sqlName: String { "\"" + name.replacingOccurrences(of: "\"", with: "\"\"") + "\"" }
}
#endif
