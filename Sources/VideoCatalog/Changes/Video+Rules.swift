#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What every repository does to a row that it has read, before it stores the result.
extension Video {
    /// The row after an update.
    ///
    /// - Parameters:
    ///   - changes: What to change.
    ///   - expected: The version that the caller has seen.
    ///   - now: The instant of the update.
    /// - Returns: The next version.
    /// - Throws: ``CatalogError``: `notFound` for a deleted video, `versionConflict`, `illegalTransition`, or
    ///   `invalidFields`. Whether another video has the object key is for the repository to find out.
    public func updated(by changes: VideoChanges, expecting expected: Int, at now: Date) throws(CatalogError) -> Video {
        guard !isDeleted else { throw .notFound(id) }
        try check(expected)
        var video = self
        changes.apply(to: &video)
        guard state.kind.mayBecome(video.state.kind) else {
            let next = State.Kind.allCases.filter(state.kind.mayBecome).map(\.rawValue).joined(separator: ", ")
            throw CatalogError(
                .illegalTransition,
                "a video that is \(state.kind.rawValue) cannot become \(video.state.kind.rawValue), but only: \(next)",
                current: self)
        }
        if video.state.hasArrived, !state.hasArrived, !changes.uploadedAt.isSet { video.uploadedAt = now.inCatalog }
        if video.state == .ready, state != .ready, !changes.readyAt.isSet { video.readyAt = now.inCatalog }
        video.advance(to: now)
        try video.validate()
        return video
    }

    /// The row after a soft deletion; a deleted one stays as it is, since clients repeat themselves.
    ///
    /// - Parameters:
    ///   - expected: The version that the caller has seen; `nil` for whichever it is.
    ///   - now: The instant of the deletion.
    /// - Returns: The deleted row.
    /// - Throws: ``CatalogError`` with the code `versionConflict`.
    public func deleted(expecting expected: Int?, at now: Date) throws(CatalogError) -> Video {
        guard !isDeleted else { return self }
        if let expected { try check(expected) }
        var video = self
        video.advance(to: now)
        video.deletedAt = now.inCatalog
        try video.validate()
        return video
    }

    /// The row after it was restored; a live one stays as it is.
    ///
    /// A restored video is no longer due for deletion: ``deleteAfter`` is `nil`.
    ///
    /// - Parameter now: The instant of the restoration.
    /// - Returns: The live row. Whether another live video has the object key is for the repository to find out.
    /// - Throws: ``CatalogError`` with the code `invalidFields`, if the clock is out of range.
    public func restored(at now: Date) throws(CatalogError) -> Video {
        guard isDeleted else { return self }
        var video = self
        video.advance(to: now)
        video.deletedAt = nil
        video.deleteAfter = nil
        try video.validate()
        return video
    }

    private func check(_ expected: Int) throws(CatalogError) {
        guard version == expected else {
            throw CatalogError(
                .versionConflict,
                "the video \(id) is at version \(version), not \(expected): look at what it is now, and decide again",
                current: self)
        }
    }

    /// A clock that was set back does not make the change older than the one before.
    private mutating func advance(to now: Date) {
        // Past the last number comes a negative one, which `validate()` refuses.
        version &+= 1
        updatedAt = max(updatedAt, now.inCatalog)
    }
}

extension VideoChanges {
    func apply(to video: inout Video) {
        title.apply(to: &video.title)
        description.apply(to: &video.description)
        objectKey.apply(to: &video.objectKey)
        sessionID.apply(to: &video.sessionID)
        uploadedBy.apply(to: &video.uploadedBy)
        contentType.apply(to: &video.contentType)
        byteSize.apply(to: &video.byteSize)
        etag.apply(to: &video.etag)
        duration.apply(to: &video.duration)
        width.apply(to: &video.width)
        height.apply(to: &video.height)
        frameRate.apply(to: &video.frameRate)
        thumbnailKey.apply(to: &video.thumbnailKey)
        tags.apply(to: &video.tags)
        metadata.apply(to: &video.metadata)
        renditions.apply(to: &video.renditions)
        visibility.apply(to: &video.visibility)
        externalID.apply(to: &video.externalID)
        state.apply(to: &video.state)
        uploadExpiresAt.inCatalog.apply(to: &video.uploadExpiresAt)
        uploadedAt.inCatalog.apply(to: &video.uploadedAt)
        readyAt.inCatalog.apply(to: &video.readyAt)
        deleteAfter.inCatalog.apply(to: &video.deleteAfter)
    }
}

extension Change<Date?> {
    fileprivate var inCatalog: Change {
        if case .set(let date?) = self { .set(date.inCatalog) } else { self }
    }
}
