#if Postgres
/// The tables of version 1.
///
/// They rely on PostgreSQL 13 and what speaks its protocol with partial indexes, GIN indexes on arrays, `jsonb` and
/// `gen_random_uuid()`; on no extension. Texts that are compared have the collation "C": they are compared byte by byte,
/// and their indexes outlive an upgrade of the system's locales.
@Sendable
func firstSchema(_ schema: PostgresSchema) -> [String] {
    [
        """
        CREATE TABLE \(schema.videos) (
            id uuid PRIMARY KEY,
            title text NOT NULL,
            -- The title in lower case and composed, as Unicode has it: what is searched.
            title_folded text COLLATE "C" NOT NULL,
            description text,
            object_key text COLLATE "C" NOT NULL,
            -- Identifiers of the host's, as text.
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
            -- When it was deleted; NULL for a live video.
            deleted_at timestamptz,
            -- Which worker has it, and until when.
            claim_token uuid,
            claim_expires_at timestamptz,
            CONSTRAINT videos_state_known
                CHECK (state IN ('pendingUpload', 'uploading', 'verifying', 'ready', 'failed', 'expired')),
            CONSTRAINT videos_failure_reason_given CHECK ((state = 'failed') = (failure_reason IS NOT NULL)),
            CONSTRAINT videos_version_positive CHECK (version >= 1)
        )
        """,
        """
        -- No two live videos have the same object key.
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
        -- Housekeeping, by the instant when a video falls due.
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

private func liveIndex(_ name: String, _ column: String, _ schema: PostgresSchema) -> String {
    "CREATE INDEX videos_live_\(name) ON \(schema.videos) (\(column)created_at, id) WHERE deleted_at IS NULL"
}
#endif
