public import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Housekeeping.
///
/// Each operation locks rows, decodes them, and then changes those that it can read, in one transaction.
extension PostgresVideoRepository {
    /// See `VideoRepository.claim(_:limit:lease:)`.
    ///
    /// Rows that another transaction is changing at the moment are left out.
    public func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) async throws -> ClaimBatch {
        let task = try RepositorySupport.validatedTask(task, limit: limit, lease: lease)
        return try await atomically { session in
            let now = RepositorySupport.rounded(clock())
            let expiresAt = RepositorySupport.leaseEnd(from: now, lease: lease)
            let due = try await lockDueVideos(for: task, at: now, limit: limit, in: session)
            let claims = due.videos.map { VideoClaim(video: $0, token: UUID(), expiresAt: expiresAt) }
            if !claims.isEmpty {
                let parameters = Self.parameters(claims) + [.date(expiresAt)]
                _ = try await session.query(PostgresStatement(statements.claim, parameters))
            }
            return ClaimBatch(claims: claims, unreadable: due.unreadable)
        }
    }

    /// See `VideoRepository.renew(_:lease:)`.
    public func renew(_ claims: [VideoClaim], lease: Duration) async throws -> [VideoClaim] {
        try RepositorySupport.checkRenewal(of: claims, lease: lease)
        guard !claims.isEmpty else { return [] }
        return try await atomically { session in
            let now = RepositorySupport.rounded(clock())
            let expiresAt = RepositorySupport.leaseEnd(from: now, lease: lease)
            var held = try await lockHeldVideos(of: claims, at: now, in: session, sql: statements.lockClaimed)
            let renewed = claims.filter { held.removeValue(forKey: HeldClaim($0)) != nil }
                .map { VideoClaim(video: $0.video, token: $0.token, expiresAt: expiresAt) }
            if !renewed.isEmpty {
                let parameters = Self.parameters(renewed) + [.date(expiresAt)]
                _ = try await session.query(PostgresStatement(statements.claim, parameters))
            }
            return renewed
        }
    }

    /// See `VideoRepository.release(_:)`.
    public func release(_ claims: [VideoClaim]) async throws {
        try RepositorySupport.checkBatchSize(claims.count)
        guard !claims.isEmpty else { return }
        _ = try await write(PostgresStatement(statements.release, Self.parameters(claims)))
    }

    /// See `VideoRepository.startPurge(_:)`.
    public func startPurge(_ claims: [VideoClaim]) async throws -> PurgeStart {
        try RepositorySupport.checkBatchSize(claims.count)
        guard !claims.isEmpty else { return PurgeStart(orders: []) }
        return try await atomically { session in
            let now = RepositorySupport.rounded(clock())
            var start = PurgeStart(orders: [])
            var (marked, changed) = ([VideoClaim](), [Video.ID]())
            var held = try await lockHeldVideos(of: claims, at: now, in: session, sql: statements.lockClaimedDeleted)
            for claim in claims {
                switch held.removeValue(forKey: HeldClaim(claim)) {
                case .video(let video):
                    let started = try RepositorySupport.purgeStartedVideo(video, at: now)
                    if started.version != video.version { changed.append(video.id) }
                    marked.append(VideoClaim(video: started, token: claim.token, expiresAt: claim.expiresAt))
                case .unreadable(let row, createdAtMicroseconds: _): start.unreadable.append(row)
                case nil: break
                }
            }
            if !changed.isEmpty {
                let parameters: [PostgresValue] = [.uuidArray(changed.map(\.uuid)), .date(now)]
                _ = try await session.query(PostgresStatement(statements.startPurge, parameters))
            }
            let used = try await usedKeys(among: marked.map(\.video), in: session)
            start.orders = marked.map { claim in
                let keys = RepositorySupport.unusedKeys(of: [claim.video]) { used.contains(Array($0.utf8)) }
                return PurgeOrder(claim: claim, keys: keys)
            }
            return start
        }
    }

    /// See `VideoRepository.purge(_:)`.
    ///
    /// Rows that another transaction is changing at the moment are left for later.
    @discardableResult
    public func purge(_ selection: PurgeSelection) async throws -> PurgeResult {
        let selection = try RepositorySupport.validatedSelection(selection)
        if case .claimed(let claims) = selection, claims.isEmpty { return PurgeResult(videos: [], unusedKeys: []) }
        return try await atomically { session in
            let now = RepositorySupport.rounded(clock())
            var removal =
                switch selection {
                case .deletedBefore(let date, let limit):
                    try await removeDueVideos(deletedBefore: date, at: now, limit: limit, in: session)
                case .claimed(let claims):
                    try await removeVideos(of: claims, at: now, in: session)
                }
            let used = try await usedKeys(among: removal.videos, in: session)
            removal.unusedKeys = RepositorySupport.unusedKeys(of: removal.videos) { used.contains(Array($0.utf8)) }
            return removal
        }
    }

    private func removeVideos(
        of claims: [VideoClaim], at now: Date, in session: any PostgresSession
    ) async throws -> PurgeResult {
        let batch = try await lockClaimedVideos(of: claims, at: now, in: session)
        var result = PurgeResult(videos: [], unusedKeys: [], unreadable: batch.unreadable)
        _ = try await remove(batch.videos[...], into: &result, in: session)
        return result
    }

    private func removeDueVideos(
        deletedBefore date: Date, at now: Date, limit: Int, in session: any PostgresSession
    ) async throws -> PurgeResult {
        var result = PurgeResult(videos: [], unusedKeys: [])
        var (keptCount, last) = (0, Video.ID?.none)
        while result.videos.count < limit, keptCount / RepositorySupport.attemptsPerVideo < limit {
            // Many more after many that stay, so that few statements pass all of these.
            let count = min(
                limit - result.videos.count + keptCount, limit * RepositorySupport.attemptsPerVideo - keptCount)
            let batch = try await lockDueVideos(
                for: .purges(deletedBefore: date), at: now, limit: count, after: last, in: session)
            for row in batch.unreadable where result.unreadable.count < RepositorySupport.Limits.batchSize {
                if !result.unreadable.contains(row) { result.unreadable.append(row) }
            }
            var kept = [Video.ID]()
            var waiting = batch.videos[...]
            while !waiting.isEmpty, result.videos.count < limit {
                let next = waiting.prefix(limit - result.videos.count)
                kept += try await remove(next, into: &result, in: session)
                waiting = waiting.dropFirst(next.count)
            }
            guard let lastKept = kept.last else { break }
            keptCount += kept.count
            last = lastKept
        }
        return result
    }

    /// Removes rows, except for those that a constraint of the app keeps.
    ///
    /// Each half of rejected rows is tried on its own, down to the single row.
    ///
    /// - Returns: The identifiers of the rows that stay.
    private func remove(
        _ videos: ArraySlice<Video>, into result: inout PurgeResult, in session: any PostgresSession
    ) async throws -> [Video.ID] {
        guard let first = videos.first else { return [] }
        let statement = PostgresStatement(statements.purge, [.uuidArray(videos.map(\.id.uuid))])
        do {
            try await session.runAtomically {
                // A trigger can keep a row without an error.
                guard try await session.query(statement).affectedRows == videos.count else {
                    throw PostgresSessionError(
                        .server, sqlState: "P0001", message: "A trigger of the app kept the row.")
                }
            }
            result.videos += videos
            return []
        } catch let error as PostgresSessionError where error.isRefusal {
            guard videos.count > 1 else {
                if result.refused.count < RepositorySupport.Limits.batchSize {
                    result.refused.append(RefusedRow(id: first.id, reason: error.message))
                }
                return [first.id]
            }
            let half = videos.count / 2
            let kept = try await remove(videos.prefix(half), into: &result, in: session)
            return try await kept + remove(videos.dropFirst(half), into: &result, in: session)
        }
    }

    // MARK: - Locking

    /// The smallest number of rows to read after unreadable ones, so that many of these need few statements.
    private static let minimumBatch = 100

    /// Locks and returns the videos that are due for a task and that no worker has claimed.
    ///
    /// Unreadable rows don't count toward the limit, so that they never keep a worker from the others. The row after
    /// which to start must still exist.
    private func lockDueVideos(
        for task: HousekeepingTask, at now: Date, limit: Int, after first: Video.ID? = nil,
        in session: any PostgresSession
    ) async throws -> VideoBatch {
        let (select, date) = dueStatement(for: task, at: now)
        var batch = VideoBatch(videos: [])
        var last = first
        while batch.videos.count < limit {
            let missing = limit - batch.videos.count
            let count = last == nil ? missing : max(missing, Self.minimumBatch)
            let parameters: [PostgresValue] = [.date(now), .date(date), .int8(Int64(count))]
            let statement =
                if let last { PostgresStatement(select.next, parameters + [.uuid(last.uuid)]) } else {
                    PostgresStatement(select.first, parameters)
                }
            let rows = try await session.query(statement).storedRows()
            for row in rows where batch.videos.count < limit {
                if row.video != nil || batch.unreadable.count < RepositorySupport.Limits.batchSize { batch.append(row) }
            }
            guard rows.count == count else { break }
            last = rows.last?.id
        }
        batch.videos.sort { Self.isDue($0, before: $1, for: task) }
        return batch
    }

    private func dueStatement(for task: HousekeepingTask, at now: Date) -> (CatalogStatements.Due, Date) {
        switch task {
        case .expiredUploads: (statements.expiredUploads, now)
        case .deletions: (statements.dueDeletions, now)
        case .purges(let date): (statements.duePurges, date)
        case .stalledUploads(let date): (statements.stalledUploads, date)
        case .replacedObjects: (statements.replacedObjects, now)
        }
    }

    /// The order in which videos become due.
    ///
    /// A concurrent change can disturb the order in which the server returns the rows that it has locked.
    private static func isDue(_ first: Video, before second: Video, for task: HousekeepingTask) -> Bool {
        let dates = [first, second].map { RepositorySupport.dueDate(of: $0, for: task) ?? .distantPast }
        return dates[0] == dates[1] ? first.id < second.id : dates[0] < dates[1]
    }

    /// Locks the deleted rows of those claims that are still held, and returns them in the order of the claims.
    private func lockClaimedVideos(
        of claims: [VideoClaim], at now: Date, in session: any PostgresSession
    ) async throws -> VideoBatch {
        var held = try await lockHeldVideos(of: claims, at: now, in: session, sql: statements.lockClaimedDeleted)
        return VideoBatch(claims.compactMap { held.removeValue(forKey: HeldClaim($0)) })
    }

    private func lockHeldVideos(
        of claims: [VideoClaim], at now: Date, in session: any PostgresSession, sql: String
    ) async throws -> [HeldClaim: StoredRow] {
        let result = try await session.query(PostgresStatement(sql, Self.parameters(claims) + [.date(now)]))
        var held = [HeldClaim: StoredRow](minimumCapacity: result.rowCount)
        for index in 0..<result.rowCount {
            let (claim, row) = try result.reading(index, columnsAfterVideo: 1) {
                reader -> (HeldClaim, StoredRow)? in
                guard let row = StoredRow(reader), let token = try? reader.uuid(VideoColumn.allCases.count) else {
                    return nil
                }
                return (HeldClaim(id: row.id, token: token), row)
            }
            held[claim] = row
        }
        return held
    }

    /// Returns those keys of removed or marked videos that other rows use.
    ///
    /// Until the end of the transaction, no other one gets this far. Otherwise two transactions that remove the last
    /// users of a key at once would each see the other one's row, and neither would return the key.
    private func usedKeys(among videos: [Video], in session: any PostgresSession) async throws -> Set<[UInt8]> {
        let keys = RepositorySupport.unusedKeys(of: videos) { _ in false }
        guard !keys.isEmpty else { return [] }
        _ = try await session.query(
            PostgresStatement("SELECT pg_advisory_xact_lock($1)", [.int8(schema.purgeLockKey)]))
        let result = try await session.query(PostgresStatement(statements.usedKeys, [.textArray(keys)]))
        var used = Set<[UInt8]>()
        for row in 0..<result.rowCount {
            guard let key = result[row, 0] else { throw CatalogError.otherColumns }
            used.insert(Array(key))
        }
        return used
    }

    private static func parameters(_ claims: [VideoClaim]) -> [PostgresValue] {
        [.uuidArray(claims.map(\.video.id.uuid)), .uuidArray(claims.map(\.token))]
    }
}

/// A video and the token of the claim that a worker holds.
private struct HeldClaim: Hashable {
    let id: Video.ID
    let token: UUID

    init(id: Video.ID, token: UUID) { (self.id, self.token) = (id, token) }

    init(_ claim: VideoClaim) { self.init(id: claim.video.id, token: claim.token) }
}
