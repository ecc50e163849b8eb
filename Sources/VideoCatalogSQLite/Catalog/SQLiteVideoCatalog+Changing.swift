#if SQLite

internal import GRDB
public import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension SQLiteVideoCatalog {
    /// Adds a video.
    ///
    /// - Parameter video: What is known of it.
    /// - Returns: The row as it is stored, in version 1.
    /// - Throws: `CatalogError`: `invalidFields`, `objectKeyTaken`, `idTaken`.
    @discardableResult
    public func insert(_ video: NewVideo) throws -> Video {
        let video = try video.inserted(at: clock())
        return try changing {
            do {
                try execute(Self.insertVideo, VideoColumns.values(of: video))
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                if let holder = try fetch(Self.selectByID, video.id.uuid.databaseValue).first {
                    throw CatalogError.idTaken(video.id, by: holder)
                }
                throw try keyConflict(of: video) ?? error
            }
            try insertTags(of: video)
            return video
        }
    }

    /// Changes a live video.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - version: The version that the caller has seen.
    ///   - changes: What to change.
    /// - Returns: The next version of the row.
    /// - Throws: `CatalogError`: `notFound`, `versionConflict`, `illegalTransition`, `invalidFields`,
    ///   `objectKeyTaken`. A conflict carries the current row.
    @discardableResult
    public func update(_ id: Video.ID, expecting version: Int, _ changes: VideoChanges) throws -> Video {
        try changing {
            let current = try stored(id)
            let updated = try current.updated(by: changes, expecting: version, at: clock())
            try store(updated)
            if changes.tags.isSet {
                try execute("DELETE FROM video_catalog_tags WHERE video_id = ?", [id.uuid.databaseValue])
                try insertTags(of: updated)
            }
            return updated
        }
    }

    /// Deletes a video so that it can be restored.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - version: The version that the caller has seen; `nil` for whichever it is.
    /// - Returns: The deleted row. One that was deleted before is returned as it is, whatever the version.
    /// - Throws: `CatalogError`: `notFound`, `versionConflict`.
    @discardableResult
    public func delete(_ id: Video.ID, expecting version: Int? = nil) throws -> Video {
        try changing {
            let current = try stored(id)
            guard !current.isDeleted else { return current }
            return try storeWithSide(try current.deleted(expecting: version, at: clock()))
        }
    }

    /// Makes a deleted video live again.
    ///
    /// - Parameter id: Its identifier.
    /// - Returns: The live row. One that is live already is returned as it is.
    /// - Throws: `CatalogError`: `notFound` for one that was purged, `objectKeyTaken`, `claimed`.
    @discardableResult
    public func restore(_ id: Video.ID) throws -> Video {
        try changing {
            let current = try stored(id)
            guard current.isDeleted else { return current }
            let now = clock().inCatalog
            let claims = "SELECT 1 FROM video_catalog_videos WHERE id = ? AND claim_expires_at > ?"
            let arguments = StatementArguments([id.uuid.databaseValue, VideoColumns.value(now)])
            if try Int.fetchOne(db.cachedStatement(sql: claims), arguments: arguments) != nil {
                throw CatalogError.claimed(current)
            }
            return try storeWithSide(try current.restored(at: now))
        }
    }

    /// The row, live or deleted, as it is read before a change.
    private func stored(_ id: Video.ID) throws -> Video {
        guard let video = try fetch(Self.selectByID, id.uuid.databaseValue).first else {
            throw CatalogError.notFound(id)
        }
        return video
    }

    private func store(_ video: Video) throws {
        do {
            try execute(Self.updateVideo, VideoColumns.values(of: video) + [video.id.uuid.databaseValue])
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            throw try keyConflict(of: video) ?? error
        }
    }

    /// Stores a video that went from the live ones to the deleted ones, or back.
    private func storeWithSide(_ video: Video) throws -> Video {
        try store(video)
        if !video.tags.isEmpty {
            try execute(
                "UPDATE video_catalog_tags SET is_deleted = ? WHERE video_id = ?",
                [(video.isDeleted ? 1 : 0).databaseValue, video.id.uuid.databaseValue])
        }
        return video
    }

    private func insertTags(of video: Video) throws {
        for tag in video.tags {
            try execute(
                "INSERT INTO video_catalog_tags (video_id, tag, is_deleted, created_at) VALUES (?, ?, ?, ?)",
                [
                    video.id.uuid.databaseValue, tag.databaseValue, (video.isDeleted ? 1 : 0).databaseValue,
                    VideoColumns.value(video.createdAt),
                ])
        }
    }

    /// Why the database refused a row, if another live video has its object key.
    private func keyConflict(of video: Video) throws -> CatalogError? {
        guard !video.isDeleted, let holder = try fetch(Self.selectByKey, video.objectKey.databaseValue).first,
            holder.id != video.id
        else { return nil }
        return .objectKeyTaken(video.objectKey, by: holder)
    }

    private static let insertVideo =
        "INSERT INTO video_catalog_videos (\(VideoColumns.written.joined(separator: ", "))) VALUES ("
        + VideoColumns.written.map { _ in "?" }.joined(separator: ", ") + ")"
    private static let updateVideo =
        "UPDATE video_catalog_videos SET "
        + VideoColumns.written.map { "\($0) = ?" }.joined(separator: ", ") + " WHERE id = ?"
}

#endif
