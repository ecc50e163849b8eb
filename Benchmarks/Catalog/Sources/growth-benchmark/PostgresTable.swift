import VideoCatalogPostgres

/// The table of videos in a schema of PostgreSQL, which SQL fills faster than the repository would.
struct PostgresTable {
    let schema: PostgresSchema

    init(schema name: String) throws { schema = try PostgresSchema(name: name) }

    func exists(in session: any PostgresSession) async throws -> Bool {
        try await strings(
            "SELECT relname::text FROM pg_class WHERE oid = to_regclass('\(schema.name).videos')", session
        )
        .isEmpty == false
    }

    /// Inserts the sample videos without indexes, and creates the indexes afterwards.
    func fill(_ rows: Int, in session: any PostgresSession) async throws {
        let indexes = """
            FROM pg_indexes WHERE schemaname = '\(schema.name)' AND tablename = 'videos' AND indexname <> 'videos_pkey'
            """
        let definitions = try await strings("SELECT indexdef \(indexes)", session)
        for name in try await strings("SELECT indexname::text \(indexes)", session) {
            try await run("DROP INDEX \(schema.name).\(name)", session)
        }
        for first in stride(from: 1, through: rows, by: 1_000_000) {
            try await run(insertion(first, min(first + 999_999, rows)), session)
        }
        for definition in definitions { try await run(definition, session) }
        try await run("VACUUM ANALYZE \(schema.name).videos", session)
    }

    func run(_ sql: String, _ session: any PostgresSession) async throws {
        _ = try await session.query(PostgresStatement(sql, isReusable: false))
    }

    private func strings(_ sql: String, _ session: any PostgresSession) async throws -> [String] {
        let result = try await session.query(PostgresStatement(sql, isReusable: false))
        return (0..<result.rowCount).map { String(decoding: result[$0, 0] ?? [], as: UTF8.self) }
    }

    /// The same videos as ``Sample``, of which a twentieth is deleted, and a tenth has a thumbnail and a playlist.
    func insertion(_ first: Int, _ last: Int) -> String {
        let isPending = "n / 20 % 20 = 1"
        return """
            INSERT INTO \(schema.name).videos (
                id, title, title_folded, description, object_key, session_id, uploaded_by, content_type, byte_size,
                etag, duration, width, height, frame_rate, thumbnail_key, tags, metadata, renditions, visibility, state,
                version, created_at, updated_at, upload_expires_at, uploaded_at, ready_at, deleted_at)
            SELECT id, title, lower(title), 'Recorded in room ' || n % 40 || '; the slides are on the page of the course.',
                'videos/' || id || '/original.mp4', (n / 2000 * 20 + n % 20)::text, (n % 997)::text, 'video/mp4',
                52428800 + n, '"' || md5(n::text) || '"', 3600.5, 1920, 1080, 25,
                CASE WHEN n % 10 = 0 THEN 'videos/' || id || '/thumbnail.jpg' END,
                ARRAY['lecture', 'week-' || n % 12], '{"language": "en"}',
                CASE WHEN n % 10 = 0 THEN jsonb_build_array(
                    jsonb_build_object('kind', 'hls', 'key', 'videos/' || id || '/hls/main.m3u8')) ELSE '[]' END,
                CASE WHEN n % 3 = 0 THEN 'public' ELSE 'private' END,
                CASE WHEN \(isPending) THEN 'pendingUpload' ELSE 'ready' END, 1, created_at, created_at,
                CASE WHEN \(isPending) THEN created_at + interval '15 minutes' END,
                CASE WHEN NOT \(isPending) THEN created_at END, CASE WHEN NOT \(isPending) THEN created_at END,
                CASE WHEN n / 20 % 20 = 7 THEN created_at + interval '1 day' END
            FROM (
                SELECT n, created_at, 'Lecture ' || n || ': topic ' || lpad((n % 100)::text, 2, '0') AS title,
                    (lpad(to_hex((extract(epoch FROM created_at) * 1000)::bigint), 12, '0') || '70008000'
                        || lpad(to_hex(n), 12, '0'))::uuid AS id
                FROM (SELECT n, timestamptz '2010-01-01 00:00:00+00' + n * interval '30 seconds' AS created_at
                    FROM generate_series(\(first)::bigint, \(last)::bigint) AS n) AS numbers) AS samples
            """
    }
}
