#if SQLite

internal import Dispatch
internal import GRDB
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

extension SQLiteVideoRepository {
    /// Creates a repository on a database file, creating the file and the catalog's tables if they don't exist.
    ///
    /// The database uses a write-ahead log (WAL), kept in two files beside it, so that readers and a writer don't block
    /// each other. Committed changes survive a power failure (`synchronous = FULL`). The file must be on a local file
    /// system.
    ///
    /// - Parameters:
    ///   - path: The file's path. Its directory must exist and be writable.
    ///   - readers: The maximum number of concurrent reads, from 1 to 64.
    ///   - busyTimeout: The time to wait for another process that is writing, up to 60 seconds.
    ///   - clock: Returns the current time.
    /// - Throws: `CatalogError` with the code `invalidArgument` if a parameter is out of range, `unavailable` if the
    ///   file can't be opened, `storeFailure` if it isn't an SQLite database, or `schemaTooNew` if its tables belong to
    ///   a later version of this package.
    public init(
        path: String, readers: Int = 5, busyTimeout: Duration = .seconds(5), clock: @escaping CatalogClock = { Date() }
    ) async throws {
        var configuration = try Self.makeConfiguration(readers: readers, busyTimeout: busyTimeout)
        configuration.label = "video-catalog"
        guard !path.isEmpty, !path.utf8.contains(0), !path.utf8.starts(with: ":".utf8) else {
            throw CatalogError(
                .invalidArgument,
                "Invalid path: expected the path of a file. For a catalog in memory, call inMemory(clock:).")
        }
        let pool = try await Self.openPool(at: path, configuration, until: .now + busyTimeout)
        self.init(pool, clock: clock)
        try await migrate()
    }

    /// Returns an empty catalog in an in-memory database, for tests of your app's SQL.
    ///
    /// - Parameter clock: Returns the current time.
    /// - Returns: A repository with the catalog's tables.
    /// - Throws: `CatalogError` if SQLite can't create the database.
    public static func inMemory(clock: @escaping CatalogClock = { Date() }) async throws -> SQLiteVideoRepository {
        let queue = try ErrorTranslation.translating { try DatabaseQueue() }
        let repository = SQLiteVideoRepository(queue, clock: clock)
        try await repository.migrate()
        return repository
    }

    private static func makeConfiguration(readers: Int, busyTimeout: Duration) throws -> Configuration {
        guard (1...64).contains(readers) else {
            throw CatalogError(.invalidArgument, "Invalid number of readers: expected 1 to 64, not \(readers).")
        }
        guard (.zero ... .seconds(60)).contains(busyTimeout) else {
            throw CatalogError(.invalidArgument, "Invalid busy timeout: expected 0 to 60 seconds, not \(busyTimeout).")
        }
        var configuration = Configuration()
        configuration.maximumReaderCount = readers
        configuration.busyMode = .callback { attempts in waitForLock(after: attempts, atMost: busyTimeout) }
        return configuration
    }

    /// Waits 5 ms on the connection's thread for a lock that another connection holds.
    ///
    /// SQLite's own busy timeout would not end early when the task is canceled.
    ///
    /// - Parameters:
    ///   - attempts: The number of earlier attempts to take the lock.
    ///   - limit: The maximum time to wait in total.
    /// - Returns: A Boolean value that indicates whether SQLite should try again.
    private static func waitForLock(after attempts: Int, atMost limit: Duration) -> Bool {
        guard .milliseconds(5) * attempts < limit, !Task.isCancelled else { return false }
        usleep(5_000)
        return true
    }

    /// Opens the file on another thread.
    ///
    /// SQLite does not wait when two connections change the journal mode at once, so this function tries again.
    private static func openPool(
        at path: String, _ configuration: Configuration, until deadline: ContinuousClock.Instant
    ) async throws -> DatabasePool {
        while true {
            do {
                return try await withCheckedThrowingContinuation { continuation in
                    DispatchQueue.global().async {
                        continuation.resume(
                            with: Result {
                                let pool = try DatabasePool(path: path, configuration: configuration)
                                try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
                                return pool
                            })
                    }
                }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < deadline
            {
                try await Task.sleep(for: .milliseconds(10))
            } catch {
                throw ErrorTranslation.translate(error)
            }
        }
    }
}

#endif
