import Foundation
import VideoCatalog
import VideoCatalogLibPQ
import VideoCatalogPostgres

/// A catalog of 100,000 videos in its own schema, and the one to read.
struct SampleCatalog: Sendable {
    let schema: PostgresSchema
    let video: Video
    private let url: String

    static func make(url: String) async throws -> SampleCatalog {
        let pool = try LibPQPool(LibPQPoolConfiguration(connectionString: url))
        let schema = try PostgresSchema(name: "benchmark_\(UUID().uuidString.lowercased().prefix(8))")
        try await PostgresMigrator(schema: schema).migrate(pool)
        var video = NewVideo(
            title: "Lecture 1: limits", objectKey: "videos/1.mp4", uploadedBy: "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            description: "The first lecture of the autumn term", sessionID: "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
            contentType: "video/mp4", byteSize: 52_428_800, tags: ["limits", "analysis"], state: .ready)
        video.etag = "\"5d41402abc4b2a76b9719d911017c592\""
        video.duration = 3601.25
        let inserted = try await PostgresVideoRepository(pool, schema: schema).insert(video)
        try await pool.withConnection { connection in
            for sql in [fill(schema), "ANALYZE \"\(schema.name)\".videos"] {
                _ = try await connection.query(PostgresStatement(sql, isReusable: false))
            }
        }
        await pool.shutdown()
        return SampleCatalog(schema: schema, video: inserted, url: url)
    }

    func drop() async throws {
        let connection = try await LibPQConnection.open(LibPQPoolConfiguration(connectionString: url))
        _ = try await connection.query(PostgresStatement("DROP SCHEMA \"\(schema.name)\" CASCADE", isReusable: false))
        connection.close()
    }

    private static func fill(_ schema: PostgresSchema) -> String {
        """
        INSERT INTO "\(schema.name)".videos (
            id, title, title_folded, object_key, session_id, uploaded_by, tags, metadata, renditions, visibility, state,
            version, created_at, updated_at)
        SELECT gen_random_uuid(), 'Lecture ' || n, 'lecture ' || n, 'more/' || n, 'session ' || n % 997, 'user ' || n % 499,
            '{}', '{}', '[]', 'private', 'ready', 1, now() + n * interval '1 minute', now() + n * interval '1 minute'
        FROM generate_series(1, 100000) AS n
        """
    }
}
