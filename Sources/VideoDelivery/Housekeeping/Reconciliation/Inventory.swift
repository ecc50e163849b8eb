#if Delivery
internal import R2Kit
internal import R2Storage
internal import VideoCatalog

/// The objects under the module's prefixes, compared with the catalog.
struct Inventory {
    /// An object for which no row was found.
    struct Candidate {
        let object: ListedObject
        let video: Video.ID
        let etag: String
    }

    let housekeeping: VideoHousekeeping
    private(set) var result = Reconciliation()
    /// The objects that belong to no video, by key.
    private(set) var candidates: [String: Candidate] = [:]
    /// Hashes of key, size and ETag of the files of videos.
    ///
    /// They take eight bytes each. A row whose file isn't among them is checked with a HEAD, so that a wrong match,
    /// which is as good as impossible, at most hides one problem.
    private var files: Set<Int> = []

    init(_ housekeeping: VideoHousekeeping) { self.housekeeping = housekeeping }

    private var keys: VideoKeys { housekeeping.keys }
    private var catalog: any VideoRepository { housekeeping.catalog }

    /// Lists the bucket, and then walks the catalog.
    mutating func take() async throws {
        for prefix in [keys.uploadsPrefix, keys.videosPrefix] {
            var batch: [Candidate] = []
            for try await object in housekeeping.client.list(prefix: prefix) {
                result.objectCount += 1
                guard let video = keys.video(of: object.key.rawValue) else {
                    result.unknownObjectCount += 1
                    continue
                }
                let etag = object.etag?.opaqueValue ?? ""
                files.insert(Self.hash(object.key.rawValue, object.size, etag))
                batch.append(Candidate(object: object, video: video, etag: etag))
                if batch.count == 500 {
                    try await addOrphans(of: batch)
                    batch = []
                }
            }
            try await addOrphans(of: batch)
        }
        try await walkCatalog()
        result.orphanCount += candidates.count
    }

    private mutating func addOrphans(of batch: [Candidate]) async throws {
        for orphan in try await orphans(among: batch) {
            if candidates.count < Reconciliation.maximumOrphans {
                candidates[orphan.object.key.rawValue] = orphan
            } else {
                result.orphanCount += 1
            }
        }
    }

    /// Returns the objects that no row owns.
    ///
    /// An object belongs to the video whose identifier its key contains, as long as that video has a row. But the file
    /// of an attempt must be named by the row.
    func orphans(among batch: [Candidate]) async throws -> [Candidate] {
        guard !batch.isEmpty else { return [] }
        let owners = try await catalog.videos(ids: batch.map(\.video), includingDeleted: true)
        let users = try await catalog.videos(objectKeys: batch.map(\.object.key.rawValue), includingDeleted: true)
        let rows = Dictionary(owners.videos.map { ($0.id, $0) }) { first, _ in first }
        let unreadable = Set((owners.unreadable + users.unreadable).map(\.id))
        let used = Set(users.videos.map(\.objectKey))
        return batch.filter { candidate in
            let key = candidate.object.key.rawValue
            guard !used.contains(key), !unreadable.contains(candidate.video) else { return false }
            guard let row = rows[candidate.video] else { return true }
            // A late upload is left to the step that sweeps them.
            guard let location = keys.location(of: key), !location.isUpload else { return false }
            return !RepositorySupport.keys(of: row).contains(key)
        }
    }

    /// Finds rows whose file is missing, and objects that a row of another video names.
    private mutating func walkCatalog() async throws {
        var page: PageRequest? = .first(500)
        while let request = page {
            let rows = try await catalog.videos(matching: VideoQuery(deletion: .any), page: request)
            result.videoCount += rows.videos.count + rows.unreadable.count
            result.unreadable += rows.unreadable
            for row in rows.videos {
                // Not the files of attempts of the row itself, which were compared before.
                for key in RepositorySupport.keys(of: row) { candidates[key] = nil }
                try await checkFile(of: row)
            }
            page = rows.next.map { .after($0, limit: request.limit) }
        }
    }

    private mutating func checkFile(of row: Video) async throws {
        guard row.state == .ready, !row.isDeleted, row.objectKey.utf8.starts(with: keys.videosPrefix.utf8),
            !files.contains(Self.hash(row.objectKey, row.byteSize ?? -1, row.etag ?? ""))
        else { return }
        // The bucket was listed before, so the row is read again, and R2 is asked for this file.
        guard let current = try await catalog.video(id: row.id), current.state == .ready,
            current.objectKey == row.objectKey
        else { return }
        let file = try await housekeeping.uploads.head(ObjectKey(row.objectKey))
        let problem: Reconciliation.WrongFile.Problem
        if let file {
            guard
                current.etag.map({ $0 != file.etag.opaqueValue }) ?? false
                    || current.byteSize.map({ $0 != file.contentLength }) ?? false
            else { return }
            problem = .changed
        } else {
            problem = .missing
        }
        result.wrongFiles.append(
            Reconciliation.WrongFile(video: row.id, objectKey: row.objectKey, problem: problem))
    }

    private static func hash(_ key: String, _ size: Int64, _ etag: String) -> Int {
        var hasher = Hasher()
        hasher.combine(key)
        hasher.combine(size)
        hasher.combine(etag)
        return hasher.finalize()
    }
}

extension VideoKeys {
    /// Returns the video whose identifier a key contains after one of the prefixes.
    ///
    /// - Parameter key: Any key.
    /// - Returns: The identifier, or `nil` if the key has another form.
    func video(of key: String) -> Video.ID? {
        for prefix in [uploadsPrefix, videosPrefix] where key.utf8.starts(with: prefix.utf8) {
            let rest = key.utf8.dropFirst(prefix.utf8.count)
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return nil }
            let name = String(Substring(rest[..<slash]))
            return Video.ID(name).flatMap { $0.description == name ? $0 : nil }
        }
        return nil
    }
}
#endif
