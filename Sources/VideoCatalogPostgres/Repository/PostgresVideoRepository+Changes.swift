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
            let restored = try RepositorySupport.restoredVideo(row.video, at: now)
            if row.video.isDeleted, let end = row.claimExpiresAt, end > now { throw CatalogError.claimed(row.video) }
            return restored
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
            if try await write(try statement(from: row.video, to: changed))?.affectedRows == 1 { return changed }
            if changed.needsFreeKeys(after: row.video), let error = try await keyConflict(of: changed, read) {
                throw error
            }
        }
        throw Self.overtaken(id)
    }

    private struct Row {
        let video: Video
        let claimExpiresAt: Date?
    }

    private func row(_ id: Video.ID) async throws -> Row? {
        let result = try await read(PostgresStatement(statements.videoWithClaim, [.uuid(id.uuid)]))
        guard result.rowCount > 0 else { return nil }
        let (stored, end, isEndReadable) = try result.reading(0, columnsAfterVideo: 1) {
            reader -> (StoredRow, Date?, Bool)? in
            guard let row = StoredRow(reader) else { return nil }
            do throws(RowReader.Corruption) {
                return (row, try reader.date(VideoColumn.allCases.count), true)
            } catch {
                return (row, nil, false)
            }
        }
        let video = try stored.decoded()
        guard isEndReadable else {
            throw CatalogError.corruptRow(UnreadableRow(id: id, column: "claim_expires_at"))
        }
        return Row(video: video, claimExpiresAt: end)
    }

    private func statement(from old: Video, to new: Video) throws -> PostgresStatement {
        let parameters = try new.parameters() + [.int8(Int64(old.version))]
        guard !old.isDeleted else { return PostgresStatement(statements.restore, parameters + [.date(clock())]) }
        let sql = new.needsFreeKeys(after: old) ? statements.changeKeys : statements.change
        return PostgresStatement(sql, parameters)
    }
}

extension Video {
    /// Returns a Boolean value that indicates whether the row has keys that it didn't have as a live row before, and
    /// that no other live row may have.
    fileprivate func needsFreeKeys(after old: Video) -> Bool {
        guard !isDeleted else { return false }
        let keys = [objectKey, upload?.objectKey].map { $0.map { Array($0.utf8) } }
        return old.isDeleted || keys != [old.objectKey, old.upload?.objectKey].map { $0.map { Array($0.utf8) } }
    }
}
