#if SQLite

public import GRDB
internal import VideoCatalog

/// The catalog's tables in a database.
///
/// The tables live beside your app's own. Every name begins with `video_catalog_`, and the version is kept in a table
/// of the catalog, not in `grdb_migrations` or `user_version`. Versions only move forward.
public enum SQLiteVideoSchema {
    /// The schema version that this package reads and writes.
    public static var version: Int { SchemaSQL.steps.count }

    /// The SQL statements that create the tables, for people to read.
    public static var sql: String { ([SchemaSQL.versionTable] + SchemaSQL.steps).joined(separator: "\n\n") }

    /// Returns the version of the tables in a database.
    ///
    /// - Parameter db: A connection to the database.
    /// - Returns: The version, or `nil` if the database has no catalog tables.
    /// - Throws: `CatalogError` if the database can't be read.
    public static func version(in db: Database) throws -> Int? {
        try ErrorTranslation.translating {
            let sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'video_catalog_schema'"
            guard try Int.fetchOne(db, sql: sql) != nil else { return nil }
            return try Int.fetchOne(db, sql: "SELECT version FROM video_catalog_schema")
        }
    }

    /// Migrates the tables to the version of this package.
    ///
    /// Runs all missing steps or none. Does nothing if the tables have that version already. You can call it inside a
    /// transaction, such as one of your own migrations. Otherwise it begins a transaction, which waits for other
    /// processes that migrate.
    ///
    /// - Parameter db: A connection to the database.
    /// - Throws: `CatalogError` with the code `schemaTooNew` if the tables have a later version, which are left
    ///   unchanged, `storeFailure` for SQLite before version 3.37, or another code if the database fails.
    public static func migrate(_ db: Database) throws {
        guard Database.sqliteLibVersionNumber >= 3_037_000 else {
            throw CatalogError(
                .storeFailure, "SQLite is too old: the catalog needs SQLite 3.37 or later, for STRICT tables.")
        }
        // Checked without a lock first, so that nothing is written if there is nothing to do.
        guard try missingSteps(in: db) != nil else { return }
        try ErrorTranslation.translating {
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

    /// Throws unless the tables have this package's version.
    static func check(_ db: Database) throws {
        let found: Int?
        do {
            found = try Int.fetchOne(db.cachedStatement(sql: "SELECT version FROM video_catalog_schema"))
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            throw ErrorTranslation.schemaMissing
        } catch {
            throw ErrorTranslation.translate(error)
        }
        guard let found, found >= version else { throw ErrorTranslation.schemaMissing }
        guard found == version else { throw tooNew(found) }
    }

    /// Returns the steps to run, or `nil` if there are none.
    ///
    /// - Throws: `CatalogError` with the code `schemaTooNew` if the tables have a later version.
    static func missingSteps(in db: Database) throws -> ArraySlice<String>? {
        let found = try version(in: db) ?? 0
        guard found <= version else { throw tooNew(found) }
        return found == version ? nil : SchemaSQL.steps[found...]
    }

    private static func tooNew(_ found: Int) -> CatalogError {
        CatalogError(
            .schemaTooNew,
            "The catalog's tables have version \(found), but this package supports versions up to \(version): "
                + "update the package.")
    }
}

/// The schema as SQL: one step for each version, which never changes once it is released.
///
/// Dates are microseconds since 1970, and identifiers are the 16 bytes of a UUID. Every index ends with the columns
/// that lists are sorted by, so that SQLite reads a page from an index and never sorts.
private enum SchemaSQL {
    /// The steps from each version to the next, whose number is the schema's version.
    static let steps = [version1, version2]

    private static let version1 = """
        CREATE TABLE video_catalog_videos (
            id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
            version INTEGER NOT NULL,
            title TEXT NOT NULL,
            description TEXT,
            object_key TEXT NOT NULL,
            session_id TEXT,
            uploaded_by TEXT NOT NULL,
            content_type TEXT,
            byte_size INTEGER,
            etag TEXT,
            duration REAL,
            width INTEGER,
            height INTEGER,
            frame_rate REAL,
            thumbnail_key TEXT,
            tags TEXT NOT NULL,                 -- a JSON array of strings
            metadata TEXT NOT NULL,             -- a JSON object of strings
            renditions TEXT NOT NULL,           -- a JSON array of {"kind": …, "key": …}
            visibility TEXT NOT NULL,
            external_id TEXT,
            state TEXT NOT NULL,
            failure_reason TEXT,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            upload_expires_at INTEGER,
            uploaded_at INTEGER,
            ready_at INTEGER,
            delete_after INTEGER,
            deleted_at INTEGER,
            title_folded TEXT NOT NULL,         -- the case-folded title, for searches
            is_deleted INTEGER NOT NULL CHECK (is_deleted = (deleted_at IS NOT NULL)),
            claim_token BLOB,
            claim_expires_at INTEGER
        ) STRICT;

        CREATE UNIQUE INDEX video_catalog_live_keys
            ON video_catalog_videos (object_key) WHERE deleted_at IS NULL;

        CREATE INDEX video_catalog_videos_by_creation
            ON video_catalog_videos (is_deleted, created_at, id);
        CREATE INDEX video_catalog_videos_by_session
            ON video_catalog_videos (session_id, is_deleted, created_at, id);
        CREATE INDEX video_catalog_videos_by_uploader
            ON video_catalog_videos (uploaded_by, is_deleted, created_at, id);
        CREATE INDEX video_catalog_videos_by_state
            ON video_catalog_videos (state, is_deleted, created_at, id);
        CREATE INDEX video_catalog_videos_by_visibility
            ON video_catalog_videos (visibility, is_deleted, created_at, id);

        CREATE INDEX video_catalog_expiring_uploads
            ON video_catalog_videos (upload_expires_at, id)
            WHERE deleted_at IS NULL AND state IN ('pendingUpload', 'uploading') AND upload_expires_at IS NOT NULL;
        CREATE INDEX video_catalog_due_deletions
            ON video_catalog_videos (delete_after, id) WHERE deleted_at IS NULL AND delete_after IS NOT NULL;
        CREATE INDEX video_catalog_due_purges
            ON video_catalog_videos (deleted_at, id) WHERE deleted_at IS NOT NULL;

        CREATE TABLE video_catalog_tags (
            video_id BLOB NOT NULL REFERENCES video_catalog_videos (id) ON DELETE CASCADE,
            tag TEXT NOT NULL,
            is_deleted INTEGER NOT NULL,        -- as in the video's row
            created_at INTEGER NOT NULL,        -- as in the video's row
            PRIMARY KEY (video_id, tag)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX video_catalog_videos_by_tag
            ON video_catalog_tags (tag, is_deleted, created_at, video_id);
        """

    private static let version2 = """
        ALTER TABLE video_catalog_videos ADD COLUMN purge_started_at INTEGER;
        ALTER TABLE video_catalog_videos ADD COLUMN upload_key TEXT;
        ALTER TABLE video_catalog_videos ADD COLUMN upload_id TEXT;
        ALTER TABLE video_catalog_videos ADD COLUMN upload_part_size INTEGER;
        ALTER TABLE video_catalog_videos ADD COLUMN upload_byte_size INTEGER;
        ALTER TABLE video_catalog_videos ADD COLUMN upload_content_type TEXT;
        -- A JSON array of strings.
        ALTER TABLE video_catalog_videos ADD COLUMN replaced_keys TEXT NOT NULL DEFAULT '[]';

        -- The keys of thumbnails, renditions, replacements and replaced objects, to find out whether a key is in use.
        CREATE TABLE video_catalog_keys (
            video_id BLOB NOT NULL REFERENCES video_catalog_videos (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            PRIMARY KEY (video_id, key)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX video_catalog_videos_by_key ON video_catalog_keys (key, video_id);

        -- Renditions that this package can't read have no keys.
        INSERT INTO video_catalog_keys (video_id, key)
            SELECT id, thumbnail_key FROM video_catalog_videos WHERE thumbnail_key IS NOT NULL
            UNION
            SELECT id, key FROM (
                SELECT v.id AS id, CASE WHEN r.type = 'object' THEN json_extract(r.value, '$.key') END AS key
                FROM video_catalog_videos AS v,
                    json_each(CASE WHEN json_valid(v.renditions) THEN v.renditions ELSE '[]' END) AS r)
            WHERE typeof(key) = 'text';

        CREATE INDEX video_catalog_deleted_keys
            ON video_catalog_videos (object_key, deleted_at DESC, id) WHERE deleted_at IS NOT NULL;
        CREATE UNIQUE INDEX video_catalog_live_upload_keys
            ON video_catalog_videos (upload_key) WHERE deleted_at IS NULL AND upload_key IS NOT NULL;

        -- What an uploader uses.
        CREATE INDEX video_catalog_usage
            ON video_catalog_videos (uploaded_by, state, upload_expires_at, byte_size) WHERE deleted_at IS NULL;
        CREATE INDEX video_catalog_replacements
            ON video_catalog_videos (uploaded_by, upload_expires_at, upload_byte_size)
            WHERE deleted_at IS NULL AND upload_key <> object_key;

        DROP INDEX video_catalog_expiring_uploads;
        CREATE INDEX video_catalog_expiring_uploads
            ON video_catalog_videos (upload_expires_at, id)
            WHERE deleted_at IS NULL AND upload_expires_at IS NOT NULL
                AND (state IN ('pendingUpload', 'uploading') OR upload_key <> object_key);
        CREATE INDEX video_catalog_stalled_uploads
            ON video_catalog_videos (updated_at, id)
            WHERE deleted_at IS NULL AND (state IN ('uploading', 'verifying')
                OR (upload_expires_at IS NULL AND (state = 'pendingUpload' OR upload_key <> object_key)));
        CREATE INDEX video_catalog_replaced_objects
            ON video_catalog_videos (updated_at, id) WHERE deleted_at IS NULL AND replaced_keys <> '[]';
        """

    /// A table with one row, which holds the version of the tables.
    static let versionTable = """
        CREATE TABLE video_catalog_schema (
            only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
            version INTEGER NOT NULL
        ) STRICT;
        """
}

#endif
