#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The rows of the repository in memory, with their claims and indexes.
struct VideoTable {
    /// A row with its claim.
    struct Row {
        var video: Video
        var claim: Claim?
        /// The column that is reported as unreadable, for tests.
        var unreadableColumn: String?

        var stored: StoredRow {
            guard let unreadableColumn else { return .video(video) }
            return .unreadable(
                UnreadableRow(id: video.id, column: unreadableColumn),
                createdAtMicroseconds: CatalogTimestamp(clamping: video.createdAt)?.microseconds ?? 0)
        }
    }

    struct Claim {
        let token: UUID
        let expiresAt: Date
    }

    private static let everything = CatalogTimestamp.first.microseconds..<(CatalogTimestamp.last.microseconds + 1)

    private var rows = RowStore<Row>()
    private var slots: [Video.ID: Int] = [:]
    /// The live rows by their object keys and the keys of their uploads.
    private var liveKeys: [ExactString: Int] = [:]
    private var deletedKeys: [ExactString: Set<Int>] = [:]
    /// The number of rows without a started purge that use a key for any of their objects.
    private var keyUsers: [ExactString: Int] = [:]
    private var indexes = VideoIndexes()

    subscript(_ id: Video.ID) -> Row? { slots[id].flatMap { rows[$0] } }

    mutating func setClaim(_ claim: VideoClaim?, of id: Video.ID) {
        guard let slot = slots[id] else { return }
        rows[slot]?.claim = claim.map { Claim(token: $0.token, expiresAt: $0.expiresAt) }
    }

    mutating func setUnreadableColumn(_ column: String?, of id: Video.ID) {
        if let slot = slots[id] { rows[slot]?.unreadableColumn = column }
    }

    mutating func remove(_ video: Video) {
        guard let slot = slots.removeValue(forKey: video.id) else { return }
        removeFromIndexes(video, slot: slot)
        rows.remove(slot)
    }

    /// Returns the deleted rows with an object key, deleted last first.
    func deletedRows(_ key: ExactString) -> [Row] {
        (deletedKeys[key] ?? []).compactMap { rows[$0] }.sorted { first, second in
            let dates = (first.video.deletedAt ?? .distantPast, second.video.deletedAt ?? .distantPast)
            return dates.0 == dates.1 ? first.video.id < second.video.id : dates.0 > dates.1
        }
    }

    /// Visits the rows that match a query, until the closure returns `false`.
    func walk(_ query: VideoQuery, after position: IndexKey?, _ visit: (Row) -> Bool) {
        let (facets, isExact) = indexes.plan(query)
        indexes.walk(facets, order: query.order, after: position, within: query.creationRange) { slot in
            guard let row = rows[slot], isExact || RepositorySupport.video(row.video, matches: query) else {
                return true
            }
            return visit(row)
        }
    }

    /// Returns the number of rows that match a query.
    func count(_ query: VideoQuery) -> Int {
        let (facets, isExact) = indexes.plan(query)
        guard !isExact else { return facets.reduce(0) { $0 + indexes[$1].count } }
        var count = 0
        walk(query, after: nil) { _ in
            count += 1
            return true
        }
        return count
    }

    func due(_ task: HousekeepingTask, at now: Date, limit: Int) -> VideoBatch {
        var batch = VideoBatch(videos: [])
        indexes.walk([task.facet], order: .oldestFirst, after: nil, within: Self.everything) { slot in
            guard let row = rows[slot], RepositorySupport.isDue(row.video, for: task, at: now) else { return false }
            let isFree = row.claim.map { $0.expiresAt <= now } ?? true
            if isFree, row.unreadableColumn == nil || batch.unreadable.count < RepositorySupport.Limits.batchSize {
                batch.append(row.stored)
            }
            return batch.videos.count < limit
        }
        return batch
    }

