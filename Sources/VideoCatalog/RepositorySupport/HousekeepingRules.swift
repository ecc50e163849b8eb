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
            return isWaiting && !video.isDeleted ? video.uploadExpiresAt : nil
        case .deletions: return video.isDeleted ? nil : video.deleteAfter
        case .purges: return video.deletedAt
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
        if case .purges(let limit) = task { return dueDate < limit }
        return dueDate <= now
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
        guard Limits.leaseRange.contains(lease) else {
            throw CatalogError(.invalidArgument, "Invalid lease: expected 1 second to 24 hours, not \(lease).")
        }
        guard case .purges(let date) = task else { return task }
        return .purges(deletedBefore: try purgeDate(date))
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
            return .deletedBefore(try purgeDate(date), limit: limit)
        case .claimed(let claims):
            try checkBatchSize(claims.count)
            return selection
        }
    }

    private static func purgeDate(_ date: Date) throws(CatalogError) -> Date {
        guard let timestamp = CatalogTimestamp(clamping: date) else {
            throw CatalogError(.invalidArgument, "Invalid purge: deletedBefore must be a date, not NaN.")
        }
        return timestamp.date
    }
}
