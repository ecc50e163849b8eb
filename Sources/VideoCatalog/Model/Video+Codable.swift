#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The JSON form doesn't depend on the encoder's strategies: dates are strings with six decimal places, and fields that
/// are `nil` are omitted.
extension Video: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, title, description, objectKey, sessionID, uploadedBy, contentType, byteSize, etag, duration, width,
            height
        case frameRate, thumbnailKey, tags, metadata, renditions, upload, replacedKeys, visibility, externalID, state,
            version, createdAt
        case updatedAt, uploadExpiresAt, uploadedAt, readyAt, deleteAfter, deletedAt, purgeStartedAt
    }

    /// Encodes every field that isn't `nil`, and the replaced keys if there are any.
    ///
    /// - Parameter encoder: The encoder to write to.
    /// - Throws: Any error of the encoder, or an `EncodingError` for a date outside the years 1970 to 2099.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(title, forKey: .title)
        try container.encodeIfPresent(description, forKey: .description)
        try container.encode(objectKey, forKey: .objectKey)
        try container.encodeIfPresent(sessionID, forKey: .sessionID)
        try container.encode(uploadedBy, forKey: .uploadedBy)
        try container.encodeIfPresent(contentType, forKey: .contentType)
        try container.encodeIfPresent(byteSize, forKey: .byteSize)
        try container.encodeIfPresent(etag, forKey: .etag)
        try container.encodeIfPresent(duration, forKey: .duration)
        try container.encodeIfPresent(width, forKey: .width)
        try container.encodeIfPresent(height, forKey: .height)
        try container.encodeIfPresent(frameRate, forKey: .frameRate)
        try container.encodeIfPresent(thumbnailKey, forKey: .thumbnailKey)
        try container.encode(tags, forKey: .tags)
        try container.encode(metadata, forKey: .metadata)
        try container.encode(renditions, forKey: .renditions)
        try container.encodeIfPresent(upload, forKey: .upload)
        if !replacedKeys.isEmpty { try container.encode(replacedKeys, forKey: .replacedKeys) }
        try container.encode(visibility, forKey: .visibility)
        try container.encodeIfPresent(externalID, forKey: .externalID)
        try container.encode(state, forKey: .state)
        try container.encode(version, forKey: .version)
        try container.encode(timestamp: createdAt, forKey: .createdAt)
        try container.encode(timestamp: updatedAt, forKey: .updatedAt)
        try container.encode(timestamp: uploadExpiresAt, forKey: .uploadExpiresAt)
        try container.encode(timestamp: uploadedAt, forKey: .uploadedAt)
        try container.encode(timestamp: readyAt, forKey: .readyAt)
        try container.encode(timestamp: deleteAfter, forKey: .deleteAfter)
        try container.encode(timestamp: deletedAt, forKey: .deletedAt)
        try container.encode(timestamp: purgeStartedAt, forKey: .purgeStartedAt)
    }

    /// Creates a video by decoding the object that ``encode(to:)`` writes.
    ///
    /// Unknown keys are ignored, because later versions may add some.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: A `DecodingError` for a missing key or an invalid value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try container.decode(ID.self, forKey: .id),
            title: try container.decode(String.self, forKey: .title),
            objectKey: try container.decode(String.self, forKey: .objectKey),
            uploadedBy: try container.decode(UserID.self, forKey: .uploadedBy),
            state: try container.decode(State.self, forKey: .state),
            version: try container.decode(Int.self, forKey: .version),
            createdAt: try container.decode(CatalogTimestamp.self, forKey: .createdAt).date,
            updatedAt: try container.decode(CatalogTimestamp.self, forKey: .updatedAt).date)
        description = try container.decodeIfPresent(String.self, forKey: .description)
        sessionID = try container.decodeIfPresent(CourseSessionID.self, forKey: .sessionID)
        contentType = try container.decodeIfPresent(String.self, forKey: .contentType)
        byteSize = try container.decodeIfPresent(Int64.self, forKey: .byteSize)
        etag = try container.decodeIfPresent(String.self, forKey: .etag)
        duration = try container.decodeIfPresent(Double.self, forKey: .duration)
        width = try container.decodeIfPresent(Int.self, forKey: .width)
        height = try container.decodeIfPresent(Int.self, forKey: .height)
        frameRate = try container.decodeIfPresent(Double.self, forKey: .frameRate)
        thumbnailKey = try container.decodeIfPresent(String.self, forKey: .thumbnailKey)
        tags = try container.decode([String].self, forKey: .tags)
        metadata = try container.decode([String: String].self, forKey: .metadata)
        renditions = try container.decode([Rendition].self, forKey: .renditions)
        upload = try container.decodeIfPresent(Upload.self, forKey: .upload)
        replacedKeys = try container.decodeIfPresent([String].self, forKey: .replacedKeys) ?? []
        visibility = try container.decode(Visibility.self, forKey: .visibility)
        externalID = try container.decodeIfPresent(String.self, forKey: .externalID)
        uploadExpiresAt = try container.decodeIfPresent(CatalogTimestamp.self, forKey: .uploadExpiresAt)?.date
        uploadedAt = try container.decodeIfPresent(CatalogTimestamp.self, forKey: .uploadedAt)?.date
        readyAt = try container.decodeIfPresent(CatalogTimestamp.self, forKey: .readyAt)?.date
        deleteAfter = try container.decodeIfPresent(CatalogTimestamp.self, forKey: .deleteAfter)?.date
        deletedAt = try container.decodeIfPresent(CatalogTimestamp.self, forKey: .deletedAt)?.date
        purgeStartedAt = try container.decodeIfPresent(CatalogTimestamp.self, forKey: .purgeStartedAt)?.date
    }
}
