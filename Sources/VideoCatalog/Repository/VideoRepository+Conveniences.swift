#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension VideoRepository {
    /// Finds a live video.
    ///
    /// - Parameter id: Its identifier.
    /// - Returns: The video, or `nil`.
    /// - Throws: ``CatalogError`` if the store cannot be read.
    public func video(id: Video.ID) async throws -> Video? { try await video(id: id, includingDeleted: false) }

    /// Finds a live video that must be there.
    ///
    /// - Parameter id: Its identifier.
    /// - Returns: The video.
    /// - Throws: ``CatalogError`` with the code `notFound`.
    public func requiredVideo(id: Video.ID) async throws -> Video {
        guard let video = try await video(id: id) else { throw CatalogError.notFound(id) }
        return video
    }

    /// Finds several live videos.
    ///
    /// - Parameter ids: Up to 1,000 identifiers.
    /// - Returns: The videos that there are, in the order of the identifiers; each of them once.
    /// - Throws: ``CatalogError``: `invalidArgument` for more than 1,000.
    public func videos(ids: [Video.ID]) async throws -> [Video] { try await videos(ids: ids, includingDeleted: false) }

    /// Stores an edited video, if nobody else has changed it since it was read.
    ///
    /// ```swift
    /// let renamed = try await repository.update(video) { $0.title = "Lecture 2" }
    /// ```
    ///
    /// - Parameters:
    ///   - video: The video as it was read.
    ///   - edit: Changes the fields. Identifier, version and the instants of the repository stay as they are.
    /// - Returns: The next version of the row.
    /// - Throws: What ``update(_:expecting:_:)`` throws, and what `edit` throws.
    @discardableResult
    public func update(_ video: Video, _ edit: (inout Video) throws -> Void) async throws -> Video {
        var edited = video
        try edit(&edited)
        return try await update(video.id, expecting: video.version, VideoChanges(from: video, to: edited))
    }

    /// Reads a video, edits it and stores it, anew for as long as somebody else is quicker.
    ///
    /// - Parameters:
    ///   - id: The video's identifier.
    ///   - attempts: How often to try at most.
    ///   - edit: Changes the fields of the current row. It is called once an attempt.
    /// - Returns: The next version of the row.
    /// - Throws: What ``update(_:expecting:_:)`` throws, and what `edit` throws.
    @discardableResult
    public func update(
        _ id: Video.ID, attempts: Int = 10, _ edit: (inout Video) throws -> Void
    ) async throws -> Video {
        var video = try await requiredVideo(id: id)
        var attempt = 1
        while true {
            do {
                return try await update(video, edit)
            } catch let error as CatalogError where error.code == .versionConflict && attempt < attempts {
                attempt += 1
                video = if let current = error.current { current } else { try await requiredVideo(id: id) }
            }
        }
    }

    /// Lists live videos of a session.
    ///
    /// - Parameters:
    ///   - sessionID: The session.
    ///   - page: How many, and after which.
    /// - Returns: The page, the newest first.
    /// - Throws: What ``videos(matching:page:)`` throws.
    public func videos(in sessionID: CourseSessionID, page: PageRequest = .first(50)) async throws -> VideoPage {
        try await videos(matching: VideoQuery(sessionID: sessionID), page: page)
    }

    /// Lists deleted videos.
    ///
    /// - Parameter page: How many, and after which.
    /// - Returns: The page, the newest first.
    /// - Throws: What ``videos(matching:page:)`` throws.
    public func deletedVideos(page: PageRequest = .first(50)) async throws -> VideoPage {
        try await videos(matching: VideoQuery(deletion: .deleted), page: page)
    }

    /// Lists uploads that never came.
    ///
    /// To work on them with several workers, see ``claim(_:limit:lease:)``.
    ///
    /// - Parameters:
    ///   - instant: The time.
    ///   - page: How many, and after which.
    /// - Returns: The page, the oldest first.
    /// - Throws: What ``videos(matching:page:)`` throws.
    public func expiredUploads(at instant: Date = Date(), page: PageRequest = .first(50)) async throws -> VideoPage {
        let query = VideoQuery(
            states: [.pendingUpload, .uploading], uploadExpiresBy: instant, order: .oldestFirst)
        return try await videos(matching: query, page: page)
    }

    /// Deletes a video whichever version it is at, so that it can be restored.
    ///
    /// - Parameter id: Its identifier.
    /// - Returns: The deleted row.
    /// - Throws: ``CatalogError`` with the code `notFound`.
    @discardableResult
    public func delete(_ id: Video.ID) async throws -> Video { try await delete(id, expecting: nil) }

    /// Removes for good what was deleted before an instant, and nobody has claimed.
    ///
    /// - Parameters:
    ///   - instant: The instant.
    ///   - limit: How many at most: 1 to 1,000.
    /// - Returns: The rows that were removed, whose objects may now be deleted.
    /// - Throws: What ``purge(_:)`` throws.
    public func purge(deletedBefore instant: Date, limit: Int = 100) async throws -> [Video] {
        try await purge(.deletedBefore(instant, limit: limit))
    }
}
