#if SQLite

internal import GRDB
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A row with the columns ``VideoColumns/read``, while it is turned into a video.
struct VideoRow {
    let row: Row

    /// The video.
    ///
    /// - Throws: ``CatalogError`` with the code `corruptRow`, which names the row and the column.
    func video() throws -> Video {
        var video = Video(
            id: try id(), title: try required(2), objectKey: try required(4),
            uploadedBy: UserID(rawValue: try required(6)), state: try state(), version: try version(),
            createdAt: try requiredInstant(22), updatedAt: try requiredInstant(23))
        video.description = try optional(3)
        video.sessionID = (try optional(5) as String?).map(CourseSession.ID.init(rawValue:))
        video.contentType = try optional(7)
        video.byteSize = try optional(8)
        video.etag = try optional(9)
        video.duration = try optional(10)
        video.width = try optional(11)
        video.height = try optional(12)
        video.frameRate = try optional(13)
        video.thumbnailKey = try optional(14)
        video.tags = try json(15, JSONReader.texts)
        video.metadata = try json(16, JSONReader.dictionary)
        video.renditions = try json(17, JSONReader.renditions)
        video.visibility = Video.Visibility(rawValue: try required(18))
        video.externalID = try optional(19)
        video.uploadExpiresAt = try instant(24)
        video.uploadedAt = try instant(25)
        video.readyAt = try instant(26)
        video.deleteAfter = try instant(27)
        video.deletedAt = try instant(28)
        return video
    }

    private func id() throws -> Video.ID {
        guard let uuid: UUID = try optional(0) else { throw corrupt(0) }
        return Video.ID(uuid)
    }

    private func version() throws -> Int {
        let version: Int = try required(1)
        guard version >= 1 else { throw corrupt(1) }
        return version
    }

    private func state() throws -> Video.State {
        guard let kind = Video.State.Kind(rawValue: try required(20)) else { throw corrupt(20) }
        let reason: String? = try optional(21)
        guard (kind == .failed) == (reason != nil) else { throw corrupt(21) }
        return Video.State(kind: kind, failureReason: reason)
    }

    private func json<Value>(_ index: Int, _ read: (String) -> Value?) throws -> Value {
        guard let value = read(try required(index)) else { throw corrupt(index) }
        return value
    }

    private func requiredInstant(_ index: Int) throws -> Date {
        guard let date = try instant(index) else { throw corrupt(index) }
        return date
    }

    private func instant(_ index: Int) throws -> Date? {
        guard let microseconds: Int64 = try optional(index) else { return nil }
        let instant = CatalogInstant(microseconds: microseconds)
        guard instant >= .first, instant <= .last else { throw corrupt(index) }
        return instant.date
    }

    private func required<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ index: Int
    ) throws -> Value {
        guard let value: Value = try optional(index) else { throw corrupt(index) }
        return value
    }

    private func optional<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ index: Int
    ) throws -> Value? {
        do { return try row.decode(Value?.self, atIndex: index) } catch { throw corrupt(index) }
    }

    /// Names the row and the column, and nothing of what is in it.
    private func corrupt(_ index: Int) -> CatalogError {
        let id = (try? row.decode(UUID?.self, atIndex: 0)).map { "the video \(Video.ID($0))" } ?? "a video"
        return CatalogError(
            .corruptRow,
            "the row of \(id) holds in its column \(VideoColumns.read[index]) what this package never writes: find out "
                + "what did, and repair it")
    }
}

#endif
