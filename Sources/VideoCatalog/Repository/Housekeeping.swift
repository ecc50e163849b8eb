#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What a worker does with the videos that it claims.
public enum HousekeepingTask: Sendable, Hashable {
    /// Uploads that never came: live videos that are `pendingUpload` or `uploading`, whose ``Video/uploadExpiresAt`` is not
    /// later than now.
    case expiredUploads
    /// Videos that are to be deleted: live videos whose ``Video/deleteAfter`` is not later than now.
    case deletions
    /// Videos that are to be removed for good: deleted videos whose ``Video/deletedAt`` is before an instant.
    case purges(deletedBefore: Date)

    /// When a video falls due for this task.
    ///
    /// - Parameter video: Any video.
    /// - Returns: The instant by which claims are ordered; `nil` if the task is never for it in its state.
    public func dueDate(of video: Video) -> Date? {
        switch self {
        case .expiredUploads:
            let isWaiting = video.state == .pendingUpload || video.state == .uploading
            return isWaiting && !video.isDeleted ? video.uploadExpiresAt : nil
        case .deletions: return video.isDeleted ? nil : video.deleteAfter
        case .purges: return video.deletedAt
        }
    }

    /// Whether a video is due.
    ///
    /// - Parameters:
    ///   - video: Any video.
    ///   - now: The time.
    /// - Returns: Whether the task is for it now.
    public func isDue(_ video: Video, at now: Date) -> Bool {
        guard let due = dueDate(of: video) else { return false }
        if case .purges(let instant) = self { return due < instant }
        return due <= now
    }

    /// The task with its instant to the microsecond, within what the catalog keeps: what every repository calls first.
    ///
    /// - Parameters:
    ///   - limit: How many videos to claim.
    ///   - lease: How long the claim is to last.
    /// - Returns: The same task.
    /// - Throws: ``CatalogError`` with the code `invalidArgument`.
    public func validated(limit: Int, lease: Duration) throws(CatalogError) -> HousekeepingTask {
        try CatalogError.check(limit: limit)
        guard CatalogLimits.lease.contains(lease) else {
            throw CatalogError(.invalidArgument, "the lease must be 1 second to 24 hours, not \(lease)")
        }
        guard case .purges(let instant) = self else { return self }
        return .purges(deletedBefore: try CatalogError.bound(instant))
    }
}

/// A worker's right to a video for a while.
public struct VideoClaim: Sendable, Hashable {
    /// The video as it was when it was claimed.
    public let video: Video
    /// What tells this claim from all others.
    public let token: UUID
    /// Until when nobody else can claim the video.
    public let expiresAt: Date

    /// Names a claim: for those who write a repository of their own.
    ///
    /// - Parameters:
    ///   - video: The video.
    ///   - token: A UUID that was never used before.
    ///   - expiresAt: The end of the lease.
    public init(video: Video, token: UUID, expiresAt: Date) {
        self.video = video
        self.token = token
        self.expiresAt = expiresAt
    }
}

/// Which deleted videos to remove for good.
public enum PurgeSelection: Sendable, Hashable {
    /// Those deleted before an instant that nobody has claimed; the ones deleted first, 1 to 1,000 of them.
    case deletedBefore(Date, limit: Int)
    /// Those of these claims that have not run out, whose videos are still deleted; up to 1,000.
    case claimed([VideoClaim])

    /// The selection with its instant to the microsecond: what every repository calls first.
    ///
    /// - Returns: The same selection.
    /// - Throws: ``CatalogError`` with the code `invalidArgument`.
    public func validated() throws(CatalogError) -> PurgeSelection {
        switch self {
        case .deletedBefore(let instant, let limit):
            try CatalogError.check(limit: limit)
            return .deletedBefore(try CatalogError.bound(instant), limit: limit)
        case .claimed(let claims):
            try CatalogError.check(count: claims.count)
            return self
        }
    }
}

extension CatalogError {
    /// Refuses more than a call takes: what every repository calls first.
    ///
    /// - Parameter count: How many identifiers or claims there are.
    /// - Throws: ``CatalogError`` with the code `invalidArgument` for more than ``CatalogLimits/batchSize``.
    public static func check(count: Int) throws(CatalogError) {
        guard count <= CatalogLimits.batchSize else {
            throw CatalogError(
                .invalidArgument, "one call takes \(CatalogLimits.batchSize) at most, not \(count): call more than once"
            )
        }
    }

    fileprivate static func bound(_ instant: Date) throws(CatalogError) -> Date {
        guard let instant = CatalogInstant(clamping: instant) else {
            throw CatalogError(.invalidArgument, "deletedBefore must be an instant, not NaN")
        }
        return instant.date
    }
}
