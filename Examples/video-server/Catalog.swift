#if Emulator && Delivery && SQLite
import Foundation
import ServiceLifecycle
import VideoCatalog
import VideoCatalogSQLite

#if Postgres
import VideoCatalogLibPQ
import VideoCatalogPostgres
#endif

/// The catalog of the videos: in SQLite, or in PostgreSQL if the settings name a database.
struct Catalog: Sendable {
    let repository: any VideoRepository
    /// The service that closes the connections at a shutdown, or `nil` if there is nothing to close.
    let service: (any Service)?

    /// Opens the catalog, and creates its tables if they don't exist.
    ///
    /// - Throws: An error if the database can't be opened, or if it's PostgreSQL and the program was built without it.
    init(_ settings: Settings) async throws {
        guard let url = settings.databaseURL else {
            repository = try await SQLiteVideoRepository(
                path: settings.dataDirectory.appendingPathComponent("catalog.sqlite").path)
            service = nil
            return
        }
        #if Postgres
        var configuration = LibPQPoolConfiguration(connectionString: url)
        configuration.statementTimeout = .seconds(30)
        let pool: LibPQPool
        do {
            pool = try LibPQPool(configuration)
        } catch {
            throw Settings.Problem(description: "Invalid DATABASE_URL: \(error.message).")
        }
        do {
            try await PostgresMigrator().migrate(pool)
        } catch {
            await pool.shutdown()
            throw error
        }
        repository = PostgresVideoRepository(pool)
        service = PoolService(pool: pool)
        #else
        _ = url
        throw Settings.Problem(
            description:
                "Can't use DATABASE_URL: the program was built without the trait Postgres. Scripts/video-server "
                + "builds with it if the variable is set.")
        #endif
    }
}

#if Postgres
/// A service that closes the connections at a shutdown.
private struct PoolService: Service {
    let pool: LibPQPool

    func run() async throws {
        try? await gracefulShutdown()
        await pool.shutdown()
    }
}
#endif
#endif
