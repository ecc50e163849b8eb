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
/// A call for one row that can't be decoded throws a ``CatalogError`` with the code `corruptRow` and changes nothing. A
/// call for many rows continues, and reports such rows by identifier and column beside its result.
///
/// Every method throws a ``CatalogError`` if the catalog rejects a call or the store fails, and a `CancellationError`
/// if the task was canceled and nothing was changed.
public protocol VideoRepository: Sendable {
    /// Inserts a video if its uploader stays within limits.
    ///
    /// The check and the insertion are one: parallel insertions for one uploader never exceed a limit together, and
    /// none is refused while there is room. Updates, restorations and replacements aren't limited. Read
    /// ``uploadUsage(of:)`` before them.
    ///
    /// - Parameters:
    ///   - video: The video to insert. A limit on bytes needs its ``NewVideo/byteSize``.
    ///   - limits: The limits for the uploader's open uploads and videos, this one included.
    /// - Returns: The row as it is stored, in version 1.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument` for a negative limit, `invalidFields`, `idTaken`,
    ///   `objectKeyTaken` or `uploadLimitExceeded`, of which the first that applies is thrown.
    @discardableResult
    func insert(_ video: NewVideo, within limits: UploadLimits) async throws -> Video

    /// Returns the current usage of a user: open uploads and stored videos.
    ///
    /// - Parameter user: The user who uploaded the videos.
    /// - Returns: The number and the sizes, which are zero for an unknown user.
    /// - Throws: A ``CatalogError`` if the store can't be read.
    func uploadUsage(of user: UserID) async throws -> UploadUsage

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
    func videos(ids: [Video.ID], includingDeleted: Bool) async throws -> VideoBatch

    /// Returns the live video with an object key.
    ///
    /// - Parameter objectKey: The key, compared byte for byte.
    /// - Returns: The video, or `nil` if no live video has the key.
    /// - Throws: A ``CatalogError`` if the store can't be read.
    func video(objectKey: String) async throws -> Video?

    /// Returns the videos with several object keys.
    ///
    /// Thumbnails, renditions, uploads and replaced objects aren't searched.
    ///
    /// - Parameters:
    ///   - objectKeys: At most 1,000 keys, compared byte for byte.
    ///   - includingDeleted: A Boolean value that indicates whether to find deleted videos.
    /// - Returns: The existing videos, in the order of the keys, each of them once. For one key, the live video comes
    ///   first, then deleted ones, the last deleted first and then by identifier.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument` for more than 1,000 keys.
    func videos(objectKeys: [String], includingDeleted: Bool) async throws -> VideoBatch

    /// Changes a live video.
    ///
    /// - Parameters:
    ///   - id: The identifier.
    ///   - version: The version that the caller has seen.
    ///   - changes: The fields to change.
    /// - Returns: The next version of the row.
    /// - Throws: A ``CatalogError`` with the code `notFound`, `versionConflict`, `illegalTransition`,
    ///   `uploadInProgress`, `invalidFields` or `objectKeyTaken`. A conflict carries the current row.
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
    /// - Throws: A ``CatalogError`` with the code `notFound` if the video was purged, `purgeStarted` after
    ///   ``startPurge(_:)``, `claimed` while a worker's claim lasts, or `objectKeyTaken` if another live video has its
    ///   key or its upload's key now.
    @discardableResult
    func restore(_ id: Video.ID) async throws -> Video

    /// Removes deleted videos for good.
    ///
    /// A row that the database refuses to remove, because a row of your app refers to it, doesn't stop the others.
    ///
    /// - Parameter selection: The videos to remove. Live videos are never removed.
    /// - Returns: The removed rows, the keys of objects that your app may delete, and the rows that stay.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument`.
    @discardableResult
    func purge(_ selection: PurgeSelection) async throws -> PurgeResult

    /// Declares that the objects of claimed, deleted videos are about to be deleted.
    ///
    /// The videos can't be restored afterwards, even when the claims have ended. Another worker may claim and finish
    /// them. Call this before you delete an object, and delete no other keys than those it returns.
    ///
    /// - Parameter claims: At most 1,000 claims. Claims that have ended and videos that aren't deleted are skipped.
    ///   Your worker must not delete their objects.
    /// - Returns: The marked videos, in the order of the claims, each of them once. The first call raises the version.
    ///   A video that was marked before is returned unchanged.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument` for more than 1,000 claims.
    func startPurge(_ claims: [VideoClaim]) async throws -> PurgeStart

    /// Claims videos for housekeeping, so that no other worker claims them while the lease lasts.
    ///
    /// A claim changes neither the video nor its version. It keeps other workers away and prevents the restoration of a
    /// deleted video while it lasts, nothing else. To delete objects, call ``startPurge(_:)`` first.
    ///
    /// - Parameters:
    ///   - task: The kind of work.
    ///   - limit: The maximum number of videos, 1 to 1,000.
    ///   - lease: The duration of the claims, 1 second to 24 hours.
    /// - Returns: Claims of videos without another valid claim. Videos that have been due the longest come first.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument`.
    func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) async throws -> ClaimBatch

    /// Extends claims that are still held.
    ///
    /// - Parameters:
    ///   - claims: At most 1,000 claims.
    ///   - lease: The new duration of the claims from now, 1 second to 24 hours.
    /// - Returns: The claims with their new end, in the same order, each of them once. A claim that isn't returned is
    ///   lost, because it ended or was released: stop working on its video.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument`.
    func renew(_ claims: [VideoClaim], lease: Duration) async throws -> [VideoClaim]

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
