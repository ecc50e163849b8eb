// Strings are compared by their bytes, as the catalog stores them. Swift's own `==` treats composed and decomposed
// forms of a letter as equal.

extension Video {
    /// Returns a Boolean value that indicates whether two rows are the same, with strings compared byte for byte.
    ///
    /// - Returns: `true` if all fields are equal.
    public static func == (first: Video, second: Video) -> Bool {
        first.id == second.id && first.version == second.version && first.state == second.state
            && first.hasEqualDates(as: second) && first.hasEqualTexts(as: second)
            && first.sessionID == second.sessionID && first.uploadedBy == second.uploadedBy
            && first.visibility == second.visibility && first.renditions == second.renditions
            && first.upload == second.upload
            && first.byteSize == second.byteSize && first.duration == second.duration && first.width == second.width
            && first.height == second.height && first.frameRate == second.frameRate
    }

    /// Hashes the identifier and the version.
    ///
    /// - Parameter hasher: The hasher to feed.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(version)
    }

    private func hasEqualDates(as other: Video) -> Bool {
        createdAt == other.createdAt && updatedAt == other.updatedAt && uploadExpiresAt == other.uploadExpiresAt
            && uploadedAt == other.uploadedAt && readyAt == other.readyAt && deleteAfter == other.deleteAfter
            && deletedAt == other.deletedAt && purgeStartedAt == other.purgeStartedAt
    }

    private func hasEqualTexts(as other: Video) -> Bool {
        ExactString(title) == ExactString(other.title) && ExactString(objectKey) == ExactString(other.objectKey)
            && description.map(ExactString.init) == other.description.map(ExactString.init)
            && contentType.map(ExactString.init) == other.contentType.map(ExactString.init)
            && etag.map(ExactString.init) == other.etag.map(ExactString.init)
            && thumbnailKey.map(ExactString.init) == other.thumbnailKey.map(ExactString.init)
            && externalID.map(ExactString.init) == other.externalID.map(ExactString.init)
            && tags.map(ExactString.init) == other.tags.map(ExactString.init)
            && replacedKeys.map(ExactString.init) == other.replacedKeys.map(ExactString.init)
            && metadata.count == other.metadata.count
            && Set(metadata.map { [ExactString($0), ExactString($1)] })
                == Set(other.metadata.map { [ExactString($0), ExactString($1)] })
    }
}

extension Video.Rendition {
    /// Returns a Boolean value that indicates whether two renditions have the same bytes.
    ///
    /// - Returns: `true` if the bytes of the kinds and of the keys are equal.
    public static func == (first: Video.Rendition, second: Video.Rendition) -> Bool {
        ExactString(first.kind) == ExactString(second.kind) && ExactString(first.key) == ExactString(second.key)
    }

    /// Hashes the bytes of the kind and of the key.
    ///
    /// - Parameter hasher: The hasher to feed.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ExactString(kind))
        hasher.combine(ExactString(key))
    }
}
