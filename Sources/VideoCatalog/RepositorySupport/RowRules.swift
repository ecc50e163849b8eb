#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The next row of a video, for each of a repository's changes.
extension RepositorySupport {
    /// Returns the row that an insertion stores.
    ///
    /// For a video inserted as `verifying` or `ready`, ``Video/uploadedAt`` and ``Video/readyAt`` are filled in where
    /// they are `nil`.
    ///
    /// - Parameters:
    ///   - video: The video to insert.
    ///   - now: The date of the insertion.
    /// - Returns: The video in version 1, with dates rounded to the microsecond.
    /// - Throws: A ``CatalogError`` with the code `invalidFields` that names every invalid field.
    public static func insertedVideo(from video: NewVideo, at now: Date) throws(CatalogError) -> Video {
        let now = rounded(now)
        let createdAt = rounded(video.createdAt ?? now)
        var row = Video(
            id: video.id ?? .make(at: createdAt), title: video.title, objectKey: video.objectKey,
            uploadedBy: video.uploadedBy, state: video.state, version: 1, createdAt: createdAt, updatedAt: now)
        row.description = video.description
        row.sessionID = video.sessionID
        row.contentType = video.contentType
        row.byteSize = video.byteSize
        row.etag = video.etag
        row.duration = video.duration
        row.width = video.width
        row.height = video.height
        row.frameRate = video.frameRate
        row.thumbnailKey = video.thumbnailKey
        row.tags = video.tags
        row.metadata = video.metadata
        row.renditions = video.renditions
        row.upload = video.upload
        row.replacedKeys = video.replacedKeys
        row.visibility = video.visibility
        row.externalID = video.externalID
        row.uploadExpiresAt = video.uploadExpiresAt.map(rounded)
        row.uploadedAt = (video.uploadedAt ?? (video.state.hasArrived ? now : nil)).map(rounded)
        row.readyAt = (video.readyAt ?? (video.state == .ready ? now : nil)).map(rounded)
        row.deleteAfter = video.deleteAfter.map(rounded)
        try validate(row)
        return row
    }

    /// Returns the row after an update.
    ///
    /// The repository itself checks that no other live video has the object key or the key of the upload.
    ///
    /// - Parameters:
    ///   - video: The current row.
    ///   - changes: The fields to change.
    ///   - version: The version that the caller has seen.
    ///   - now: The date of the update.
    /// - Returns: The next version of the row.
    /// - Throws: A ``CatalogError`` with the code `notFound` for a deleted video, `versionConflict`,
    ///   `illegalTransition`, `uploadInProgress` or `invalidFields`.
    public static func updatedVideo(
        _ video: Video, applying changes: VideoChanges, expecting version: Int, at now: Date
    ) throws(CatalogError) -> Video {
        guard !video.isDeleted else { throw .notFound(video.id) }
        try check(video, expecting: version)
        var row = video
        changes.apply(to: &row)
        let (old, new) = (video.state, row.state)
        let isReplaced = try row.settleUpload(from: video, changes)
        guard old.kind.canTransition(to: new.kind) || (isReplaced && new == .ready) else {
            let next = Video.State.Kind.allCases.filter(old.kind.canTransition).map(\.rawValue).joined(separator: ", ")
            throw CatalogError(
                .illegalTransition,
                "Invalid state: a video that is \(old.kind.rawValue) can't become \(new.kind.rawValue), only \(next).",
                current: video)
        }
        if new.hasArrived, isReplaced || !old.hasArrived, !changes.uploadedAt.isSet { row.uploadedAt = rounded(now) }
        if new == .ready, isReplaced || old != .ready, !changes.readyAt.isSet { row.readyAt = rounded(now) }
        row.advance(to: now)
        try validate(row)
        return row
    }

