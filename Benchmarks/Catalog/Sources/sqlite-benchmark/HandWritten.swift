import Foundation
import GRDB

/// A plain GRDB record for the same table, with columns as they are stored and JSON as text.
struct PlainVideo: Sendable {
    var id: Data
    var version: Int64
    var title: String
    var description: String?
    var objectKey: String
    var sessionID: String?
    var uploadedBy: String
    var contentType: String?
    var byteSize: Int64?
    var etag: String?
    var duration: Double?
    var width: Int64?
    var height: Int64?
    var frameRate: Double?
    var thumbnailKey: String?
    var tags: String
    var metadata: String
    var renditions: String
    var visibility: String
    var externalID: String?
    var state: String
    var failureReason: String?
    var createdAt: Int64
    var updatedAt: Int64
    var uploadExpiresAt: Int64?
    var uploadedAt: Int64?
    var readyAt: Int64?
    var deleteAfter: Int64?
    var deletedAt: Int64?

    static func sample(_ number: Int) -> PlainVideo {
        PlainVideo(
            id: withUnsafeBytes(of: Sample.id(number).uuid) { Data($0) }, version: 1, title: Sample.title(number),
            description: Sample.description, objectKey: Sample.key(number), sessionID: String(number % Sample.sessions),
            uploadedBy: String(number % 50), contentType: "video/mp4", byteSize: 52_428_800, duration: 3600.5,
            tags: "[\"algorithms\",\"week-\(number % 12)\"]", metadata: "{\"language\":\"en\"}", renditions: "[]",
            visibility: "private", state: "pendingUpload", createdAt: Sample.instant(number),
            updatedAt: Sample.instant(number), uploadExpiresAt: Sample.instant(number) + 900_000_000)
    }
}

extension PlainVideo: FetchableRecord {
    init(row: Row) {
        self.init(
            id: row[0], version: row[1], title: row[2], description: row[3], objectKey: row[4], sessionID: row[5],
            uploadedBy: row[6], contentType: row[7], byteSize: row[8], etag: row[9], duration: row[10], width: row[11],
            height: row[12], frameRate: row[13], thumbnailKey: row[14], tags: row[15], metadata: row[16],
            renditions: row[17], visibility: row[18], externalID: row[19], state: row[20], failureReason: row[21],
            createdAt: row[22], updatedAt: row[23], uploadExpiresAt: row[24], uploadedAt: row[25], readyAt: row[26],
            deleteAfter: row[27], deletedAt: row[28])
    }
}

/// The same statements, written by hand on GRDB.
struct HandWritten: Sendable {
    let pool: DatabasePool

    func insert(_ video: PlainVideo) async throws {
        try await pool.write { db in
            try db.cachedStatement(sql: Self.insertion).execute(arguments: [
                video.id, video.version, video.title, video.description, video.objectKey, video.sessionID,
                video.uploadedBy, video.contentType, video.byteSize, video.etag, video.duration, video.width,
                video.height,
                video.frameRate, video.thumbnailKey, video.tags, video.metadata, video.renditions, video.visibility,
                video.externalID, video.state, video.failureReason, video.createdAt, video.updatedAt,
                video.uploadExpiresAt, video.uploadedAt, video.readyAt, video.deleteAfter, video.deletedAt,
                video.title.lowercased(), 0,
            ])
            for tag in video.tags.dropFirst(2).dropLast(2).components(separatedBy: "\",\"") {
                try db.cachedStatement(sql: Self.tagging).execute(arguments: [video.id, tag, 0, video.createdAt])
            }
        }
    }

    func page(_ session: String) async throws -> [PlainVideo] {
        try await pool.read { db in
            try PlainVideo.fetchAll(db.cachedStatement(sql: Self.listing), arguments: [session, 51])
        }
    }

    private static let columns = """
        id, version, title, description, object_key, session_id, uploaded_by, content_type, byte_size, etag, duration,
        width, height, frame_rate, thumbnail_key, tags, metadata, renditions, visibility, external_id, state,
        failure_reason, created_at, updated_at, upload_expires_at, uploaded_at, ready_at, delete_after, deleted_at
        """
    private static let insertion =
        "INSERT INTO video_catalog_videos (\(columns), title_folded, is_deleted) VALUES ("
        + Array(repeating: "?", count: 31).joined(separator: ", ") + ")"
    private static let tagging =
        "INSERT INTO video_catalog_tags (video_id, tag, is_deleted, created_at) VALUES (?, ?, ?, ?)"
    private static let listing =
        "SELECT \(columns) FROM video_catalog_videos WHERE is_deleted = 0 AND session_id = ? "
        + "ORDER BY created_at DESC, id DESC LIMIT ?"
}
