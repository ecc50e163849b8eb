-- The tables of VideoCatalogPostgres, as its migrator creates them.
--
-- To create them by hand, run this script in one transaction, in a database whose encoding is UTF8.
-- The migrator then finds the version and changes nothing.

CREATE SCHEMA IF NOT EXISTS "video_catalog";

CREATE TABLE IF NOT EXISTS "video_catalog".schema_versions (
    version bigint PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE "video_catalog".videos (
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
);

-- Object keys are unique among live videos.
CREATE UNIQUE INDEX videos_live_object_key ON "video_catalog".videos (object_key) WHERE deleted_at IS NULL;

-- Lists of live videos.
CREATE INDEX videos_live_created ON "video_catalog".videos (created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX videos_live_session ON "video_catalog".videos (session_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX videos_live_uploader ON "video_catalog".videos (uploaded_by, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX videos_live_state ON "video_catalog".videos (state, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX videos_live_visibility ON "video_catalog".videos (visibility, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX videos_live_tags ON "video_catalog".videos USING gin (tags) WHERE deleted_at IS NULL;

CREATE INDEX videos_live_upload_expiry ON "video_catalog".videos (upload_expires_at)
    WHERE deleted_at IS NULL AND upload_expires_at IS NOT NULL;

-- Lists of deleted videos.
CREATE INDEX videos_deleted_created ON "video_catalog".videos (created_at, id) WHERE deleted_at IS NOT NULL;

-- Housekeeping, in the order in which videos become due.
CREATE INDEX videos_due_uploads ON "video_catalog".videos (upload_expires_at, id)
    WHERE deleted_at IS NULL AND state IN ('pendingUpload', 'uploading');

CREATE INDEX videos_due_deletions ON "video_catalog".videos (delete_after, id)
    WHERE deleted_at IS NULL AND delete_after IS NOT NULL;

CREATE INDEX videos_due_purges ON "video_catalog".videos (deleted_at, id) WHERE deleted_at IS NOT NULL;

INSERT INTO "video_catalog".schema_versions (version) VALUES (1);

ALTER TABLE "video_catalog".videos
    -- Set once a worker has begun to delete the objects of a deleted video.
    ADD COLUMN purge_started_at timestamptz,
    -- The unfinished upload. If its key isn't the object key, it replaces the file.
    ADD COLUMN upload_key text COLLATE "C",
    ADD COLUMN upload_id text,
    ADD COLUMN upload_part_size bigint,
    ADD COLUMN upload_byte_size bigint,
    ADD COLUMN upload_content_type text,
    -- The keys of objects that replacements left behind.
    ADD COLUMN replaced_keys text[] COLLATE "C" NOT NULL DEFAULT '{}';

-- One row per uploader with limits. Insertions take turns by changing it.
CREATE TABLE "video_catalog".uploaders (
    uploaded_by text COLLATE "C" PRIMARY KEY,
    turn bigint NOT NULL
);

-- Rows that use a key.
CREATE INDEX videos_deleted_object_key ON "video_catalog".videos (object_key) WHERE deleted_at IS NOT NULL;

CREATE UNIQUE INDEX videos_live_upload_key ON "video_catalog".videos (upload_key)
    WHERE deleted_at IS NULL AND upload_key IS NOT NULL;

CREATE INDEX videos_deleted_upload_key ON "video_catalog".videos (upload_key)
    WHERE deleted_at IS NOT NULL AND upload_key IS NOT NULL;

CREATE INDEX videos_thumbnail_key ON "video_catalog".videos (thumbnail_key COLLATE "C")
    WHERE thumbnail_key IS NOT NULL;

-- The path is lax: renditions of another shape give an empty array and no error.
CREATE INDEX videos_rendition_keys ON "video_catalog".videos USING gin ((jsonb_path_query_array(renditions, '$[*].key')))
    WHERE jsonb_path_query_array(renditions, '$[*].key') <> '[]';

CREATE INDEX videos_replaced_keys ON "video_catalog".videos USING gin (replaced_keys) WHERE replaced_keys <> '{}';

-- What an uploader uses.
CREATE INDEX videos_live_usage ON "video_catalog".videos (uploaded_by, state) INCLUDE (upload_expires_at, byte_size)
    WHERE deleted_at IS NULL;

CREATE INDEX videos_live_replacements ON "video_catalog".videos (uploaded_by)
    INCLUDE (upload_expires_at, upload_byte_size) WHERE deleted_at IS NULL AND upload_key <> object_key;

ALTER INDEX "video_catalog".videos_due_uploads RENAME TO videos_due_first_uploads;

-- Housekeeping of uploads and replacements.
CREATE INDEX videos_due_uploads ON "video_catalog".videos (upload_expires_at, id)
    WHERE deleted_at IS NULL AND (state IN ('pendingUpload', 'uploading') OR upload_key <> object_key);

DROP INDEX "video_catalog".videos_due_first_uploads;

CREATE INDEX videos_due_stalled ON "video_catalog".videos (updated_at, id)
    WHERE deleted_at IS NULL AND (state IN ('uploading', 'verifying') OR (upload_expires_at IS NULL AND (state = 'pendingUpload' OR upload_key <> object_key)));

CREATE INDEX videos_due_replaced ON "video_catalog".videos (updated_at, id)
    WHERE deleted_at IS NULL AND replaced_keys <> '{}';

INSERT INTO "video_catalog".schema_versions (version) VALUES (2);
