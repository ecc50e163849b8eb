#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension NewVideo {
    /// The row that an insertion stores: what every repository calls first.
    ///
    /// A video that is inserted as `verifying` or `ready` has arrived: its instants are filled in where they are `nil`.
    ///
    /// - Parameter now: The instant of the insertion.
    /// - Returns: The video in its first version, with instants to the microsecond.
    /// - Throws: ``CatalogError`` with the code `invalidFields`, which names every field at fault.
    public func inserted(at now: Date) throws(CatalogError) -> Video {
        let now = now.inCatalog
        let createdAt = (createdAt ?? now).inCatalog
        var video = Video(
            id: id ?? .make(at: createdAt), title: title, objectKey: objectKey, uploadedBy: uploadedBy, state: state,
            version: 1, createdAt: createdAt, updatedAt: now)
        video.description = description
        video.sessionID = sessionID
        video.contentType = contentType
        video.byteSize = byteSize
        video.etag = etag
        video.duration = duration
        video.width = width
        video.height = height
        video.frameRate = frameRate
        video.thumbnailKey = thumbnailKey
        video.tags = tags
        video.metadata = metadata
        video.renditions = renditions
        video.visibility = visibility
        video.externalID = externalID
        video.uploadExpiresAt = uploadExpiresAt?.inCatalog
        video.uploadedAt = (uploadedAt ?? (state.hasArrived ? now : nil))?.inCatalog
        video.readyAt = (readyAt ?? (state == .ready ? now : nil))?.inCatalog
        video.deleteAfter = deleteAfter?.inCatalog
        try video.validate()
        return video
    }
}

extension Video.State {
    /// Whether the object is there: verifying or ready.
    var hasArrived: Bool { self == .verifying || self == .ready }
}
