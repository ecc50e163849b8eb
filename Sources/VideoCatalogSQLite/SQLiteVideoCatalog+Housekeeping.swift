#if SQLite

internal import GRDB
public import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension SQLiteVideoCatalog {
    /// See `VideoRepository/purge(_:)`.
    @discardableResult
    public func purge(_ selection: PurgeSelection) throws -> [Video] {
        let selection = try RepositorySupport.validatedSelection(selection)
        return try atomically {
            let now = RepositorySupport.rounded(clock())
            let videos =
                switch selection {
                case .deletedBefore(let date, let limit):
                    try dueVideos(for: .purges(deletedBefore: date), at: now, limit: limit)
                case .claimed(let claims): try deletedVideos(of: claims, at: now)
                }
            for video in videos {
                let id = video.id.uuid.databaseValue
                // The foreign key does the same, but only if the app's connection enforces foreign keys.
                try execute("DELETE FROM video_catalog_tags WHERE video_id = ?", [id])
                try execute("DELETE FROM video_catalog_videos WHERE id = ?", [id])
            }
            return videos
        }
    }

    /// See `VideoRepository/claim(_:limit:lease:)`.
    public func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) throws -> [VideoClaim] {
        let task = try RepositorySupport.validatedTask(task, limit: limit, lease: lease)
        return try atomically {
            let now = RepositorySupport.rounded(clock())
            let expiresAt = RepositorySupport.leaseEnd(from: now, lease: lease)
            return try dueVideos(for: task, at: now, limit: limit).map { video in
                let token = UUID()
                try execute(
                    "UPDATE video_catalog_videos SET claim_token = ?, claim_expires_at = ? WHERE id = ?",
                    [token.databaseValue, VideoColumns.value(expiresAt), video.id.uuid.databaseValue])
                return VideoClaim(video: video, token: token, expiresAt: expiresAt)
            }
        }
    }

    /// See `VideoRepository/release(_:)`.
    public func release(_ claims: [VideoClaim]) throws {
        try RepositorySupport.checkBatchSize(claims.count)
        try atomically {
            for claim in claims {
                try execute(
                    "UPDATE video_catalog_videos SET claim_token = NULL, claim_expires_at = NULL "
                        + "WHERE id = ? AND claim_token = ?",
                    [claim.video.id.uuid.databaseValue, claim.token.databaseValue])
            }
        }
    }

    /// Returns the videos that are due for a task and that no worker has claimed.
    private func dueVideos(for task: HousekeepingTask, at now: Date, limit: Int) throws -> [Video] {
        let (statement, bound) =
            switch task {
            case .expiredUploads: (Self.selectExpiredUploads, now)
            case .deletions: (Self.selectDueDeletions, now)
            case .purges(let date): (Self.selectDuePurges, date)
            }
        return try fetch(statement, VideoColumns.value(bound), VideoColumns.value(now), limit.databaseValue)
    }

    /// Returns the deleted videos of those claims that have not expired.
    private func deletedVideos(of claims: [VideoClaim], at now: Date) throws -> [Video] {
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

    private static let selectExpiredUploads = selectDue(
        by: "upload_expires_at", in: "video_catalog_expiring_uploads",
        where: "v.deleted_at IS NULL AND v.state IN ('pendingUpload', 'uploading') AND v.upload_expires_at <= ?")
    private static let selectDueDeletions = selectDue(
        by: "delete_after", in: "video_catalog_due_deletions", where: "v.deleted_at IS NULL AND v.delete_after <= ?")
    private static let selectDuePurges = selectDue(
        by: "deleted_at", in: "video_catalog_due_purges", where: "v.deleted_at < ?")
    private static let selectClaimed =
        "\(selectByID) AND v.claim_token = ? AND v.claim_expires_at > ? AND v.deleted_at IS NOT NULL"

    private static func selectDue(by column: String, in index: String, where condition: String) -> String {
        "SELECT \(VideoColumns.list(of: "v")) FROM video_catalog_videos AS v INDEXED BY \(index) WHERE \(condition) "
            + "AND (v.claim_expires_at IS NULL OR v.claim_expires_at <= ?) ORDER BY v.\(column), v.id LIMIT ?"
    }
}

#endif
