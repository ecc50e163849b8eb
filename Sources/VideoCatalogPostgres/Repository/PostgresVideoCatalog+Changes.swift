#if Postgres
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
public import VideoCatalog

extension PostgresVideoCatalog {
    /// Changes a live video.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - version: The version that the caller has seen.
    ///   - changes: What to change.
    /// - Returns: The next version of the row.
    /// - Throws: `CatalogError`: `notFound`, `versionConflict`, `illegalTransition`, `invalidFields`,
    ///   `objectKeyTaken`.
    public func update(_ id: Video.ID, expecting version: Int, _ changes: VideoChanges) async throws -> Video {
        try await change(id) { row in try row.video.updated(by: changes, expecting: version, at: clock()) }
    }

    /// Deletes a video so that it can be restored.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - version: The version that the caller has seen; `nil` for whichever it is.
    /// - Returns: The deleted row. One that was deleted before is returned as it is, whatever the version.
    /// - Throws: `CatalogError`: `notFound`, `versionConflict`.
    public func delete(_ id: Video.ID, expecting version: Int?) async throws -> Video {
        try await change(id) { row in try row.video.deleted(expecting: version, at: clock()) }
    }

    /// Makes a deleted video live again.
    ///
    /// - Parameter id: Its identifier.
    /// - Returns: The live row. One that is live already is returned as it is.
    /// - Throws: `CatalogError`: `notFound`, `objectKeyTaken`, `claimed`.
    public func restore(_ id: Video.ID) async throws -> Video {
        try await change(id) { row in
            let now = clock().inCatalog
            if row.video.isDeleted, let end = row.claimExpiresAt, end > now { throw CatalogError.claimed(row.video) }
            return try row.video.restored(at: now)
        }
    }

    /// Reads a row, applies a rule of the model, and stores the result if the row is still as it was read; otherwise anew.
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
        return PostgresStatement(statements.restore, parameters + [.instant(clock())])
    }
}
#endif
