import Foundation
import GRDB
import VideoCatalog

/// A GRDB record for the catalog's table, with the columns and types that the repository reads and writes.
struct PlainVideo<JSON: JSONColumns>: Sendable {
    var id: UUID
    var version = 1
    var title: String
    var description: String?
    var objectKey: String
    var sessionID: String?
    var uploadedBy: String
    var contentType: String?
    var byteSize: Int64?
    var etag: String?
    var duration: Double?
    var width: Int?
    var height: Int?
    var frameRate: Double?
    var thumbnailKey: String?
    var tags: JSON.Strings
    var metadata: JSON.Members
    var renditions: JSON.Renditions
    var visibility: String
    var externalID: String?
    var state: String
    var failureReason: String?
    var createdAt: Date
    var updatedAt: Date
    var uploadExpiresAt: Date?
    var uploadedAt: Date?
    var readyAt: Date?
    var deleteAfter: Date?
    var deletedAt: Date?
    var purgeStartedAt: Date?
    var uploadKey: String?
    var uploadID: String?
    var uploadPartSize: Int64?
    var uploadByteSize: Int64?
    var uploadContentType: String?
    var replacedKeys: JSON.Strings

    static func sample(_ number: Int) throws -> PlainVideo {
        let createdAt = date(Sample.microseconds(number))
        return PlainVideo(
            id: Sample.id(number), title: Sample.title(number), description: Sample.description,
            objectKey: Sample.key(number), sessionID: String(number % Sample.sessions),
            uploadedBy: String(number % 50), contentType: "video/mp4", byteSize: 52_428_800, duration: 3600.5,
            tags: try JSON.strings("[\"algorithms\",\"week-\(number % 12)\"]"),
            metadata: try JSON.members("{\"language\":\"en\"}"), renditions: try JSON.renditions("[]"),
            visibility: "private", state: "pendingUpload", createdAt: createdAt, updatedAt: createdAt,
            uploadExpiresAt: createdAt + 900, replacedKeys: try JSON.strings("[]"))
    }

    static func date(_ microseconds: Int64) -> Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    static func microseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1_000_000).rounded()) }

    /// The values of the columns, as the table stores them.
    func arguments() throws -> StatementArguments {
        [
            id, version, title, description, objectKey, sessionID, uploadedBy, contentType, byteSize, etag, duration,
            width, height, frameRate, thumbnailKey, try JSON.text(strings: tags), try JSON.text(members: metadata),
            try JSON.text(renditions: renditions), visibility, externalID, state, failureReason,
            Self.microseconds(createdAt), Self.microseconds(updatedAt), uploadExpiresAt.map(Self.microseconds),
            uploadedAt.map(Self.microseconds), readyAt.map(Self.microseconds), deleteAfter.map(Self.microseconds),
            deletedAt.map(Self.microseconds), purgeStartedAt.map(Self.microseconds), uploadKey, uploadID,
            uploadPartSize, uploadByteSize, uploadContentType, try JSON.text(strings: replacedKeys),
            title.lowercased(), 0,
        ]
    }
}

extension PlainVideo: FetchableRecord {
    init(row: Row) throws {
        self.init(
            id: row[0], version: row[1], title: row[2], description: row[3], objectKey: row[4], sessionID: row[5],
            uploadedBy: row[6], contentType: row[7], byteSize: row[8], etag: row[9], duration: row[10], width: row[11],
            height: row[12], frameRate: row[13], thumbnailKey: row[14], tags: try JSON.strings(row[15]),
            metadata: try JSON.members(row[16]), renditions: try JSON.renditions(row[17]), visibility: row[18],
            externalID: row[19], state: row[20], failureReason: row[21], createdAt: Self.date(row[22]),
            updatedAt: Self.date(row[23]), uploadExpiresAt: (row[24] as Int64?).map(Self.date),
            uploadedAt: (row[25] as Int64?).map(Self.date), readyAt: (row[26] as Int64?).map(Self.date),
            deleteAfter: (row[27] as Int64?).map(Self.date), deletedAt: (row[28] as Int64?).map(Self.date),
            purgeStartedAt: (row[29] as Int64?).map(Self.date), uploadKey: row[30], uploadID: row[31],
            uploadPartSize: row[32], uploadByteSize: row[33], uploadContentType: row[34],
            replacedKeys: try JSON.strings(row[35]))
    }
}
