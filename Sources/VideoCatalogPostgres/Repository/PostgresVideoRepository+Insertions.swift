public import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension PostgresVideoRepository {
    /// See `VideoRepository.insert(_:within:)`.
    ///
    /// Within limits, insertions for one uploader wait for each other, until the end of the transaction.
    @discardableResult
    public func insert(_ video: NewVideo, within limits: UploadLimits) async throws -> Video {
        let now = RepositorySupport.rounded(clock())
        let inserted = try RepositorySupport.insertedVideo(from: video, at: now)
        let statement = PostgresStatement(statements.insert, try inserted.parameters())
        guard limits != .none else {
            return try await insert(inserted, read) { try await write(statement)?.affectedRows == 1 }
        }
        try RepositorySupport.checkLimits(limits, for: inserted, at: now)
        return try await atomically { session in
            let lock = PostgresStatement(statements.lockUploader, [.text(inserted.uploadedBy.rawValue)])
            _ = try await session.query(lock)
            // A statement of its own, since the wait may have taken time. It sees what the last insertion stored.
            let usage = try await usage(of: inserted.uploadedBy, at: now, session.query)
            let video = try await insert(inserted, session.query) {
                try await session.query(statement).affectedRows == 1
            }
            try RepositorySupport.checkUsage(usage, adding: video, within: limits, at: now)
            return video
        }
    }

    /// See `VideoRepository.uploadUsage(of:)`.
    public func uploadUsage(of user: UserID) async throws -> UploadUsage {
        // PostgreSQL rejects NUL, and no video has one.
        guard !user.rawValue.utf8.contains(0) else { return UploadUsage() }
        return try await usage(of: user, at: RepositorySupport.rounded(clock()), read)
    }

    /// A function that runs a statement that changes nothing.
    typealias Query = (PostgresStatement) async throws -> PostgresResult

    /// Stores a row with a function that returns `false` if another row is in the way, and then throws the reason.
    private func insert(_ video: Video, _ query: Query, _ store: () async throws -> Bool) async throws -> Video {
        for _ in 0..<Self.attempts {
            if try await store() { return video }
            let current = try await query(PostgresStatement(statements.video, [.uuid(video.id.uuid)]))
            if let current = try current.firstStoredRow() { throw CatalogError.idTaken(video.id, by: current.video) }
            if let error = try await keyConflict(of: video, query) { throw error }
            // The row that was in the way is gone by now.
        }
        throw Self.overtaken(video.id)
    }

    /// Returns the error for a live row if another live row has its object key or the key of its upload.
    func keyConflict(of video: Video, _ query: Query) async throws -> CatalogError? {
        for key in [video.objectKey] + (video.replacement.map { [$0.objectKey] } ?? []) {
            let holders = try await query(PostgresStatement(statements.keyHolders, [.text(key)])).storedRows()
            if let holder = holders.first(where: { $0.id != video.id }) {
                return CatalogError.objectKeyTaken(key, by: holder.video)
            }
        }
        return nil
    }

    private func usage(of user: UserID, at now: Date, _ query: Query) async throws -> UploadUsage {
        let result = try await query(PostgresStatement(statements.usage, [.text(user.rawValue), .date(now)]))
        let numbers = try (0..<3).map { column in
            guard let number = result.int8(0, column) else {
                throw CatalogError(.storeFailure, "The session returned no number for a sum.")
            }
            return number
        }
        return UploadUsage(
            openUploads: Int(clamping: numbers[0]), openBytes: numbers[1], storedBytes: numbers[2])
    }
}
