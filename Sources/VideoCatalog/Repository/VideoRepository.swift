#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A catalog of videos.
///
/// All repositories behave alike, because ``RepositorySupport`` computes each new row. A repository makes every change
/// atomic, keeps object keys unique among live videos, and finds rows without reading all of them. The product
/// `VideoCatalogTesting` provides this contract as tests.
///
/// Every method throws a ``CatalogError`` if the catalog rejects a call or the store fails, and a `CancellationError`
/// if the task was canceled and nothing was changed.
public protocol VideoRepository: Sendable {
    /// Inserts a video.
    ///
    /// - Parameter video: The video to insert.
    /// - Returns: The row as it is stored, in version 1.
    /// - Throws: A ``CatalogError`` with the code `invalidFields`, `objectKeyTaken` or `idTaken`.
    @discardableResult
    func insert(_ video: NewVideo) async throws -> Video

    /// Returns the video with an identifier.
    ///
    /// - Parameters:
    ///   - id: The identifier.
    ///   - includingDeleted: A Boolean value that indicates whether to find a deleted video.
    /// - Returns: The video, or `nil` if it doesn't exist.
    /// - Throws: A ``CatalogError`` if the store can't be read.
    func video(id: Video.ID, includingDeleted: Bool) async throws -> Video?

    /// Returns the videos with several identifiers.
    ///
    /// - Parameters:
    ///   - ids: At most 1,000 identifiers.
    ///   - includingDeleted: A Boolean value that indicates whether to find deleted videos.
    /// - Returns: The existing videos, in the order of the identifiers, each of them once.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument` for more than 1,000 identifiers.
    func videos(ids: [Video.ID], includingDeleted: Bool) async throws -> [Video]

    /// Returns the live video with an object key.
    ///
    /// - Parameter objectKey: The key, compared byte for byte.
    /// - Returns: The video, or `nil` if no live video has the key.
    /// - Throws: A ``CatalogError`` if the store can't be read.
    func video(objectKey: String) async throws -> Video?

    /// Changes a live video.
    ///
    /// - Parameters:
    ///   - id: The identifier.
    ///   - version: The version that the caller has seen.
    ///   - changes: The fields to change.
    /// - Returns: The next version of the row.
    /// - Throws: A ``CatalogError`` with the code `notFound`, `versionConflict`, `illegalTransition`, `invalidFields`
    ///   or `objectKeyTaken`. A conflict carries the current row.
    @discardableResult
    func update(_ id: Video.ID, expecting version: Int, _ changes: VideoChanges) async throws -> Video

    /// Returns one page of the videos that match a query.
    ///
    /// - Parameters:
    ///   - query: The conditions and the order.
    ///   - page: The size of the page and the cursor after which it starts.
    /// - Returns: The page.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument` or `invalidCursor`.
    func videos(matching query: VideoQuery, page: PageRequest) async throws -> VideoPage

    /// Returns the number of videos that match a query.
    ///
    /// - Parameter query: The conditions.
    /// - Returns: The number of videos.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument`.
    func count(matching query: VideoQuery) async throws -> Int

    /// Deletes a video so that it can be restored.
    ///
    /// - Parameters:
    ///   - id: The identifier.
    ///   - version: The version that the caller has seen, or `nil` to accept any version.
    /// - Returns: The deleted row. A video that is deleted already is returned unchanged, whatever its version.
    /// - Throws: A ``CatalogError`` with the code `notFound` or `versionConflict`.
    @discardableResult
    func delete(_ id: Video.ID, expecting version: Int?) async throws -> Video

    /// Restores a deleted video.
    ///
    /// - Parameter id: The identifier.
    /// - Returns: The live row. A video that is live already is returned unchanged.
    /// - Throws: A ``CatalogError`` with the code `notFound` if the video was purged, `objectKeyTaken` if another live
    ///   video has its key now, or `claimed` while a worker's claim lasts, because the worker may have deleted the
    ///   object.
    @discardableResult
    func restore(_ id: Video.ID) async throws -> Video

    /// Removes deleted videos for good.
    ///
    /// - Parameter selection: The videos to remove. Live videos are never removed.
    /// - Returns: The removed rows. Your app may now delete their objects.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument`.
    @discardableResult
    func purge(_ selection: PurgeSelection) async throws -> [Video]

    /// Claims videos for housekeeping, so that no other worker claims them while the lease lasts.
    ///
    /// A claim changes neither the video nor its version. It keeps other workers away and prevents the restoration of a
    /// deleted video, nothing else.
    ///
    /// - Parameters:
    ///   - task: The kind of work.
    ///   - limit: The maximum number of videos, 1 to 1,000.
    ///   - lease: The duration of the claims, 1 second to 24 hours.
    /// - Returns: Claims of videos without another valid claim. Videos that have been due the longest come first.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument`.
    func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) async throws -> [VideoClaim]

    /// Releases claims before they expire.
    ///
    /// - Parameter claims: Any claims. Those that have expired or been replaced by another worker's are ignored.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument` for more than 1,000 claims.
    func release(_ claims: [VideoClaim]) async throws
}

/// A function that returns the current date.
///
/// Repositories receive it, so that tests don't need to wait.
public typealias CatalogClock = @Sendable () -> Date
