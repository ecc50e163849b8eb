#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension VideoRepository {
    /// Inserts a video without limits for its uploader.
    ///
    /// - Parameter video: The video to insert.
    /// - Returns: The row as it is stored, in version 1.
    /// - Throws: A ``CatalogError`` with the code `invalidFields`, `idTaken` or `objectKeyTaken`.
    @discardableResult
    public func insert(_ video: NewVideo) async throws -> Video { try await insert(video, within: .none) }

    /// Returns the live video with an identifier.
    ///
    /// - Parameter id: The identifier.
    /// - Returns: The video, or `nil` if there is no such live video.
    /// - Throws: A ``CatalogError`` if the store can't be read.
    public func video(id: Video.ID) async throws -> Video? { try await video(id: id, includingDeleted: false) }

    /// Returns the live video with an identifier, which must exist.
    ///
    /// - Parameter id: The identifier.
    /// - Returns: The video.
    /// - Throws: A ``CatalogError`` with the code `notFound` if there is no such live video.
    public func requiredVideo(id: Video.ID) async throws -> Video {
        guard let video = try await video(id: id) else { throw CatalogError.notFound(id) }
        return video
    }

    /// Returns the live videos with several identifiers.
    ///
    /// - Parameter ids: At most 1,000 identifiers.
    /// - Returns: The existing videos, in the order of the identifiers, each of them once.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument` for more than 1,000 identifiers.
    public func videos(ids: [Video.ID]) async throws -> VideoBatch {
        try await videos(ids: ids, includingDeleted: false)
    }

    /// Stores an edited video, unless it has been changed since it was read.
    ///
    /// ```swift
    /// let renamed = try await repository.update(video) { $0.title = "Lecture 2" }
    /// ```
    ///
    /// - Parameters:
    ///   - video: The video as it was read.
    ///   - edit: A closure that changes the fields. Changes of the identifier, the version, ``Video/createdAt``,
    ///     ``Video/updatedAt``, ``Video/deletedAt`` and ``Video/purgeStartedAt`` are ignored.
    /// - Returns: The next version of the row.
    /// - Throws: The errors of ``update(_:expecting:_:)`` and of `edit`.
    @discardableResult
    public func update(_ video: Video, _ edit: (inout Video) throws -> Void) async throws -> Video {
        var edited = video
        try edit(&edited)
        return try await update(video.id, expecting: video.version, VideoChanges(from: video, to: edited))
    }

    /// Reads a video, edits it and stores it, and starts again after a version conflict.
    ///
    /// Before each further attempt, it pauses for a random time. The maximum of the pause doubles with each attempt, so
    /// that many tasks can edit one video at once.
    ///
    /// - Parameters:
    ///   - id: The identifier.
    ///   - attempts: The maximum number of attempts.
    ///   - edit: A closure that changes the fields of the current row. Each attempt calls it once.
    /// - Returns: The next version of the row.
    /// - Throws: The errors of ``update(_:expecting:_:)`` and of `edit`. `CancellationError` if the task is canceled
    ///   during a pause.
    @discardableResult
    public func update(
        _ id: Video.ID, attempts: Int = 20, _ edit: (inout Video) throws -> Void
    ) async throws -> Video {
        var backoff = ConflictBackoff()
        while true {
            let video = try await requiredVideo(id: id)
            do {
                return try await update(video, edit)
            } catch let error as CatalogError where error.code == .versionConflict && backoff.conflicts + 1 < attempts {
                // The row is read after the pause, so that it isn't stale again.
                try await backoff.pause()
            }
        }
    }

    /// Deletes a video in any version, so that it can be restored.
    ///
    /// - Parameter id: The identifier.
    /// - Returns: The deleted row.
    /// - Throws: A ``CatalogError`` with the code `notFound`.
    @discardableResult
    public func delete(_ id: Video.ID) async throws -> Video { try await delete(id, expecting: nil) }

    /// Removes videos for good that were deleted before a date and that no worker has claimed.
    ///
    /// - Parameters:
    ///   - date: The date.
    ///   - limit: The maximum number of videos, 1 to 1,000.
    /// - Returns: The removed rows, the keys of objects that your app should delete now, and the rows that stay.
    /// - Throws: The errors of ``purge(_:)``.
    public func purge(deletedBefore date: Date, limit: Int = 100) async throws -> PurgeResult {
        try await purge(.deletedBefore(date, limit: limit))
    }

    /// Returns one page of the live videos of a session, the newest first.
    ///
    /// - Parameters:
    ///   - sessionID: The session.
    ///   - page: The size of the page and the cursor after which it starts.
    /// - Returns: The page.
    /// - Throws: The errors of ``videos(matching:page:)``.
    public func videos(in sessionID: CourseSessionID, page: PageRequest = .first(50)) async throws -> VideoPage {
        try await videos(matching: VideoQuery(sessionID: sessionID), page: page)
    }

    /// Returns one page of the deleted videos, the newest first.
    ///
    /// - Parameter page: The size of the page and the cursor after which it starts.
    /// - Returns: The page.
    /// - Throws: The errors of ``videos(matching:page:)``.
    public func deletedVideos(page: PageRequest = .first(50)) async throws -> VideoPage {
        try await videos(matching: VideoQuery(deletion: .deleted), page: page)
    }

    /// Returns one page of the uploads that never arrived, the oldest first.
    ///
    /// Unfinished replacements aren't in this list. To process all of them with several workers, use
    /// ``claim(_:limit:lease:)``.
    ///
    /// - Parameters:
    ///   - date: The date by which the uploads must have expired.
    ///   - page: The size of the page and the cursor after which it starts.
    /// - Returns: The page.
    /// - Throws: The errors of ``videos(matching:page:)``.
    public func expiredUploads(at date: Date = Date(), page: PageRequest = .first(50)) async throws -> VideoPage {
        let query = VideoQuery(states: [.pendingUpload, .uploading], uploadExpiresBy: date, order: .oldestFirst)
        return try await videos(matching: query, page: page)
    }

    /// Returns all videos that match a query, as a sequence that reads one page at a time.
    ///
    /// ```swift
    /// for try await video in repository.allVideos(matching: VideoQuery(uploadedBy: "42")) { print(video.title) }
    /// ```
    ///
    /// Rows that can't be read are skipped and passed to a closure. A walk sees the rows that exist when it reads their
    /// page. It isn't a change feed, see ``VideoPage``.
    ///
    /// - Parameters:
    ///   - query: The conditions and the order.
    ///   - pageSize: The number of videos to read at once, 1 to 1,000.
    ///   - onUnreadable: A closure that receives every row that can't be read.
    /// - Returns: A sequence that can be iterated more than once. Iterating throws the errors of
    ///   ``videos(matching:page:)``.
    public func allVideos(
        matching query: VideoQuery = VideoQuery(), pageSize: Int = 200,
        onUnreadable: (@Sendable (UnreadableRow) -> Void)? = nil
    ) -> some AsyncSequence<Video, any Error> & Sendable {
        AllVideos(repository: self, query: query, pageSize: pageSize, onUnreadable: onUnreadable)
    }
}

