#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A catalog of videos.
///
/// All repositories behave alike, because ``RepositorySupport`` decides what becomes of a row. A repository makes each
/// change atomic, keeps object keys unique among live videos, and finds rows without reading all of them. The product
/// `VideoCatalogTesting` provides the contract as tests.
///
/// Every method throws ``CatalogError`` for what the catalog refuses or the store cannot do, and `CancellationError` where
/// the task was cancelled and nothing was changed.
public protocol VideoRepository: Sendable {
    /// Adds a video.
    ///
    /// - Parameter video: What is known of it.
    /// - Returns: The row as it is stored, in version 1.
    /// - Throws: ``CatalogError``: `invalidFields`, `objectKeyTaken`, `idTaken`.
    @discardableResult
    func insert(_ video: NewVideo) async throws -> Video

    /// Finds a video.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - includingDeleted: Whether to find it if it is deleted.
    /// - Returns: The video, or `nil`.
    /// - Throws: ``CatalogError`` if the store cannot be read.
    func video(id: Video.ID, includingDeleted: Bool) async throws -> Video?

    /// Finds several videos.
    ///
    /// - Parameters:
    ///   - ids: Up to 1,000 identifiers.
    ///   - includingDeleted: Whether to find deleted ones.
    /// - Returns: The videos that there are, in the order of the identifiers; each of them once.
    /// - Throws: ``CatalogError``: `invalidArgument` for more than 1,000.
    func videos(ids: [Video.ID], includingDeleted: Bool) async throws -> [Video]

    /// Finds the live video with an object key.
    ///
    /// - Parameter objectKey: The key, byte for byte.
    /// - Returns: The video, or `nil`.
    /// - Throws: ``CatalogError`` if the store cannot be read.
    func video(objectKey: String) async throws -> Video?

    /// Changes a live video.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - version: The version that the caller has seen.
    ///   - changes: What to change.
    /// - Returns: The next version of the row.
    /// - Throws: ``CatalogError``: `notFound`, `versionConflict`, `illegalTransition`, `invalidFields`,
    ///   `objectKeyTaken`. A conflict carries the current row.
    @discardableResult
    func update(_ id: Video.ID, expecting version: Int, _ changes: VideoChanges) async throws -> Video

    /// Lists videos.
    ///
    /// - Parameters:
    ///   - query: Which videos, and in which order.
    ///   - page: How many, and after which.
    /// - Returns: The page.
    /// - Throws: ``CatalogError``: `invalidArgument`, `invalidCursor`.
    func videos(matching query: VideoQuery, page: PageRequest) async throws -> VideoPage

    /// Counts videos.
    ///
    /// - Parameter query: Which videos.
    /// - Returns: How many there are.
    /// - Throws: ``CatalogError``: `invalidArgument`.
    func count(matching query: VideoQuery) async throws -> Int

    /// Deletes a video so that it can be restored.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - version: The version that the caller has seen; `nil` for whichever it is.
    /// - Returns: The deleted row. One that was deleted before is returned as it is, whatever the version.
    /// - Throws: ``CatalogError``: `notFound`, `versionConflict`.
    @discardableResult
    func delete(_ id: Video.ID, expecting version: Int?) async throws -> Video

    /// Makes a deleted video live again.
    ///
    /// - Parameter id: Its identifier.
    /// - Returns: The live row. One that is live already is returned as it is.
    /// - Throws: ``CatalogError``: `notFound` for one that was purged, `objectKeyTaken` if another live video has its key
    ///   by now, `claimed` while a worker's claim lasts: it may have deleted the object.
    @discardableResult
    func restore(_ id: Video.ID) async throws -> Video

    /// Removes deleted videos for good.
    ///
    /// - Parameter selection: Which ones. Live videos are never removed.
    /// - Returns: The rows that were removed, whose objects may now be deleted.
    /// - Throws: ``CatalogError``: `invalidArgument`.
    @discardableResult
    func purge(_ selection: PurgeSelection) async throws -> [Video]

    /// Takes videos for housekeeping, so that no other worker takes them while the claim lasts.
    ///
    /// A claim changes neither the video nor its version. It keeps other workers away, and a deleted video from being
    /// restored; nothing else.
    ///
    /// - Parameters:
    ///   - task: What is to be done.
    ///   - limit: How many at most: 1 to 1,000.
    ///   - lease: How long the claim lasts: 1 second to 24 hours.
    /// - Returns: The videos that nobody else has claimed, those that are due the longest first.
    /// - Throws: ``CatalogError``: `invalidArgument`.
    func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) async throws -> [VideoClaim]

    /// Gives claims back before they run out.
    ///
    /// - Parameter claims: Any claims; those that ran out or are somebody else's by now are left alone.
    /// - Throws: ``CatalogError``: `invalidArgument` for more than 1,000.
    func release(_ claims: [VideoClaim]) async throws
}

/// What is the time: injected into repositories, so that tests need not wait.
public typealias CatalogClock = @Sendable () -> Date