    /// Returns the row after a soft deletion.
    ///
    /// - Parameters:
    ///   - video: The current row.
    ///   - version: The version that the caller has seen, or `nil` to accept any version.
    ///   - now: The date of the deletion.
    /// - Returns: The deleted row. A row that is deleted already is returned unchanged, because clients may repeat a
    ///   request.
    /// - Throws: A ``CatalogError`` with the code `versionConflict`, or `invalidFields` if `now` is out of range.
    public static func deletedVideo(
        _ video: Video, expecting version: Int?, at now: Date
    ) throws(CatalogError) -> Video {
        guard !video.isDeleted else { return video }
        if let version { try check(video, expecting: version) }
        var row = video
        row.advance(to: now)
        row.deletedAt = rounded(now)
        try validateTransition(to: row)
        return row
    }

    /// Returns the row after its restoration.
    ///
    /// ``Video/deleteAfter`` becomes `nil`, so that housekeeping doesn't delete the video again. The repository itself
    /// checks that no other live video has the object key or the key of the upload.
    ///
    /// - Parameters:
    ///   - video: The current row.
    ///   - now: The date of the restoration.
    /// - Returns: The live row. A row that is live already is returned unchanged.
    /// - Throws: A ``CatalogError`` with the code `purgeStarted` for a video whose purge has started, or
    ///   `invalidFields` if `now` is out of range.
    public static func restoredVideo(_ video: Video, at now: Date) throws(CatalogError) -> Video {
        guard video.isDeleted else { return video }
        guard video.purgeStartedAt == nil else { throw .purgeStarted(video) }
        var row = video
        row.advance(to: now)
        row.deletedAt = nil
        row.deleteAfter = nil
        try validateTransition(to: row)
        return row
    }

    /// Returns the row after the start of its purge.
    ///
    /// The repository itself checks that the worker holds a claim.
    ///
    /// - Parameters:
    ///   - video: The current row, which is deleted.
    ///   - now: The date of the start.
    /// - Returns: The marked row. A row that is marked already is returned unchanged.
    /// - Throws: A ``CatalogError`` with the code `notFound` for a live video, or `invalidFields` if `now` is out of
    ///   range.
    public static func purgeStartedVideo(_ video: Video, at now: Date) throws(CatalogError) -> Video {
        guard video.isDeleted else { throw .notFound(video.id) }
        guard video.purgeStartedAt == nil else { return video }
        var row = video
        row.advance(to: now)
        row.purgeStartedAt = rounded(now)
        try validateTransition(to: row)
        return row
    }

    private static func check(_ video: Video, expecting version: Int) throws(CatalogError) {
        guard video.version == version else {
            throw CatalogError(
                .versionConflict,
                "Version conflict: the video \(video.id) is at version \(video.version), not \(version). "
                    + "Read it again before you repeat the change.",
                current: video)
        }
    }
}

extension Video {
    /// Counts the change, and never moves `updatedAt` backward, even if the clock was set back.
    fileprivate mutating func advance(to now: Date) {
        // Past the maximum comes a negative number, which the validation rejects.
        version &+= 1
        updatedAt = max(updatedAt, RepositorySupport.rounded(now))
    }
}

extension Video.State {
    /// A Boolean value that indicates whether the object has arrived in the bucket.
    var hasArrived: Bool { self == .verifying || self == .ready }
}

extension VideoChanges {
    fileprivate func apply(to video: inout Video) {
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
        upload.apply(to: &video.upload)
        replacedKeys.apply(to: &video.replacedKeys)
        visibility.apply(to: &video.visibility)
        externalID.apply(to: &video.externalID)
        state.apply(to: &video.state)
        uploadExpiresAt.rounded.apply(to: &video.uploadExpiresAt)
        uploadedAt.rounded.apply(to: &video.uploadedAt)
        readyAt.rounded.apply(to: &video.readyAt)
        deleteAfter.rounded.apply(to: &video.deleteAfter)
    }
}

extension FieldChange {
    fileprivate func apply(to field: inout Value) {
        if case .set(let value) = self { field = value }
    }
}

extension FieldChange<Date?> {
    fileprivate var rounded: FieldChange {
        if case .set(let date?) = self { .set(RepositorySupport.rounded(date)) } else { self }
    }
}
