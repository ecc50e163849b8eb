#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The kind of work for which a worker claims videos.
public enum HousekeepingTask: Sendable, Hashable {
    /// Uploads that never arrived: live videos that are `pendingUpload` or `uploading` and whose
    /// ``Video/uploadExpiresAt`` is now or earlier.
    case expiredUploads
    /// Videos to delete: live videos whose ``Video/deleteAfter`` is now or earlier.
    case deletions
    /// Videos to remove for good: deleted videos whose ``Video/deletedAt`` is before a date.
    case purges(deletedBefore: Date)
}

/// A worker's temporary right to process a video.
public struct VideoClaim: Sendable, Hashable {
    /// The video as it was when the worker claimed it.
    public let video: Video
    /// The identifier of this claim.
    public let token: UUID
    /// The date until which no other worker can claim the video.
    public let expiresAt: Date

    /// Creates a claim. Repositories call this, apps receive claims from ``VideoRepository/claim(_:limit:lease:)``.
    ///
    /// - Parameters:
    ///   - video: The claimed video.
    ///   - token: A UUID that was never used before.
    ///   - expiresAt: The end of the lease.
    public init(video: Video, token: UUID, expiresAt: Date) {
        self.video = video
        self.token = token
        self.expiresAt = expiresAt
    }
}

/// The deleted videos to remove for good.
public enum PurgeSelection: Sendable, Hashable {
    /// Videos deleted before a date and not claimed by any worker. The limit is 1 to 1,000, and the videos deleted first
    /// are removed first.
    case deletedBefore(Date, limit: Int)
    /// Videos of these claims, up to 1,000. Claims that have expired and videos that aren't deleted are skipped.
    case claimed([VideoClaim])
}
