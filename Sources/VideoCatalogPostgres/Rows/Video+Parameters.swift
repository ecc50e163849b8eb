#if Postgres
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
internal import VideoCatalog

extension Video {
    /// The row's values in the order of ``VideoColumn``, and then the folded title.
    ///
    /// - Throws: What the JSON encoder throws.
    func parameters() throws -> [PostgresValue] {
        [
            .uuid(id.uuid), .text(title), .text(description), .text(objectKey), .text(sessionID?.rawValue),
            .text(uploadedBy.rawValue), .text(contentType), .int8(byteSize), .text(etag), .float8(duration),
            .int8(width.map(Int64.init)), .int8(height.map(Int64.init)), .float8(frameRate), .text(thumbnailKey),
            .textArray(tags), .jsonb(metadata.isEmpty ? "{}" : try Self.json(metadata)),
            .jsonb(renditions.isEmpty ? "[]" : try Self.json(renditions)), .text(visibility.rawValue),
            .text(externalID), .text(state.kind.rawValue), .text(state.failureReason), .int8(Int64(version)),
            .instant(createdAt), .instant(updatedAt), .instant(uploadExpiresAt), .instant(uploadedAt),
            .instant(readyAt), .instant(deleteAfter), .instant(deletedAt), .text(CatalogText.folded(title)),
        ]
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}

extension PostgresValue {
    /// An instant that was checked before; one out of the catalog's range becomes its nearer end.
    static func instant(_ date: Date?) -> PostgresValue { .timestamp(date.flatMap(CatalogInstant.init(clamping:))) }
}
#endif