    /// Returns the claims that are still held, each of them once.
    func held(_ claims: [VideoClaim], at now: Date) -> [VideoClaim] {
        var seen = Set<Video.ID>()
        return claims.filter { claim in
            guard let held = self[claim.video.id]?.claim, held.token == claim.token, held.expiresAt > now else {
                return false
            }
            return seen.insert(claim.video.id).inserted
        }
    }

    func deletedVideos(of claims: [VideoClaim]) -> VideoBatch {
        var batch = VideoBatch(videos: [])
        for claim in claims {
            if let row = self[claim.video.id], row.video.isDeleted { batch.append(row.stored) }
        }
        return batch
    }

    func unusedKeys(of videos: [Video]) -> [String] {
        RepositorySupport.unusedKeys(of: videos) { keyUsers[ExactString($0)] != nil }
    }

    func existingVideo(_ id: Video.ID) throws -> Video {
        guard let row = self[id] else { throw CatalogError.notFound(id) }
        return try row.stored.decoded()
    }

    /// The live row with an object key.
    func liveRow(_ key: ExactString) -> Row? {
        guard let row = liveKeys[key].flatMap({ rows[$0] }), ExactString(row.video.objectKey) == key else { return nil }
        return row
    }

    func usage(of user: UserID, at now: Date) -> UploadUsage {
        var usage = UploadUsage()
        let uploads = Facet.uploader(user, deleted: false)
        indexes.walk([uploads], order: .oldestFirst, after: nil, within: Self.everything) { slot in
            if let row = rows[slot] { usage = usage + RepositorySupport.usage(of: row.video, at: now) }
            return true
        }
        return usage
    }

    /// Throws if another live video has the object key or the key of the upload.
    func checkKeys(of video: Video) throws(CatalogError) {
        guard !video.isDeleted else { return }
        for key in video.reservedKeys {
            guard let slot = liveKeys[ExactString(key)], let holder = rows[slot], holder.video.id != video.id else {
                continue
            }
            throw .objectKeyTaken(key, by: holder.stored.video)
        }
    }

    mutating func store(_ video: Video) {
        let slot: Int
        if let existing = slots[video.id], let old = rows[existing]?.video {
            slot = existing
            removeFromIndexes(old, slot: slot)
            rows[slot]?.video = video
        } else {
            slot = rows.insert(Row(video: video))
            slots[video.id] = slot
        }
        indexes.insert(video, slot: slot)
        let key = ExactString(video.objectKey)
        if video.isDeleted {
            deletedKeys[key, default: []].insert(slot)
        } else {
            for key in video.reservedKeys { liveKeys[ExactString(key)] = slot }
        }
        guard video.purgeStartedAt == nil else { return }
        for key in RepositorySupport.keys(of: video) { keyUsers[ExactString(key), default: 0] += 1 }
    }

    private mutating func removeFromIndexes(_ video: Video, slot: Int) {
        indexes.remove(video, slot: slot)
        let key = ExactString(video.objectKey)
        if video.isDeleted {
            deletedKeys[key]?.remove(slot)
            if deletedKeys[key]?.isEmpty == true { deletedKeys[key] = nil }
        } else {
            for key in video.reservedKeys { liveKeys[ExactString(key)] = nil }
        }
        guard video.purgeStartedAt == nil else { return }
        for key in RepositorySupport.keys(of: video).map(ExactString.init) {
            let remaining = (keyUsers[key] ?? 1) - 1
            keyUsers[key] = remaining > 0 ? remaining : nil
        }
    }
}

extension Video {
    /// The keys that no other live video may have.
    fileprivate var reservedKeys: [String] { [objectKey] + (replacement.map { [$0.objectKey] } ?? []) }
}

extension VideoQuery {
    /// The range of creation dates, in microseconds since 1970.
    fileprivate var creationRange: Range<Int64> {
        let first = createdFrom.flatMap(CatalogTimestamp.init(clamping:)) ?? .first
        let end =
            createdBefore.flatMap(CatalogTimestamp.init(clamping:))?.microseconds
            ?? CatalogTimestamp.last.microseconds + 1
        return first.microseconds..<max(first.microseconds, end)
    }
}
