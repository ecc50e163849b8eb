#if Postgres
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
public import VideoCatalog

extension PostgresVideoCatalog {
    /// Takes videos for housekeeping, so that no other worker takes them while the claim lasts.
    ///
    /// - Parameters:
    ///   - task: What is to be done.
    ///   - limit: How many at most: 1 to 1,000.
    ///   - lease: How long the claim lasts: 1 second to 24 hours.
    /// - Returns: The videos that nobody else has claimed, those that are due the longest first. Those that another
    ///   transaction is changing at the moment are left out.
    /// - Throws: `CatalogError`: `invalidArgument`.
    public func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) async throws -> [VideoClaim] {
        let task = try task.validated(limit: limit, lease: lease)
        let now = clock().inCatalog
        let (expiresAt, (sql, instant)) = (now.adding(lease), statement(of: task, at: now))
        let parameters: [PostgresValue] = [
            .instant(now), .instant(instant), .int8(Int64(limit)), .instant(expiresAt),
        ]
        let claims = try await write(PostgresStatement(sql, parameters))?.rows {
            VideoClaim(video: try Video($0), token: try $0.uuid(VideoColumn.allCases.count), expiresAt: expiresAt)
        }
        return (claims ?? []).sorted { task.precedes($0.video, $1.video) }
    }

    /// Gives claims back before they run out.
    ///
    /// - Parameter claims: Any claims; those that ran out or are somebody else's by now are left alone.
    /// - Throws: `CatalogError`: `invalidArgument` for more than 1,000.
    public func release(_ claims: [VideoClaim]) async throws {
        try CatalogError.check(count: claims.count)
        guard !claims.isEmpty else { return }
        _ = try await write(PostgresStatement(statements.release, Self.parameters(claims)))
    }

    /// Removes deleted videos for good.
    ///
    /// - Parameter selection: Which ones. Live videos are never removed, and those that another transaction is changing at
    ///   the moment are left for later.
    /// - Returns: The rows that were removed, whose objects may now be deleted.
    /// - Throws: `CatalogError`: `invalidArgument`.
    public func purge(_ selection: PurgeSelection) async throws -> [Video] {
        let now = PostgresValue.instant(clock().inCatalog)
        switch try selection.validated() {
        case .deletedBefore(let instant, let limit):
            let parameters = [now, .instant(instant), .int8(Int64(limit))]
            let purged = try await write(PostgresStatement(statements.purge, parameters))?.videos() ?? []
            let task = HousekeepingTask.purges(deletedBefore: instant)
            return purged.sorted { task.precedes($0, $1) }
        case .claimed(let claims):
            guard !claims.isEmpty else { return [] }
            let statement = PostgresStatement(statements.purgeClaimed, Self.parameters(claims) + [now])
            var purged = [Video.ID: Video]()
            for video in try await write(statement)?.videos() ?? [] { purged[video.id] = video }
            return claims.compactMap { purged.removeValue(forKey: $0.video.id) }
        }
    }

    private func statement(of task: HousekeepingTask, at now: Date) -> (String, Date) {
        switch task {
        case .expiredUploads: (statements.claimUploads, now)
        case .deletions: (statements.claimDeletions, now)
        case .purges(let instant): (statements.claimPurges, instant)
        }
    }

    private static func parameters(_ claims: [VideoClaim]) -> [PostgresValue] {
        [.uuidArray(claims.map(\.video.id.uuid)), .uuidArray(claims.map(\.token))]
    }
}

extension HousekeepingTask {
    /// The order in which videos fall due: `RETURNING` has none.
    fileprivate func precedes(_ first: Video, _ second: Video) -> Bool {
        let (one, other) = (dueDate(of: first) ?? .distantPast, dueDate(of: second) ?? .distantPast)
        return one == other ? first.id < second.id : one < other
    }
}
#endif
