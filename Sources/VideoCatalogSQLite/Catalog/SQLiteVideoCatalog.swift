#if SQLite

public import GRDB
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The catalog on a connection to a database: the operations of ``SQLiteVideoRepository``, at once and without `await`.
///
/// With it a host writes a row of its own and a video together, or neither:
///
/// ```swift
/// try await pool.write { db in
///     try course.insert(db)
///     try SQLiteVideoCatalog(db).insert(NewVideo(title: "Lecture 1", objectKey: key, uploadedBy: "42"))
/// }
/// ```
///
/// What one operation changes is changed as a whole or not at all: one that throws leaves the transaction around it as it
/// was, and usable. Outside a transaction each makes its own. Like the connection it must not leave the closure that was
/// given it.
public struct SQLiteVideoCatalog {
    /// The connection.
    public let db: Database
    let clock: CatalogClock
    /// Whether a transaction was begun for this operation alone, and is rolled back if it throws.
    let isAlone: Bool

    /// Takes a connection.
    ///
    /// - Parameters:
    ///   - db: A connection to a database that has the catalog's tables.
    ///   - clock: What is the time.
    /// - Throws: `CatalogError`: `schemaMissing`, `schemaTooNew`, or what the database failed with.
    public init(_ db: Database, clock: @escaping CatalogClock = { Date() }) throws {
        try self.init(db, clock: clock, isAlone: false)
    }

    init(_ db: Database, clock: @escaping CatalogClock, isAlone: Bool) throws {
        try SQLiteVideoSchema.check(db)
        self.db = db
        self.clock = clock
        self.isAlone = isAlone
    }

    /// Runs changes as a whole or not at all.
    func changing<T>(_ body: () throws -> T) throws -> T {
        try StoreFailure.translating {
            guard !isAlone else { return try body() }
            var result: T?
            try db.inSavepoint {
                result = try body()
                return .commit
            }
            guard let result else {
                throw CatalogError(.storeFailure, "the transaction ended before the operation did")
            }
            return result
        }
    }

    func fetch(_ text: SQLText, isCommon: Bool = true) throws -> [Video] {
        let statement = try isCommon ? db.cachedStatement(sql: text.sql) : db.makeStatement(sql: text.sql)
        return try fetch(statement, StatementArguments(text.values))
    }

    func fetch(_ sql: String, _ values: DatabaseValue...) throws -> [Video] {
        try fetch(db.cachedStatement(sql: sql), StatementArguments(values))
    }

    func execute(_ sql: String, _ values: [DatabaseValue]) throws {
        try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(values))
    }

    private func fetch(_ statement: Statement, _ arguments: StatementArguments) throws -> [Video] {
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        var videos = [Video]()
        while let row = try rows.next() { videos.append(try VideoRow(row: row).video()) }
        return videos
    }
}

#endif
