/// A step from one version of the tables to the next.
///
/// A released version never changes. Every change is a new version.
///
/// Processes of the version before notice a migration up to ``SchemaCheck/interval`` later. Until then, their
/// statements must do no harm on the new tables. For example, a new column has a default.
struct SchemaVersion: Sendable {
    let number: Int
    /// The statements, each without a semicolon.
    let statements: @Sendable (PostgresSchema) -> [String]

    static let all = [
        SchemaVersion(number: 1, statements: makeFirstVersion), SchemaVersion(number: 2, statements: makeSecondVersion),
    ]
    static let newest = 2

    /// Returns all statements of all versions, as a script.
    static func script(for schema: PostgresSchema) -> String {
        let opening = """
            -- The tables of VideoCatalogPostgres, as its migrator creates them.
            --
            -- To create them by hand, run this script in one transaction, in a database whose encoding is UTF8.
            -- The migrator then finds the version and changes nothing.
            """
        let steps = all.flatMap { version in
            version.statements(schema) + [recordVersion(version.number, in: schema)]
        }
        let beginning = [createSchema(schema), createVersions(schema)]
        return ([opening] + (beginning + steps).map { $0 + ";" }).joined(separator: "\n\n") + "\n"
    }

    static func createSchema(_ schema: PostgresSchema) -> String { "CREATE SCHEMA IF NOT EXISTS \(schema.quoted)" }

    static func createVersions(_ schema: PostgresSchema) -> String {
        """
        CREATE TABLE IF NOT EXISTS \(schema.versions) (
            version bigint PRIMARY KEY,
            applied_at timestamptz NOT NULL DEFAULT now()
        )
        """
    }

    static func recordVersion(_ number: Int, in schema: PostgresSchema) -> String {
        "INSERT INTO \(schema.versions) (version) VALUES (\(number))"
    }

    static func lookup(in schema: PostgresSchema) -> PostgresStatement {
        PostgresStatement("SELECT max(version) FROM \(schema.versions)", isReusable: false)
    }
}

/// Returns the statements that create the tables of version 1.
///
/// They need PostgreSQL 13, or a compatible server with partial indexes, GIN indexes on arrays, `jsonb` and
/// `gen_random_uuid()`, and no extension. Strings that are compared have the collation "C". It compares them byte by
/// byte, and an upgrade of the system's locales doesn't invalidate their indexes.
@Sendable
private func makeFirstVersion(_ schema: PostgresSchema) -> [String] {
    [
        """
        CREATE TABLE \(schema.videos) (
            id uuid PRIMARY KEY,
            title text NOT NULL,
            -- The title, case-folded and in NFC, for searches.
            title_folded text COLLATE "C" NOT NULL,
            description text,
            object_key text COLLATE "C" NOT NULL,
            -- Identifiers that the app assigns, as text.
            session_id text COLLATE "C",
            uploaded_by text COLLATE "C" NOT NULL,
            content_type text,
            byte_size bigint,
            etag text,
            duration double precision,
            width bigint,
            height bigint,
            frame_rate double precision,
            thumbnail_key text,
            tags text[] COLLATE "C" NOT NULL,
            metadata jsonb NOT NULL,
            renditions jsonb NOT NULL,
            visibility text COLLATE "C" NOT NULL,
            external_id text,
            state text COLLATE "C" NOT NULL,
            failure_reason text,
            version bigint NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            upload_expires_at timestamptz,
            uploaded_at timestamptz,
            ready_at timestamptz,
            delete_after timestamptz,
            -- NULL for a live video.
            deleted_at timestamptz,
            -- The claim of a worker, and when it expires.
            claim_token uuid,
            claim_expires_at timestamptz,
            CONSTRAINT videos_state_known
                CHECK (state IN ('pendingUpload', 'uploading', 'verifying', 'ready', 'failed', 'expired')),
            CONSTRAINT videos_failure_reason_given CHECK ((state = 'failed') = (failure_reason IS NOT NULL)),
            CONSTRAINT videos_version_positive CHECK (version >= 1)
        )
        """,
        """
        -- Object keys are unique among live videos.
        CREATE UNIQUE INDEX videos_live_object_key ON \(schema.videos) (object_key) WHERE deleted_at IS NULL
        """,
        "-- Lists of live videos.\n" + liveIndex("created", "", schema),
        liveIndex("session", "session_id, ", schema), liveIndex("uploader", "uploaded_by, ", schema),
        liveIndex("state", "state, ", schema), liveIndex("visibility", "visibility, ", schema),
        "CREATE INDEX videos_live_tags ON \(schema.videos) USING gin (tags) WHERE deleted_at IS NULL",
        """
        CREATE INDEX videos_live_upload_expiry ON \(schema.videos) (upload_expires_at)
            WHERE deleted_at IS NULL AND upload_expires_at IS NOT NULL
        """,
        """
        -- Lists of deleted videos.
        CREATE INDEX videos_deleted_created ON \(schema.videos) (created_at, id) WHERE deleted_at IS NOT NULL
        """,
        """
        -- Housekeeping, in the order in which videos become due.
        CREATE INDEX videos_due_uploads ON \(schema.videos) (upload_expires_at, id)
            WHERE deleted_at IS NULL AND state IN ('pendingUpload', 'uploading')
        """,
        """
        CREATE INDEX videos_due_deletions ON \(schema.videos) (delete_after, id)
            WHERE deleted_at IS NULL AND delete_after IS NOT NULL
        """,
        "CREATE INDEX videos_due_purges ON \(schema.videos) (deleted_at, id) WHERE deleted_at IS NOT NULL",
    ]
}

