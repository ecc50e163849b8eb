#if Delivery && Emulator
import Foundation
import TestSupport
import VideoCatalog

#if SQLite
import VideoCatalogSQLite
#endif
#if Postgres
import VideoCatalogLibPQ
import VideoCatalogPostgres
#endif

/// A kind of catalog that random runs use.
enum ChaosCatalog: String, Sendable, CaseIterable {
    case memory
    case sqlite
    case postgres

    /// The kinds that this machine has.
    ///
    /// PostgreSQL needs R2KIT_INTEGRATION=1, the trait and a server. With CI=true, a missing server is a failure.
    static func available() async throws -> [ChaosCatalog] {
        var kinds = [memory]
        #if SQLite
        kinds.append(sqlite)
        #endif
        #if Postgres
        let environment = ProcessInfo.processInfo.environment
        guard environment["R2KIT_INTEGRATION"] == "1" else { return kinds }
        do {
            _ = try await ChaosPostgres.instance.pool()
            kinds.append(postgres)
        } catch {
            if environment["CI"] == "true" { throw error }
            print("There is no PostgreSQL server: \(error)")
        }
        #endif
        return kinds
    }

    /// Creates an empty catalog.
    func make(clock: @escaping CatalogClock) async throws -> any VideoRepository {
        switch self {
        case .memory: return InMemoryVideoRepository(clock: clock)
        case .sqlite:
            #if SQLite
            return try await SQLiteVideoRepository.inMemory(clock: clock)
            #else
            throw withoutTrait
            #endif
        case .postgres:
            #if Postgres
            return try await ChaosPostgres.instance.catalog(clock: clock)
            #else
            throw withoutTrait
            #endif
        }
    }

    private var withoutTrait: TestSupportError {
        TestSupportError("There is no catalog of the kind \(rawValue) without its trait.")
    }
}

#if Postgres
/// The PostgreSQL server of the random runs, which R2KIT_POSTGRES_URL names or which is started for this process.
actor ChaosPostgres {
    static let instance = ChaosPostgres()
    private var opened: Task<LibPQPool, any Error>?

    func pool() async throws -> LibPQPool {
        if let opened { return try await opened.value }
        let task = Task {
            var url = ProcessInfo.processInfo.environment["R2KIT_POSTGRES_URL"]
            if url == nil {
                url = try await ServerScript("start-postgres", settingsFile: "postgres.env").start()
                    .settings["R2KIT_POSTGRES_URL"]
            }
            guard let url else { throw TestSupportError("the settings have no URL") }
            var configuration = LibPQPoolConfiguration(connectionString: url)
            configuration.waitLimit = .seconds(120)
            configuration.connectTimeout = .seconds(60)
            return try LibPQPool(configuration)
        }
        opened = task
        return try await task.value
    }

    /// Creates a catalog in a schema of its own.
    func catalog(clock: @escaping CatalogClock) async throws -> PostgresVideoRepository {
        let pool = try await pool()
        let schema = try PostgresSchema(name: "chaos_" + UUID().uuidString.lowercased())
        try await PostgresMigrator(schema: schema).migrate(pool)
        return PostgresVideoRepository(pool, schema: schema, clock: clock)
    }
}
#endif
#endif
