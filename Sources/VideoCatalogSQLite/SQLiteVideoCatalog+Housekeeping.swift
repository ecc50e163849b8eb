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
    public func purge(_ selection: PurgeSelection) throws -> PurgeResult {
        let selection = try RepositorySupport.validatedSelection(selection)
        return try atomically {
            let now = RepositorySupport.rounded(clock())
            var result = PurgeResult(videos: [], unusedKeys: [])
            switch selection {
            case .deletedBefore(let date, let limit):
                var kept = Set<Video.ID>()
                while result.videos.count < limit, kept.count / RepositorySupport.attemptsPerVideo < limit {
                    // Many more after many that stay, so that few statements pass all of these.
                    let count = min(
                        limit - result.videos.count + kept.count,
                        limit * RepositorySupport.attemptsPerVideo - kept.count)
                    let batch = try dueVideos(
                        for: .purges(deletedBefore: date), at: now, limit: count, except: kept)
                    result.unreadable = batch.unreadable
                    let refused = try remove(batch.videos, upTo: limit, into: &result)
                    if refused.isEmpty { break }
                    kept.formUnion(refused)
                }
            case .claimed(let claims):
                let batch = VideoBatch(try deletedRows(of: claims, at: now).map(\.row))
                result.unreadable = batch.unreadable
                _ = try remove(batch.videos, upTo: .max, into: &result)
            }
            result.unusedKeys = try unusedKeys(of: result.videos)
            return result
        }
    }

    /// Removes rows until the result has as many as it may, except for those that a constraint of the app keeps.
    ///
    /// - Returns: The identifiers of the rows that a constraint keeps.
    private func remove(_ videos: [Video], upTo limit: Int, into result: inout PurgeResult) throws -> [Video.ID] {
        var kept = [Video.ID]()
        for video in videos where result.videos.count < limit {
            let id = video.id.uuid.databaseValue
            var reason: String?
            do {
                // First, because SQLite undoes a rejected statement alone.
                try execute("DELETE FROM video_catalog_videos WHERE id = ?", [id])
                // A trigger can keep a row without an error.
                if db.changesCount == 0 { reason = "A trigger of the app kept the row." }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                reason = error.message ?? "constraint failed"
            }
            if let reason {
                kept.append(video.id)
                if result.refused.count < RepositorySupport.Limits.batchSize {
                    result.refused.append(RefusedRow(id: video.id, reason: reason))
                }
                continue
            }
            // The foreign keys do the same, but only if the app's connection enforces foreign keys.
            try execute("DELETE FROM video_catalog_tags WHERE video_id = ?", [id])
            try execute("DELETE FROM video_catalog_keys WHERE video_id = ?", [id])
            result.videos.append(video)
        }
        return kept
    }

    /// See `VideoRepository/startPurge(_:)`.
    public func startPurge(_ claims: [VideoClaim]) throws -> PurgeStart {
        try RepositorySupport.checkBatchSize(claims.count)
        return try atomically {
            let now = RepositorySupport.rounded(clock())
            var start = PurgeStart(orders: [])
            var marked = [VideoClaim]()
            for (claim, row) in try deletedRows(of: claims, at: now) {
                switch row {
                case .video(let video):
                    let video = try RepositorySupport.purgeStartedVideo(video, at: now)
                    marked.append(VideoClaim(video: video, token: claim.token, expiresAt: claim.expiresAt))
                case .unreadable(let row, createdAtMicroseconds: _): start.unreadable.append(row)
                }
            }
            for claim in marked { try store(claim.video) }
            start.orders = try marked.map { PurgeOrder(claim: $0, keys: try unusedKeys(of: [$0.video])) }
            return start
        }
    }

    /// See `VideoRepository/claim(_:limit:lease:)`.
    public func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) throws -> ClaimBatch {
        let task = try RepositorySupport.validatedTask(task, limit: limit, lease: lease)
        return try atomically {
            let now = RepositorySupport.rounded(clock())
            let expiresAt = RepositorySupport.leaseEnd(from: now, lease: lease)
            let batch = try dueVideos(for: task, at: now, limit: limit)
            let claims = try batch.videos.map { video in
                let token = UUID()
                try execute(
                    "UPDATE video_catalog_videos SET claim_token = ?, claim_expires_at = ? WHERE id = ?",
                    [token.databaseValue, VideoColumns.value(expiresAt), video.id.uuid.databaseValue])
                return VideoClaim(video: video, token: token, expiresAt: expiresAt)
            }
            return ClaimBatch(claims: claims, unreadable: batch.unreadable)
        }
    }

    /// See `VideoRepository/renew(_:lease:)`.
    public func renew(_ claims: [VideoClaim], lease: Duration) throws -> [VideoClaim] {
        try RepositorySupport.checkRenewal(of: claims, lease: lease)
        return try atomically {
            let now = RepositorySupport.rounded(clock())
            let expiresAt = RepositorySupport.leaseEnd(from: now, lease: lease)
            var renewed = [VideoClaim]()
            var seen = Set<Video.ID>()
            for claim in claims where !seen.contains(claim.video.id) {
                try execute(
                    "UPDATE video_catalog_videos SET claim_expires_at = ? "
                        + "WHERE id = ? AND claim_token = ? AND claim_expires_at > ?",
                    [
                        VideoColumns.value(expiresAt), claim.video.id.uuid.databaseValue, claim.token.databaseValue,
                        VideoColumns.value(now),
                    ])
                guard db.changesCount > 0 else { continue }
                seen.insert(claim.video.id)
                renewed.append(VideoClaim(video: claim.video, token: claim.token, expiresAt: expiresAt))
            }
            return renewed
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
    ///
    /// Unreadable rows don't count toward the limit, so that they never keep a worker from the others. Neither do the
    /// excepted ones.
    private func dueVideos(
        for task: HousekeepingTask, at now: Date, limit: Int, except excepted: Set<Video.ID> = []
    ) throws -> VideoBatch {
        let (statement, bound) =
            switch task {
            case .expiredUploads: (Self.selectExpiredUploads, now)
            case .deletions: (Self.selectDueDeletions, now)
            case .purges(let date): (Self.selectDuePurges, date)
            case .stalledUploads(let date): (Self.selectStalledUploads, date)
            case .replacedObjects: (Self.selectReplacedObjects, now)
            }
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: statement), arguments: [VideoColumns.value(bound), VideoColumns.value(now)])
        var batch = VideoBatch(videos: [])
        while batch.videos.count < limit, let row = try rows.next() {
            let row = try VideoRow(row: row).stored()
            guard !excepted.contains(row.id) else { continue }
            if row.video != nil || batch.unreadable.count < RepositorySupport.Limits.batchSize { batch.append(row) }
        }
        return batch
    }

    /// Returns the deleted rows of those claims that are still held, each row once.
    private func deletedRows(
        of claims: [VideoClaim], at now: Date
    ) throws -> [(claim: VideoClaim, row: StoredRow)] {
        var seen = Set<Video.ID>()
        var found = [(claim: VideoClaim, row: StoredRow)]()
        for claim in claims where !seen.contains(claim.video.id) {
            let rows = try fetch(
                Self.selectClaimed, claim.video.id.uuid.databaseValue, claim.token.databaseValue,
                VideoColumns.value(now))
            for row in rows {
                seen.insert(claim.video.id)
                found.append((claim, row))
            }
        }
        return found
    }

    /// Returns the keys of removed or marked rows that no other row uses.
    private func unusedKeys(of videos: [Video]) throws -> [String] {
        try RepositorySupport.unusedKeys(of: videos) { key in
            let key = key.databaseValue
            return try Int.fetchOne(db.cachedStatement(sql: Self.selectUser), arguments: [key, key, key]) != nil
        }
    }

    /// A row that uses a key and whose purge hasn't started.
    private static let selectUser =
        "SELECT 1 FROM video_catalog_videos WHERE object_key = ? AND deleted_at IS NULL UNION ALL "
        + "SELECT 1 FROM video_catalog_videos WHERE object_key = ? AND deleted_at IS NOT NULL "
        + "AND purge_started_at IS NULL UNION ALL SELECT 1 FROM video_catalog_keys AS k "
        + "CROSS JOIN video_catalog_videos AS v ON v.id = k.video_id WHERE k.key = ? AND v.purge_started_at IS NULL "
        + "LIMIT 1"
    private static let selectExpiredUploads = selectDue(
        by: "upload_expires_at", in: "video_catalog_expiring_uploads",
        where: "v.deleted_at IS NULL AND (v.state IN ('pendingUpload', 'uploading') OR v.upload_key <> v.object_key) "
            + "AND v.upload_expires_at <= ?")
    private static let selectDueDeletions = selectDue(
        by: "delete_after", in: "video_catalog_due_deletions", where: "v.deleted_at IS NULL AND v.delete_after <= ?")
    private static let selectDuePurges = selectDue(
        by: "deleted_at", in: "video_catalog_due_purges", where: "v.deleted_at < ?")
    private static let selectStalledUploads = selectDue(
        by: "updated_at", in: "video_catalog_stalled_uploads",
        where: "v.deleted_at IS NULL AND (v.state IN ('uploading', 'verifying') "
            + "OR (v.upload_expires_at IS NULL AND (v.state = 'pendingUpload' OR v.upload_key <> v.object_key))) "
            + "AND v.updated_at < ?")
    private static let selectReplacedObjects = selectDue(
        by: "updated_at", in: "video_catalog_replaced_objects",
        where: "v.deleted_at IS NULL AND v.replaced_keys <> '[]' AND v.updated_at <= ?")
    private static let selectClaimed =
        "\(selectByID) AND v.claim_token = ? AND v.claim_expires_at > ? AND v.deleted_at IS NOT NULL"

    private static func selectDue(by column: String, in index: String, where condition: String) -> String {
        "SELECT \(VideoColumns.list(of: "v")) FROM video_catalog_videos AS v INDEXED BY \(index) WHERE \(condition) "
            + "AND (v.claim_expires_at IS NULL OR v.claim_expires_at <= ?) ORDER BY v.\(column), v.id"
    }
}

#endif
