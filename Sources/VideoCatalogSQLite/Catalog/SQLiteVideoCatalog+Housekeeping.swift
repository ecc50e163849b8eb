#if SQLite

internal import GRDB
public import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension SQLiteVideoCatalog {
    /// Removes deleted videos for good.
    ///
    /// - Parameter selection: Which ones. Live videos are never removed.
    /// - Returns: The rows that were removed, whose objects may now be deleted.
    /// - Throws: `CatalogError`: `invalidArgument`.
    @discardableResult
    public func purge(_ selection: PurgeSelection) throws -> [Video] {
        let selection = try selection.validated()
        return try changing {
            let now = clock().inCatalog
            let videos =
                switch selection {
                case .deletedBefore(let instant, let limit):
                    try due(.purges(deletedBefore: instant), at: now, limit: limit)
                case .claimed(let claims): try held(claims, at: now)
                }
            for video in videos {
                let id = video.id.uuid.databaseValue
                // The foreign key would do the same, where the host's connection enforces foreign keys.
                try execute("DELETE FROM video_catalog_tags WHERE video_id = ?", [id])
                try execute("DELETE FROM video_catalog_videos WHERE id = ?", [id])
            }
            return videos
        }
    }

    /// Takes videos for housekeeping, so that no other worker takes them while the claim lasts.
    ///
    /// - Parameters:
    ///   - task: What is to be done.
    ///   - limit: How many at most: 1 to 1,000.
    ///   - lease: How long the claim lasts: 1 second to 24 hours.
    /// - Returns: The videos that nobody else has claimed, those that are due the longest first.
    /// - Throws: `CatalogError`: `invalidArgument`.
    public func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) throws -> [VideoClaim] {
        let task = try task.validated(limit: limit, lease: lease)
        return try changing {
            let now = clock().inCatalog
            let expiresAt = now.adding(lease)
            return try due(task, at: now, limit: limit).map { video in
                let token = UUID()
                try execute(
                    "UPDATE video_catalog_videos SET claim_token = ?, claim_expires_at = ? WHERE id = ?",
                    [token.databaseValue, VideoColumns.value(expiresAt), video.id.uuid.databaseValue])
                return VideoClaim(video: video, token: token, expiresAt: expiresAt)
            }
        }
    }

    /// Gives claims back before they run out.
    ///
    /// - Parameter claims: Any claims; those that ran out or are somebody else's by now are left alone.
    /// - Throws: `CatalogError`: `invalidArgument` for more than 1,000.
    public func release(_ claims: [VideoClaim]) throws {
        try CatalogError.check(count: claims.count)
        try changing {
            for claim in claims {
                try execute(
                    "UPDATE video_catalog_videos SET claim_token = NULL, claim_expires_at = NULL "
                        + "WHERE id = ? AND claim_token = ?",
                    [claim.video.id.uuid.databaseValue, claim.token.databaseValue])
            }
        }
    }

    /// What is due and unclaimed.
    private func due(_ task: HousekeepingTask, at now: Date, limit: Int) throws -> [Video] {
        let (statement, bound) =
            switch task {
            case .expiredUploads: (Self.expiredUploads, now)
            case .deletions: (Self.deletions, now)
            case .purges(let instant): (Self.purges, instant)
            }
        return try fetch(statement, VideoColumns.value(bound), VideoColumns.value(now), limit.databaseValue)
    }

    /// The deleted videos of claims that have not run out.
    private func held(_ claims: [VideoClaim], at now: Date) throws -> [Video] {
        var seen = Set<Video.ID>()
        var videos = [Video]()
        for claim in claims where !seen.contains(claim.video.id) {
            let found = try fetch(
                Self.selectClaimed, claim.video.id.uuid.databaseValue, claim.token.databaseValue,
                VideoColumns.value(now))
            for video in found {
                seen.insert(video.id)
                videos.append(video)
            }
        }
        return videos
    }

    private static let expiredUploads = selectDue(
        by: "upload_expires_at", in: "video_catalog_expiring_uploads",
        where: "v.deleted_at IS NULL AND v.state IN ('pendingUpload', 'uploading') AND v.upload_expires_at <= ?")
    private static let deletions = selectDue(
        by: "delete_after", in: "video_catalog_due_deletions", where: "v.deleted_at IS NULL AND v.delete_after <= ?")
    private static let purges = selectDue(
        by: "deleted_at", in: "video_catalog_due_purges", where: "v.deleted_at < ?")
    private static let selectClaimed =
        "\(selectByID) AND v.claim_token = ? AND v.claim_expires_at > ? AND v.deleted_at IS NOT NULL"

    private static func selectDue(by column: String, in index: String, where condition: String) -> String {
        "SELECT \(VideoColumns.list(of: "v")) FROM video_catalog_videos AS v INDEXED BY \(index) WHERE \(condition) "
            + "AND (v.claim_expires_at IS NULL OR v.claim_expires_at <= ?) ORDER BY v.\(column), v.id LIMIT ?"
    }
}

#endif