/// Returns the statements that lead to version 2: started purges, lookups of all keys, unfinished uploads,
/// replacements, and limits per uploader.
///
/// No column that it adds makes the server rewrite the table.
@Sendable
private func makeSecondVersion(_ schema: PostgresSchema) -> [String] {
    let keys = CatalogStatements.renditionKeys
    return [
        """
        ALTER TABLE \(schema.videos)
            -- Set once a worker has begun to delete the objects of a deleted video.
            ADD COLUMN purge_started_at timestamptz,
            -- The unfinished upload. If its key isn't the object key, it replaces the file.
            ADD COLUMN upload_key text COLLATE "C",
            ADD COLUMN upload_id text,
            ADD COLUMN upload_part_size bigint,
            ADD COLUMN upload_byte_size bigint,
            ADD COLUMN upload_content_type text,
            -- The keys of objects that replacements left behind.
            ADD COLUMN replaced_keys text[] COLLATE "C" NOT NULL DEFAULT '{}'
        """,
        """
        -- One row per uploader with limits. Insertions take turns by changing it.
        CREATE TABLE \(schema.uploaders) (
            uploaded_by text COLLATE "C" PRIMARY KEY,
            turn bigint NOT NULL
        )
        """,
        """
        -- Rows that use a key.
        CREATE INDEX videos_deleted_object_key ON \(schema.videos) (object_key) WHERE deleted_at IS NOT NULL
        """,
        """
        CREATE UNIQUE INDEX videos_live_upload_key ON \(schema.videos) (upload_key)
            WHERE deleted_at IS NULL AND upload_key IS NOT NULL
        """,
        """
        CREATE INDEX videos_deleted_upload_key ON \(schema.videos) (upload_key)
            WHERE deleted_at IS NOT NULL AND upload_key IS NOT NULL
        """,
        """
        CREATE INDEX videos_thumbnail_key ON \(schema.videos) (thumbnail_key COLLATE "C")
            WHERE thumbnail_key IS NOT NULL
        """,
        """
        -- The path is lax: renditions of another shape give an empty array and no error.
        CREATE INDEX videos_rendition_keys ON \(schema.videos) USING gin ((\(keys)))
            WHERE \(keys) <> '[]'
        """,
        """
        CREATE INDEX videos_replaced_keys ON \(schema.videos) USING gin (replaced_keys) WHERE replaced_keys <> '{}'
        """,
        """
        -- What an uploader uses.
        CREATE INDEX videos_live_usage ON \(schema.videos) (uploaded_by, state) INCLUDE (upload_expires_at, byte_size)
            WHERE deleted_at IS NULL
        """,
        """
        CREATE INDEX videos_live_replacements ON \(schema.videos) (uploaded_by)
            INCLUDE (upload_expires_at, upload_byte_size) WHERE deleted_at IS NULL AND upload_key <> object_key
        """,
        // The index of version 1 stays until there is another one.
        "ALTER INDEX \(schema.quoted).videos_due_uploads RENAME TO videos_due_first_uploads",
        """
        -- Housekeeping of uploads and replacements.
        CREATE INDEX videos_due_uploads ON \(schema.videos) (upload_expires_at, id)
            WHERE deleted_at IS NULL AND \(CatalogStatements.mayExpire)
        """,
        "DROP INDEX \(schema.quoted).videos_due_first_uploads",
        """
        CREATE INDEX videos_due_stalled ON \(schema.videos) (updated_at, id)
            WHERE deleted_at IS NULL AND \(CatalogStatements.isStalled)
        """,
        """
        CREATE INDEX videos_due_replaced ON \(schema.videos) (updated_at, id)
            WHERE deleted_at IS NULL AND replaced_keys <> '{}'
        """,
    ]
}

private func liveIndex(_ name: String, _ column: String, _ schema: PostgresSchema) -> String {
    "CREATE INDEX videos_live_\(name) ON \(schema.videos) (\(column)created_at, id) WHERE deleted_at IS NULL"
}
