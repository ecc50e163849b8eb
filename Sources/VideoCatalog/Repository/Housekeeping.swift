#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The kind of work for which a worker claims videos.
public enum HousekeepingTask: Sendable, Hashable {
    /// Uploads that never arrived: live videos that are `pendingUpload` or `uploading`, or have an unfinished
    /// replacement, and whose ``Video/uploadExpiresAt`` is now or earlier.
    case expiredUploads
    /// Videos to delete: live videos whose ``Video/deleteAfter`` is now or earlier.
    case deletions
    /// Videos to remove for good: deleted videos whose ``Video/deletedAt`` is before a date.
    case purges(deletedBefore: Date)
    /// Uploads that make no progress: live videos that haven't been changed since a date and are `uploading` or
    /// `verifying`, or without ``Video/uploadExpiresAt`` are `pendingUpload` or have an unfinished replacement.
    case stalledUploads(unchangedSince: Date)
    /// Objects that replacements left behind: live videos with ``Video/replacedKeys``.
    case replacedObjects
}

/// A worker's temporary right to process a video.
public struct VideoClaim: Sendable, Hashable {
    /// The video as it was when the worker claimed it.
    public let video: Video
    /// The identifier of this claim.
    public let token: UUID
    /// The date until which no other worker can claim the video.
    public let expiresAt: Date

    /// Creates a claim.
    ///
    /// Repositories call this, apps receive claims from ``VideoRepository/claim(_:limit:lease:)``.
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

extension VideoClaim: Codable {
    private enum CodingKeys: String, CodingKey { case video, token, expiresAt }

    /// Creates a claim by decoding the object that ``encode(to:)`` writes.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: A `DecodingError` for a missing key or an invalid value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            video: try container.decode(Video.self, forKey: .video),
            token: try container.decode(UUID.self, forKey: .token),
            expiresAt: try container.decode(CatalogTimestamp.self, forKey: .expiresAt).date)
    }

    /// Encodes the claim, with its date as a string as in ``Video``.
    ///
    /// - Parameter encoder: The encoder to write to.
    /// - Throws: Any error of the encoder, or an `EncodingError` for a date outside the years 1970 to 2099.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(video, forKey: .video)
        try container.encode(token, forKey: .token)
        try container.encode(timestamp: expiresAt, forKey: .expiresAt)
    }
}

/// Claimed videos, and the due rows that couldn't be read.
public struct ClaimBatch: Sendable, Hashable {
    /// The claims.
    ///
    /// Videos that have been due the longest come first.
    public var claims: [VideoClaim]
    /// Rows that were due and couldn't be read.
    ///
    /// They weren't claimed. At most 1,000 are reported.
    public var unreadable: [UnreadableRow]

    /// Creates a batch.
    ///
    /// Repositories call this.
    ///
    /// - Parameters:
    ///   - claims: The claims.
    ///   - unreadable: The rows that couldn't be read.
    public init(claims: [VideoClaim], unreadable: [UnreadableRow] = []) {
        self.claims = claims
        self.unreadable = unreadable
    }
}

/// The deleted videos to remove for good.
public enum PurgeSelection: Sendable, Hashable {
    /// Videos deleted before a date and not claimed by any worker. The limit is 1 to 1,000, and the videos deleted
    /// first are removed first.
    case deletedBefore(Date, limit: Int)
    /// Videos of these claims, up to 1,000. Claims that have expired and videos that aren't deleted are skipped.
    case claimed([VideoClaim])
}
