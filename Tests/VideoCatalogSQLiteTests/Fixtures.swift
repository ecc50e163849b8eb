#if SQLite

import Foundation
import GRDB
import VideoCatalog
import VideoCatalogSQLite

extension NewVideo {
    static func sample(_ number: Int = 1, tags: [String] = []) -> NewVideo {
        NewVideo(title: "Lecture \(number)", objectKey: "videos/\(number).mp4", uploadedBy: "42", tags: tags)
    }
}

/// Checks of a database file, through a separate connection.
enum Inspection {
    /// Returns the problems found in a file.
    static func problems(in path: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        return try queue.read { db in
            var problems = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            problems += try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { "\($0)" }
            let strayTags = """
                SELECT hex(v.id) || ': ' || v.tags FROM video_catalog_videos AS v
                WHERE (SELECT json_group_array(tag) FROM (SELECT tag FROM video_catalog_tags WHERE video_id = v.id
                    AND is_deleted = v.is_deleted AND created_at = v.created_at ORDER BY tag))
                IS NOT (SELECT json_group_array(value) FROM (SELECT value FROM json_each(v.tags) ORDER BY value))
                UNION ALL
                SELECT hex(video_id) || ': ' || tag FROM video_catalog_tags
                WHERE video_id NOT IN (SELECT id FROM video_catalog_videos)
                """
            let strayKeys = """
                WITH expected (video_id, key) AS (
                    SELECT id, thumbnail_key FROM video_catalog_videos WHERE thumbnail_key IS NOT NULL
                    UNION
                    SELECT v.id, json_extract(r.value, '$.key')
                    FROM video_catalog_videos AS v, json_each(v.renditions) AS r
                    UNION
                    SELECT id, upload_key FROM video_catalog_videos WHERE upload_key <> object_key
                    UNION
                    SELECT v.id, r.value FROM video_catalog_videos AS v, json_each(v.replaced_keys) AS r)
                SELECT hex(video_id) || ': ' || key FROM (
                    SELECT * FROM (SELECT * FROM expected EXCEPT SELECT video_id, key FROM video_catalog_keys)
                    UNION ALL
                    SELECT * FROM (SELECT video_id, key FROM video_catalog_keys EXCEPT SELECT * FROM expected))
                """
            problems += try String.fetchAll(db, sql: strayKeys)
            return problems + (try String.fetchAll(db, sql: strayTags))
        }
    }
}

/// Returns the code of the `CatalogError` that a closure throws, or `nil` if it throws none.
func errorCode(_ body: () async throws -> Void) async -> CatalogError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? CatalogError)?.code
    }
}

#endif