private struct AllVideos<Repository: VideoRepository>: AsyncSequence, Sendable {
    let repository: Repository
    let query: VideoQuery
    let pageSize: Int
    let onUnreadable: (@Sendable (UnreadableRow) -> Void)?

    func makeAsyncIterator() -> Iterator {
        Iterator(repository: repository, query: query, onUnreadable: onUnreadable, next: .first(pageSize))
    }

    struct Iterator: AsyncIteratorProtocol {
        let repository: Repository
        let query: VideoQuery
        let onUnreadable: (@Sendable (UnreadableRow) -> Void)?
        var next: PageRequest?
        var videos: ArraySlice<Video> = []

        mutating func next() async throws -> Video? {
            while videos.isEmpty, let request = next {
                let page = try await repository.videos(matching: query, page: request)
                if let onUnreadable { page.unreadable.forEach(onUnreadable) }
                videos = page.videos[...]
                next = page.next.map { .after($0, limit: request.limit) }
            }
            return videos.popFirst()
        }
    }
}

/// The pauses between attempts to change a row that others change at the same time.
///
/// Without them, many tasks that edit one row use up their attempts on each other.
package struct ConflictBackoff: Sendable {
    /// The number of conflicts so far.
    package private(set) var conflicts = 0
    private var start = ContinuousClock.now

    /// Creates the pauses of an operation whose first attempt starts now.
    package init() {}

    /// Waits after a conflict: for a random time, on average twice as long as before, and longer if the store is slow.
    /// - Throws: `CancellationError` if the task is canceled.
    package mutating func pause() async throws {
        conflicts += 1
        let longest = max(.milliseconds(1), ContinuousClock.now - start) * (1 << min(conflicts, 8))
        try await Task.sleep(for: min(longest, .seconds(1)) * Double.random(in: 0...1))
        start = .now
    }
}
