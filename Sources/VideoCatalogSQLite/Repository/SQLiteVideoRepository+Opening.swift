#if SQLite

internal import Dispatch
internal import GRDB
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension SQLiteVideoRepository {
    /// Opens a database file, or makes it, with the catalog's tables.
    ///
    /// Its journal is a write-ahead log (WAL), in two files beside it: readers and a writer do not hinder each other. What
    /// was confirmed survives a power cut (`synchronous = FULL`). The file must lie on a local file system.
    ///
    /// - Parameters:
    ///   - path: The file's path. Its directory must exist and be writable.
    ///   - readers: How many reads run at once: 1 to 64.
    ///   - busyTimeout: How long to wait for another process that writes: up to 60 seconds.
    ///   - clock: What is the time.
    /// - Throws: `CatalogError`: `invalidArgument`; `unavailable` if the file cannot be opened;
    ///   `storeFailure` if it is no database; `schemaTooNew` if its tables are of a later version of this package.
    public init(
        path: String, readers: Int = 5, busyTimeout: Duration = .seconds(5), clock: @escaping CatalogClock = { Date() }
    ) async throws {
        var configuration = try Self.configuration(readers: readers, busyTimeout: busyTimeout)
        configuration.label = "video-catalog"
        guard !path.isEmpty, !path.utf8.contains(0), !path.utf8.starts(with: ":".utf8) else {
            throw CatalogError(
                .invalidArgument, "the path must be that of a file: for a catalog in memory call inMemory(clock:)")
        }
        let pool = try await Self.open(path, configuration, until: .now + busyTimeout)
        self.init(pool, clock: clock)
        try await migrate()
    }

    /// Makes an empty catalog in a database in memory: for tests of a host's SQL.
    ///
    /// - Parameter clock: What is the time.
    /// - Returns: The catalog, with its tables.
    /// - Throws: `CatalogError` if there is no memory.
    public static func inMemory(clock: @escaping CatalogClock = { Date() }) async throws -> SQLiteVideoRepository {
        let queue = try StoreFailure.translating { try DatabaseQueue() }
        let repository = SQLiteVideoRepository(queue, clock: clock)
        try await repository.migrate()
        return repository
    }

    private static func configuration(readers: Int, busyTimeout: Duration) throws -> Configuration {
        guard (1...64).contains(readers) else {
            throw CatalogError(.invalidArgument, "readers must be 1 to 64, not \(readers)")
        }
        guard (.zero ... .seconds(60)).contains(busyTimeout) else {
            throw CatalogError(.invalidArgument, "busyTimeout must be 0 to 60 seconds, not \(busyTimeout)")
        }
        var configuration = Configuration()
        configuration.maximumReaderCount = readers
        configuration.busyMode = .callback { tries in Busy.wait(tries, atMost: busyTimeout) }
        return configuration
    }

    /// Opens the file on another thread.
    ///
    /// SQLite does not wait where two connections change the journal's mode at once: that is tried again.
    private static func open(
        _ path: String, _ configuration: Configuration, until deadline: ContinuousClock.Instant
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
                throw StoreFailure.translate(error)
            }
        }
    }
}

#endif
