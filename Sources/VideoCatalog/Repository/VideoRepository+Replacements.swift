#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension VideoRepository {
    /// Starts to replace the file of a video that is `ready` or `failed`.
    ///
    /// The state and ``Video/objectKey`` stay as they are, so that the old file is served until the new one has arrived
    /// and ``finishReplacement(of:_:)`` makes it the video's file. Set ``Video/upload`` again when you know the
    /// identifier of the multipart upload. A failed video's first upload gives way to the replacement. Abort it
    /// afterward: if this call fails, a client may still continue the upload.
    ///
    /// - Parameters:
    ///   - video: The video as it was read.
    ///   - upload: The upload of the new file. Its key must be new, because an object that has it is overwritten.
    ///   - expiresAt: The date by which the upload must arrive. Afterwards, it is due as
    ///     ``HousekeepingTask/expiredUploads``.
    /// - Returns: The next version of the row, with ``Video/replacement``.
    /// - Throws: The errors of ``update(_:expecting:_:)``: a ``CatalogError`` with the code `illegalTransition` for a
    ///   video in another state, `uploadInProgress` if a replacement isn't finished, `objectKeyTaken` if another live
    ///   video has the key, and `invalidFields` if this video has the key or has had it.
    @discardableResult
    public func beginReplacement(
        of video: Video, upload: Video.Upload, expiresAt: Date? = nil
    ) async throws -> Video {
        guard video.replacement == nil else { throw CatalogError.uploadInProgress(video) }
        guard ExactString(upload.objectKey) != ExactString(video.objectKey) else {
            throw CatalogError(
                .invalidFields, "Invalid upload: a replacement must have another key than the video.",
                fields: [.init("upload", "must have another key than the object")])
        }
        var changes = VideoChanges()
        changes.upload = .set(upload)
        changes.uploadExpiresAt = .set(expiresAt)
        return try await update(video.id, expecting: video.version, changes)
    }

    /// Makes a replacement that has arrived the file of its video.
    ///
    /// ``Video/objectKey`` becomes the key of the upload, the state becomes `ready`, and the old key joins
    /// ``Video/replacedKeys``. ``Video/byteSize`` becomes that of the upload, and so does ``Video/contentType`` if the
    /// upload has one. The ETag, the duration, the width, the height and the frame rate of the old file become `nil`.
    /// Thumbnail and renditions stay, until your app has made new ones.
    ///
    /// - Parameters:
    ///   - video: The video as it was read, with an unfinished replacement.
    ///   - edit: A closure that sets further fields, such as ``Video/etag`` and ``Video/duration`` of the new file.
    /// - Returns: The next version of the row.
    /// - Throws: The errors of ``update(_:expecting:_:)`` and of `edit`. A ``CatalogError`` with the code
    ///   `illegalTransition` if the video has no unfinished replacement.
    @discardableResult
    public func finishReplacement(
        of video: Video, _ edit: (inout Video) throws -> Void = { _ in }
    ) async throws -> Video {
        guard let replacement = video.replacement else { throw CatalogError.noReplacement(of: video) }
        return try await update(video) { video in
            video.objectKey = replacement.objectKey
            video.upload = nil
            video.state = .ready
            video.byteSize = replacement.byteSize
            video.contentType = replacement.contentType ?? video.contentType
            video.etag = nil
            video.duration = nil
            video.width = nil
            video.height = nil
            video.frameRate = nil
            try edit(&video)
        }
    }

    /// Abandons a replacement.
    ///
    /// The old file stays. The key of the upload joins ``Video/replacedKeys``, because its object may exist. Abort the
    /// multipart upload afterward: if this call fails, a client may still continue the upload.
    ///
    /// - Parameter video: The video as it was read, with an unfinished replacement.
    /// - Returns: The next version of the row.
    /// - Throws: The errors of ``update(_:expecting:_:)``. A ``CatalogError`` with the code `illegalTransition` if the
    ///   video has no unfinished replacement.
    @discardableResult
    public func cancelReplacement(of video: Video) async throws -> Video {
        guard video.replacement != nil else { throw CatalogError.noReplacement(of: video) }
        return try await update(video) { $0.upload = nil }
    }

    /// Deletes the objects that replacements left behind.
    ///
    /// ```swift
    /// let report = try await repository.deleteReplacedObjects { key in print("delete the object \(key) here") }
    /// ```
    ///
    /// Each video with ``Video/replacedKeys`` is claimed, your closure deletes the objects, and the keys are removed
    /// from the row. A key that another video has as its object key by now is removed without a deletion. A key that
    /// the video itself uses for its thumbnail or a rendition stays in the row, and its object in the bucket, until the
    /// video no longer uses it. One call passes over at most ten times `limit` videos that have only such keys. If a
    /// worker dies in between, another one repeats the deletions when the lease ends.
    ///
    /// - Parameters:
    ///   - limit: The maximum number of videos to handle, 1 to 1,000. See ``performHousekeeping(_:limit:lease:_:)``.
    ///   - lease: The duration of the claims, 1 second to 24 hours. Choose more than twice the time that one video
    ///     takes.
    ///   - deleteObject: A closure that deletes the object with a key, and accepts that it is gone already.
    /// - Returns: The handled videos, the failures and the rows that couldn't be read.
    /// - Throws: The errors of ``performHousekeeping(_:limit:lease:_:)``.
    @discardableResult
    public func deleteReplacedObjects(
        limit: Int = 100, lease: Duration = .seconds(300), _ deleteObject: (String) async throws -> Void
    ) async throws -> HousekeepingReport {
        try await performHousekeeping(.replacedObjects, limit: limit, lease: lease) { claim in
            let own = Set(RepositorySupport.playbackKeys(of: claim.video).map(ExactString.init))
            let keys = claim.video.replacedKeys.filter { !own.contains(ExactString($0)) }
            if keys.isEmpty { throw LeftForLater() }
            let users = try await videos(objectKeys: keys, includingDeleted: true)
            if let row = users.unreadable.first { throw CatalogError.corruptRow(row) }
            let used = Set(users.videos.map { ExactString($0.objectKey) })
            for key in keys where !used.contains(ExactString(key)) { try await deleteObject(key) }
            let done = Set(keys.map(ExactString.init))
            try await update(claim.video.id) { $0.replacedKeys.removeAll { done.contains(ExactString($0)) } }
        }
    }
}
