#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Checks of housekeeping calls, and which videos are due.
extension RepositorySupport {
    /// Returns the date when a video is due for a task.
    ///
    /// - Parameters:
    ///   - video: Any row.
    ///   - task: The task.
    /// - Returns: The date, by which claims are ordered, or `nil` if the task doesn't apply to the video in its state.
    public static func dueDate(of video: Video, for task: HousekeepingTask) -> Date? {
        switch task {
        case .expiredUploads:
            let isWaiting = video.state == .pendingUpload || video.state == .uploading
            return (isWaiting || video.replacement != nil) && !video.isDeleted ? video.uploadExpiresAt : nil
        case .deletions: return video.isDeleted ? nil : video.deleteAfter
        case .purges: return video.deletedAt
        case .stalledUploads:
            let isUnfinished =
                switch video.state {
                case .uploading, .verifying: true
                case .pendingUpload: video.uploadExpiresAt == nil
                case .ready, .failed, .expired: video.replacement != nil && video.uploadExpiresAt == nil
                }
            return isUnfinished && !video.isDeleted ? video.updatedAt : nil
        case .replacedObjects: return video.isDeleted || video.replacedKeys.isEmpty ? nil : video.updatedAt
        }
    }

    /// Returns a Boolean value that indicates whether a video is due for a task.
    ///
    /// - Parameters:
    ///   - video: Any row.
    ///   - task: The task.
    ///   - now: The current date.
    /// - Returns: `true` if a worker may claim the video for the task.
    public static func isDue(_ video: Video, for task: HousekeepingTask, at now: Date) -> Bool {
        guard let dueDate = dueDate(of: video, for: task) else { return false }
        return switch task {
        case .purges(let limit), .stalledUploads(let limit): dueDate < limit
        case .expiredUploads, .deletions, .replacedObjects: dueDate <= now
        }
    }

    /// Returns a task whose date is rounded to the microsecond and limited to the range that the catalog stores.
    ///
    /// - Parameters:
    ///   - task: The task that a repository received.
    ///   - limit: The maximum number of videos to claim.
    ///   - lease: The duration of the claims.
    /// - Returns: A task that applies to the same videos.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument` if the limit, the lease or the date is out of
    ///   range.
    public static func validatedTask(
        _ task: HousekeepingTask, limit: Int, lease: Duration
    ) throws(CatalogError) -> HousekeepingTask {
        try checkPageLimit(limit)
        try checkLease(lease)
        switch task {
        case .purges(let date): return .purges(deletedBefore: try bound(date, "deletedBefore"))
        case .stalledUploads(let date): return .stalledUploads(unchangedSince: try bound(date, "unchangedSince"))
        case .expiredUploads, .deletions, .replacedObjects: return task
        }
    }

    /// Checks the arguments of a renewal.
    ///
    /// - Parameters:
    ///   - claims: The claims to renew.
    ///   - lease: Their new duration.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument` if there are too many claims or the lease is out of
    ///   range.
    public static func checkRenewal(of claims: [VideoClaim], lease: Duration) throws(CatalogError) {
        try checkBatchSize(claims.count)
        try checkLease(lease)
    }

    /// Returns a selection whose date is rounded to the microsecond and limited to the range that the catalog stores.
    ///
    /// - Parameter selection: The selection that a repository received.
    /// - Returns: A selection of the same videos.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument` if the limit, the number of claims or the date is
    ///   out of range.
    public static func validatedSelection(_ selection: PurgeSelection) throws(CatalogError) -> PurgeSelection {
        switch selection {
        case .deletedBefore(let date, let limit):
            try checkPageLimit(limit)
            return .deletedBefore(try bound(date, "deletedBefore"), limit: limit)
        case .claimed(let claims):
            try checkBatchSize(claims.count)
            return selection
        }
    }

    /// Returns the keys of all objects of a video: the object, the thumbnail, the renditions, the unfinished upload and
    /// the replaced objects.
    ///
    /// - Parameter video: Any row.
    /// - Returns: The keys, each of them once, compared byte for byte.
    public static func keys(of video: Video) -> [String] {
        let others = keysBesideObject(of: video)
        guard !others.isEmpty else { return [video.objectKey] }
        var seen: Set<ExactString> = [ExactString(video.objectKey)]
        return [video.objectKey] + others.filter { seen.insert(ExactString($0)).inserted }
    }

    /// Returns the keys of a video's objects beside its object key.
    ///
    /// - Parameter video: Any row.
    /// - Returns: The keys of the thumbnail, the renditions, a replacement and the replaced objects. A key may repeat.
    static func keysBesideObject(of video: Video) -> [String] {
        playbackKeys(of: video) + (video.replacement.map { [$0.objectKey] } ?? []) + video.replacedKeys
    }

    /// Returns the keys of a video's thumbnail and renditions, of which one may repeat.
    static func playbackKeys(of video: Video) -> [String] {
        (video.thumbnailKey.map { [$0] } ?? []) + video.renditions.map(\.key)
    }

    /// Returns the keys of rows that no other row uses.
    ///
    /// - Parameters:
    ///   - videos: Rows that were removed or marked.
    ///   - isUsed: A closure that returns whether a remaining row without a started purge uses a key.
    /// - Returns: The keys, sorted by their bytes, each of them once.
    /// - Throws: The errors of `isUsed`.
    public static func unusedKeys(of videos: [Video], isUsed: (String) throws -> Bool) rethrows -> [String] {
        let keys = Set(videos.flatMap(keys(of:)).map(ExactString.init)).map(\.string)
        return try keys.filter { try !isUsed($0) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func checkLease(_ lease: Duration) throws(CatalogError) {
        guard Limits.leaseRange.contains(lease) else {
            throw CatalogError(.invalidArgument, "Invalid lease: expected 1 second to 24 hours, not \(lease).")
        }
    }

    private static func bound(_ date: Date, _ name: String) throws(CatalogError) -> Date {
        guard let timestamp = CatalogTimestamp(clamping: date) else {
            throw CatalogError(.invalidArgument, "Invalid date: \(name) must be a date, not NaN.")
        }
        return timestamp.date
    }
}
