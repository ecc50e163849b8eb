#if SQLite

internal import GRDB
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The columns of a video's row, in the order in which they are read and written.
enum VideoColumns {
    /// What ``decode(_:)`` reads.
    static let read = [
        "id", "version", "title", "description", "object_key", "session_id", "uploaded_by", "content_type", "byte_size",
        "etag", "duration", "width", "height", "frame_rate", "thumbnail_key", "tags", "metadata", "renditions",
        "visibility", "external_id", "state", "failure_reason", "created_at", "updated_at", "upload_expires_at",
        "uploaded_at", "ready_at", "delete_after", "deleted_at",
    ]
    /// What ``values(of:)`` has: these, and what is derived from them.
    static let written = read + ["title_folded", "is_deleted"]

    /// The place of `created_at` in a result, counted from 1.
    static let createdAtOrdinal = 23
    /// The place of `id` in a result, counted from 1.
    static let idOrdinal = 1

    /// The columns of a table or of a name given to it.
    static func list(of table: String) -> String { read.map { "\(table).\($0)" }.joined(separator: ", ") }

    /// The values of a video, in the order of ``written``.
    static func values(of video: Video) -> [DatabaseValue] {
        [
            video.id.uuid.databaseValue, video.version.databaseValue, video.title.databaseValue,
            value(video.description), video.objectKey.databaseValue, value(video.sessionID?.rawValue),
            video.uploadedBy.rawValue.databaseValue, value(video.contentType), value(video.byteSize), value(video.etag),
            value(video.duration), value(video.width), value(video.height), value(video.frameRate),
            value(video.thumbnailKey), JSONWriter(video.tags).text.databaseValue,
            JSONWriter(video.metadata).text.databaseValue, JSONWriter(video.renditions).text.databaseValue,
            video.visibility.rawValue.databaseValue, value(video.externalID), video.state.kind.rawValue.databaseValue,
            value(video.state.failureReason), value(video.createdAt), value(video.updatedAt),
            value(video.uploadExpiresAt), value(video.uploadedAt), value(video.readyAt), value(video.deleteAfter),
            value(video.deletedAt), CatalogText.folded(video.title).databaseValue,
            (video.isDeleted ? 1 : 0).databaseValue,
        ]
    }

    /// Microseconds.
    ///
    /// The video has been validated: its instants are in range.
    static func value(_ date: Date?) -> DatabaseValue {
        date.flatMap(CatalogInstant.init(clamping:))?.microseconds.databaseValue ?? .null
    }

    private static func value(_ value: (some DatabaseValueConvertible)?) -> DatabaseValue {
        value?.databaseValue ?? .null
    }
}

#endif
