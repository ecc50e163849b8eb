#if SQLite

/// The schema as SQL: one list of statements for each version, never changed once it was released.
///
/// Instants are microseconds since 1970, identifiers the 16 bytes of a UUID. Every index ends with what lists are sorted
/// by, so that a page is read from an index and never sorted.
enum SchemaSQL {
    /// The version of the schema is the number of steps.
    static let steps = [version1]

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
            tags TEXT NOT NULL,                 -- a JSON array of texts
            metadata TEXT NOT NULL,             -- a JSON object of texts
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
            title_folded TEXT NOT NULL,         -- the title in lower case and composed, which searches look at
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

    /// Holds one row, the version that the tables have.
    static let versionTable = """
        CREATE TABLE video_catalog_schema (
            only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
            version INTEGER NOT NULL
        ) STRICT;
        """
}

#endif
