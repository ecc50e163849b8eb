public import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension PostgresVideoRepository {
    /// See `VideoRepository.update(_:expecting:_:)`.
    @discardableResult
    public func update(_ id: Video.ID, expecting version: Int, _ changes: VideoChanges) async throws -> Video {
        try await change(id) { row in
            try RepositorySupport.updatedVideo(row.video, applying: changes, expecting: version, at: clock())
        }
    }

    /// See `VideoRepository.delete(_:expecting:)`.
    @discardableResult
    public func delete(_ id: Video.ID, expecting version: Int?) async throws -> Video {
        try await change(id) { row in
            try RepositorySupport.deletedVideo(row.video, expecting: version, at: clock())
        }
    }

    /// See `VideoRepository.restore(_:)`.
    @discardableResult
    public func restore(_ id: Video.ID) async throws -> Video {
        try await change(id) { row in
            let now = RepositorySupport.rounded(clock())
            if row.video.isDeleted, let end = row.claimExpiresAt, end > now { throw CatalogError.claimed(row.video) }
            return try RepositorySupport.restoredVideo(row.video, at: now)
        }
    }

    /// Reads a row, applies a rule, and stores the result if the row is still the same.
    ///
    /// Otherwise starts over.
    private func change(_ id: Video.ID, _ rule: (Row) throws -> Video) async throws -> Video {
        for _ in 0..<Self.attempts {
            guard let row = try await row(id) else { throw CatalogError.notFound(id) }
            let changed = try rule(row)
            guard changed.version != row.video.version else { return row.video }
            if let result = try await write(try statement(from: row.video, to: changed)) {
                if result.affectedRows == 1 { return changed }
            } else if let holder = try await video(objectKey: changed.objectKey), holder.id != id {
                throw CatalogError.objectKeyTaken(changed.objectKey, by: holder)
            }
        }
        throw Self.overtaken(id)
    }

    private struct Row {
        let video: Video
        let claimExpiresAt: Date?
    }

    private func row(_ id: Video.ID) async throws -> Row? {
        try await read(PostgresStatement(statements.videoWithClaim, [.uuid(id.uuid)])).rows {
            Row(video: try Video($0), claimExpiresAt: try $0.date(VideoColumn.allCases.count))
        }.first
    }

    private func statement(from old: Video, to new: Video) throws -> PostgresStatement {
        let parameters = try new.parameters() + [.int8(Int64(old.version))]
        guard old.isDeleted else { return PostgresStatement(statements.change, parameters) }
        return PostgresStatement(statements.restore, parameters + [.date(clock())])
    }
}

// MARK: - Housekeeping

extension PostgresVideoRepository {
    /// See `VideoRepository.claim(_:limit:lease:)`.
    ///
    /// Rows that another transaction is changing at the moment are left out.
    public func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) async throws -> [VideoClaim] {
        let task = try RepositorySupport.validatedTask(task, limit: limit, lease: lease)
        let now = RepositorySupport.rounded(clock())
        let expiresAt = RepositorySupport.leaseEnd(from: now, lease: lease)
        let (sql, date) = statement(of: task, at: now)
        let parameters: [PostgresValue] = [
            .date(now), .date(date), .int8(Int64(limit)), .date(expiresAt),
        ]
        let claims = try await write(PostgresStatement(sql, parameters))?.rows {
            VideoClaim(video: try Video($0), token: try $0.uuid(VideoColumn.allCases.count), expiresAt: expiresAt)
        }
        return (claims ?? []).sorted { Self.isDue($0.video, before: $1.video, for: task) }
    }

    /// See `VideoRepository.release(_:)`.
    public func release(_ claims: [VideoClaim]) async throws {
        try RepositorySupport.checkBatchSize(claims.count)
        guard !claims.isEmpty else { return }
        _ = try await write(PostgresStatement(statements.release, Self.parameters(claims)))
    }

    /// See `VideoRepository.purge(_:)`.
    ///
    /// Rows that another transaction is changing at the moment are left for later.
    @discardableResult
    public func purge(_ selection: PurgeSelection) async throws -> [Video] {
        let now = PostgresValue.date(RepositorySupport.rounded(clock()))
        switch try RepositorySupport.validatedSelection(selection) {
        case .deletedBefore(let date, let limit):
            let parameters = [now, .date(date), .int8(Int64(limit))]
            let purged = try await write(PostgresStatement(statements.purge, parameters))?.videos() ?? []
            return purged.sorted { Self.isDue($0, before: $1, for: .purges(deletedBefore: date)) }
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
        case .purges(let date): (statements.claimPurges, date)
        }
    }

    private static func parameters(_ claims: [VideoClaim]) -> [PostgresValue] {
        [.uuidArray(claims.map(\.video.id.uuid)), .uuidArray(claims.map(\.token))]
    }

    /// The order in which videos become due, since `RETURNING` returns rows in any order.
    private static func isDue(_ first: Video, before second: Video, for task: HousekeepingTask) -> Bool {
        let dates = [first, second].map { RepositorySupport.dueDate(of: $0, for: task) ?? .distantPast }
        return dates[0] == dates[1] ? first.id < second.id : dates[0] < dates[1]
    }
}
