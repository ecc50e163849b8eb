#if SQLite

internal import GRDB
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The columns of a video's row, in the order in which statements read and write them.
enum VideoColumns {
    /// The columns that ``VideoRow/video()`` reads.
    static let read = [
        "id", "version", "title", "description", "object_key", "session_id", "uploaded_by", "content_type", "byte_size",
        "etag", "duration", "width", "height", "frame_rate", "thumbnail_key", "tags", "metadata", "renditions",
        "visibility", "external_id", "state", "failure_reason", "created_at", "updated_at", "upload_expires_at",
        "uploaded_at", "ready_at", "delete_after", "deleted_at", "purge_started_at", "upload_key", "upload_id",
        "upload_part_size", "upload_byte_size", "upload_content_type", "replaced_keys",
    ]
    /// The columns of ``values(of:)``: those that are read, and those derived from them.
    static let written = read + ["title_folded", "is_deleted"]

    /// The position of `created_at` in a result, counted from 1.
    static let createdAtOrdinal = 23
    /// The position of `id` in a result, counted from 1.
    static let idOrdinal = 1

    /// Returns the columns of a table or table alias, for a select list.
    static func list(of table: String) -> String { read.map { "\(table).\($0)" }.joined(separator: ", ") }

    /// Returns the values of a video, in the order of ``written``.
    static func values(of video: Video) -> [DatabaseValue] {
        [
            video.id.uuid.databaseValue, video.version.databaseValue, video.title.databaseValue,
            value(video.description), video.objectKey.databaseValue, value(video.sessionID?.rawValue),
            video.uploadedBy.rawValue.databaseValue, value(video.contentType), value(video.byteSize), value(video.etag),
            value(video.duration), value(video.width), value(video.height), value(video.frameRate),
            value(video.thumbnailKey), JSONText.array(video.tags).databaseValue,
            JSONText.object(video.metadata).databaseValue, JSONText.renditions(video.renditions).databaseValue,
            video.visibility.rawValue.databaseValue, value(video.externalID), video.state.kind.rawValue.databaseValue,
            value(video.state.failureReason), value(video.createdAt), value(video.updatedAt),
            value(video.uploadExpiresAt), value(video.uploadedAt), value(video.readyAt), value(video.deleteAfter),
            value(video.deletedAt), value(video.purgeStartedAt), value(video.upload?.objectKey),
            value(video.upload?.id), value(video.upload?.partSize), value(video.upload?.byteSize),
            value(video.upload?.contentType), JSONText.array(video.replacedKeys).databaseValue,
            RepositorySupport.folded(video.title).databaseValue,
            isDeleted(video),
        ]
    }

    /// Returns a date in microseconds.
    ///
    /// The dates of a validated video are in range, so that none is moved.
    static func value(_ date: Date?) -> DatabaseValue {
        date.flatMap(CatalogTimestamp.init(clamping:))?.microseconds.databaseValue ?? .null
    }

    /// Returns the value of the column `is_deleted`.
    static func isDeleted(_ video: Video) -> DatabaseValue { (video.isDeleted ? 1 : 0).databaseValue }

    private static func value(_ value: (some DatabaseValueConvertible)?) -> DatabaseValue {
        value?.databaseValue ?? .null
    }
}

/// A row with the columns ``VideoColumns/read``.
struct VideoRow {
    let row: Row

