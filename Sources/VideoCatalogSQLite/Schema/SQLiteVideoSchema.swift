#if SQLite

public import GRDB
internal import VideoCatalog

/// The catalog's tables in a database.
///
/// They live beside the host's own: every name begins with `video_catalog_`, and the version is kept in a table of the
/// catalog's, not in `grdb_migrations` and not in `user_version`. Versions only move forward.
public enum SQLiteVideoSchema {
    /// The version that this package reads and writes.
    public static var version: Int { SchemaSQL.steps.count }

    /// The statements that make the tables, for people to read.
    public static var sql: String { ([SchemaSQL.versionTable] + SchemaSQL.steps).joined(separator: "\n\n") }

    /// The version of the tables in a database.
    ///
    /// - Parameter db: A connection to the database.
    /// - Returns: The version; `nil` if there are no tables of the catalog's.
    /// - Throws: `CatalogError` if the database cannot be read.
    public static func version(in db: Database) throws -> Int? {
        try StoreFailure.translating {
            let sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'video_catalog_schema'"
            guard try Int.fetchOne(db, sql: sql) != nil else { return nil }
            return try Int.fetchOne(db, sql: "SELECT version FROM video_catalog_schema")
        }
    }

    /// Brings the tables to the version of this package: all steps that are missing, or none.
    ///
    /// It does nothing if they have that version. It can be called inside a transaction, such as a migration of the
    /// host's own; otherwise it makes one, which waits for other processes that migrate.
    ///
    /// - Parameter db: A connection to the database.
    /// - Throws: `CatalogError`: `schemaTooNew` for tables of a later version, which are left alone;
    ///   `storeFailure` for a version of SQLite before 3.37; or what the database failed with.
    public static func migrate(_ db: Database) throws {
        guard Database.sqliteLibVersionNumber >= 3_037_000 else {
            throw CatalogError(
                .storeFailure, "the catalog needs SQLite 3.37 or later, for STRICT tables: update the library")
        }
        // Without a lock, so that nothing is written where nothing is to be done.
        guard try missingSteps(in: db) != nil else { return }
        try StoreFailure.translating {
            try db.inSavepoint {
                guard let steps = try missingSteps(in: db) else { return .commit }
                if steps.count == SchemaSQL.steps.count { try db.execute(sql: SchemaSQL.versionTable) }
                for step in steps { try db.execute(sql: step) }
                try db.execute(
                    sql: "INSERT OR REPLACE INTO video_catalog_schema (only_row, version) VALUES (1, ?)",
                    arguments: [version])
                return .commit
            }
        }
    }

    /// Refuses to work on tables that are not of this version.
    static func check(_ db: Database) throws {
        let found: Int?
        do {
            found = try Int.fetchOne(db.cachedStatement(sql: "SELECT version FROM video_catalog_schema"))
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            throw StoreFailure.schemaMissing
        } catch {
            throw StoreFailure.translate(error)
        }
        guard let found, found >= version else { throw StoreFailure.schemaMissing }
        guard found == version else { throw tooNew(found) }
    }

    /// The steps to run; `nil` if there are none, an error if the tables are of a later version.
    static func missingSteps(in db: Database) throws -> ArraySlice<String>? {
        let found = try version(in: db) ?? 0
        guard found <= version else { throw tooNew(found) }
        return found == version ? nil : SchemaSQL.steps[found...]
    }

    private static func tooNew(_ found: Int) -> CatalogError {
        CatalogError(
            .schemaTooNew,
            "the catalog's tables have version \(found), and this package knows \(version): update the package")
    }
}

#endif
