import Foundation
import GRDB

/// The same statements, written by hand on GRDB, in transactions of the same kind.
///
/// It does without what is the repository's own: checks of the schema's version and of the fields, folding beyond
/// lower case, and errors that name the row.
struct HandWritten<JSON: JSONColumns>: Sendable {
    let pool: DatabasePool
    let tags: @Sendable (PlainVideo<JSON>) -> [String]

    func insert(_ video: PlainVideo<JSON>) async throws {
        try await pool.write { db in
            try db.cachedStatement(sql: SQL.insertion).execute(arguments: video.arguments())
            let isTaken = try Int.fetchOne(
                db.cachedStatement(sql: SQL.otherUpload), arguments: [video.objectKey, video.id])
            guard isTaken == nil else { throw CocoaError(.fileWriteFileExists) }
            let createdAt = PlainVideo<JSON>.microseconds(video.createdAt)
            for tag in tags(video) {
                try db.cachedStatement(sql: SQL.tagging).execute(arguments: [video.id, tag, 0, createdAt])
            }
        }
    }

    func page(_ session: String) async throws -> [PlainVideo<JSON>] {
        try await pool.read { db in
            try PlainVideo<JSON>.fetchAll(db.cachedStatement(sql: SQL.listing), arguments: [session, 51])
        }
    }
}

private enum SQL {
    static let columns = """
        id, version, title, description, object_key, session_id, uploaded_by, content_type, byte_size, etag, duration,
        width, height, frame_rate, thumbnail_key, tags, metadata, renditions, visibility, external_id, state,
        failure_reason, created_at, updated_at, upload_expires_at, uploaded_at, ready_at, delete_after, deleted_at,
        purge_started_at, upload_key, upload_id, upload_part_size, upload_byte_size, upload_content_type, replaced_keys
        """
    static let insertion =
        "INSERT INTO video_catalog_videos (\(columns), title_folded, is_deleted) VALUES ("
        + Array(repeating: "?", count: 38).joined(separator: ", ") + ")"
    static let otherUpload =
        "SELECT 1 FROM video_catalog_videos WHERE upload_key = ? AND deleted_at IS NULL AND id <> ?"
    static let tagging = "INSERT INTO video_catalog_tags (video_id, tag, is_deleted, created_at) VALUES (?, ?, ?, ?)"
    static let listing =
        "SELECT \(columns) FROM video_catalog_videos WHERE is_deleted = 0 AND session_id = ? "
        + "ORDER BY created_at DESC, id DESC LIMIT ?"
}
