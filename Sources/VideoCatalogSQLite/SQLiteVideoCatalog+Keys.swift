#if SQLite

internal import GRDB
internal import VideoCatalog

/// The keys of a video's objects: which ones are in use, and which ones no other live video may have.
extension SQLiteVideoCatalog {
    /// Inserts the keys beside the object key, by which a purge finds out whether a key is in use.
    func insertKeys(of video: Video) throws {
        for key in otherKeys(of: video) {
            try execute(
                "INSERT OR IGNORE INTO video_catalog_keys (video_id, key) VALUES (?, ?)",
                [video.id.uuid.databaseValue, key.databaseValue])
        }
    }

    /// Stores the keys beside the object key again if an update changed them.
    func storeKeys(of video: Video, replacing old: Video) throws {
        guard !otherKeys(of: video).elementsEqual(otherKeys(of: old), by: { $0.utf8.elementsEqual($1.utf8) }) else {
            return
        }
        try execute("DELETE FROM video_catalog_keys WHERE video_id = ?", [video.id.uuid.databaseValue])
        try insertKeys(of: video)
    }

    private func otherKeys(of video: Video) -> [String] {
        (video.thumbnailKey.map { [$0] } ?? []) + video.renditions.map(\.key)
            + (video.replacement.map { [$0.objectKey] } ?? []) + video.replacedKeys
    }

    /// Throws if another live video's upload has the object key, or another live video has the key of a replacement.
    ///
    /// The unique indexes compare object keys with each other, and keys of uploads with each other.
    func checkUploadKeys(of video: Video) throws {
        guard !video.isDeleted else { return }
        let isFree = { (statement: String, key: String) in
            let arguments = StatementArguments(values: [key.databaseValue, video.id.uuid.databaseValue])
            return try Int.fetchOne(db.cachedStatement(sql: statement), arguments: arguments) == nil
        }
        let isKeyFree = try isFree(Self.selectOtherUpload, video.objectKey)
        let isReplacementFree = try video.replacement.map { try isFree(Self.selectOtherVideo, $0.objectKey) } ?? true
        if !isKeyFree || !isReplacementFree, let conflict = try keyConflict(of: video) { throw conflict }
    }

    /// Returns the error to throw for a rejected row if another live video has its object key or its upload's key.
    func keyConflict(of video: Video) throws -> CatalogError? {
        guard !video.isDeleted else { return nil }
        for key in [video.objectKey] + (video.replacement.map { [$0.objectKey] } ?? []) {
            let holders =
                try fetch(Self.selectByKey, key.databaseValue) + fetch(Self.selectByUploadKey, key.databaseValue)
            if let holder = holders.first(where: { $0.id != video.id }) {
                return .objectKeyTaken(key, by: holder.video)
            }
        }
        return nil
    }

    private static let selectByUploadKey =
        "SELECT \(VideoColumns.list(of: "v")) FROM video_catalog_videos AS v "
        + "WHERE v.upload_key = ? AND v.deleted_at IS NULL"
    private static let selectOtherUpload =
        "SELECT 1 FROM video_catalog_videos WHERE upload_key = ? AND deleted_at IS NULL AND id <> ?"
    private static let selectOtherVideo =
        "SELECT 1 FROM video_catalog_videos WHERE object_key = ? AND deleted_at IS NULL AND id <> ?"
}

#endif