    /// Decodes the row.
    ///
    /// - Throws: `CatalogError` with the code `corruptRow`, which names the row and the column.
    func video() throws -> Video {
        var video = Video(
            id: try id(), title: try required(2), objectKey: try required(4),
            uploadedBy: UserID(rawValue: try required(6)), state: try state(), version: try version(),
            createdAt: try requiredDate(22), updatedAt: try requiredDate(23))
        video.description = try optional(3)
        video.sessionID = (try optional(5) as String?).map(CourseSessionID.init(rawValue:))
        video.contentType = try optional(7)
        video.byteSize = try optional(8)
        video.etag = try optional(9)
        video.duration = try number(10)
        video.width = try optional(11)
        video.height = try optional(12)
        video.frameRate = try number(13)
        video.thumbnailKey = try optional(14)
        video.tags = try json(15, JSONText.strings)
        video.metadata = try json(16, JSONText.dictionary)
        video.renditions = try json(17, JSONText.renditions)
        video.visibility = Video.Visibility(rawValue: try required(18))
        video.externalID = try optional(19)
        video.uploadExpiresAt = try date(24)
        video.uploadedAt = try date(25)
        video.readyAt = try date(26)
        video.deleteAfter = try date(27)
        video.deletedAt = try date(28)
        video.purgeStartedAt = try date(29)
        video.upload = try upload()
        video.replacedKeys = try json(35, JSONText.strings)
        return video
    }

    /// Decodes the row, or reports what is wrong with it.
    func stored() throws -> StoredRow {
        do {
            return .video(try video())
        } catch let error as CatalogError {
            guard let unreadable = error.unreadable else { throw error }
            let createdAt = try row.decode(Int64.self, atIndex: VideoColumns.createdAtOrdinal - 1)
            return .unreadable(unreadable, createdAtMicroseconds: createdAt)
        }
    }

    private func id() throws -> Video.ID {
        guard let uuid: UUID = try optional(0) else { throw corruption(0) }
        return Video.ID(uuid)
    }

    private func version() throws -> Int {
        let version: Int = try required(1)
        guard version >= 1 else { throw corruption(1) }
        return version
    }

    private func state() throws -> Video.State {
        guard let kind = Video.State.Kind(rawValue: try required(20)) else { throw corruption(20) }
        let reason: String? = try optional(21)
        guard (kind == .failed) == (reason != nil) else { throw corruption(21) }
        return Video.State(kind: kind, failureReason: reason)
    }

    private func upload() throws -> Video.Upload? {
        let key: String? = try optional(30)
        let upload = Video.Upload(
            objectKey: key ?? "", id: try optional(31), partSize: try optional(32), byteSize: try optional(33),
            contentType: try optional(34))
        guard key == nil else { return upload }
        guard upload == Video.Upload(objectKey: "") else { throw corruption(30) }
        return nil
    }

    private func json<Value>(_ index: Int, _ parse: (String) -> Value?) throws -> Value {
        guard let value = parse(try required(index)) else { throw corruption(index) }
        return value
    }

    private func requiredDate(_ index: Int) throws -> Date {
        guard let date = try date(index) else { throw corruption(index) }
        return date
    }

    private func date(_ index: Int) throws -> Date? {
        guard let microseconds: Int64 = try optional(index) else { return nil }
        let timestamp = CatalogTimestamp(microseconds: microseconds)
        guard timestamp >= .first, timestamp <= .last else { throw corruption(index) }
        return timestamp.date
    }

    /// Returns a finite number, because JSON has no others.
    private func number(_ index: Int) throws -> Double? {
        let number: Double? = try optional(index)
        guard number?.isFinite != false else { throw corruption(index) }
        return number
    }

    private func required<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ index: Int
    ) throws -> Value {
        guard let value: Value = try optional(index) else { throw corruption(index) }
        return value
    }

    private func optional<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ index: Int
    ) throws -> Value? {
        do { return try row.decode(Value?.self, atIndex: index) } catch { throw corruption(index) }
    }

    /// Returns an error that names the row and the column, without the column's value.
    private func corruption(_ index: Int) -> CatalogError {
        guard let id = try? row.decode(UUID.self, atIndex: 0) else {
            return CatalogError(.corruptRow, "Unreadable row: its identifier isn't the 16 bytes of a UUID. Repair it.")
        }
        return .corruptRow(UnreadableRow(id: Video.ID(id), column: VideoColumns.read[index]))
    }
}

#endif
