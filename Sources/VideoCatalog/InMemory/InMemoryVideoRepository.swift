#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A catalog in memory, for tests, demonstrations and single-process apps that don't need it after a restart.
///
/// The cost of a list depends on the page, not on the size of the catalog. An index finds the videos for the most
/// selective condition among session, uploader, state, visibility and tag, and the other conditions filter them.
public actor InMemoryVideoRepository: VideoRepository {
    private let clock: CatalogClock
    private var rows = RowStore<Row>()
    private var slots: [Video.ID: Int] = [:]
    /// The live rows by their object keys and the keys of their uploads.
    private var liveKeys: [ExactString: Int] = [:]
    private var deletedKeys: [ExactString: Set<Int>] = [:]
    /// The number of rows without a started purge that use a key for any of their objects.
    private var keyUsers: [ExactString: Int] = [:]
    private var indexes = VideoIndexes()

    /// Creates an empty catalog.
    ///
    /// - Parameter clock: The source of the current date.
    public init(clock: @escaping CatalogClock = { Date() }) { self.clock = clock }

    /// See ``VideoRepository/insert(_:within:)``.
    @discardableResult
    public func insert(_ video: NewVideo, within limits: UploadLimits) throws -> Video {
        let now = RepositorySupport.rounded(clock())
        let inserted = try RepositorySupport.insertedVideo(from: video, at: now)
        try RepositorySupport.checkLimits(limits, for: inserted, at: now)
        if let row = row(inserted.id) { throw CatalogError.idTaken(inserted.id, by: row.readable) }
        try checkKeys(of: inserted)
        if limits != .none {
            let usage = usage(of: inserted.uploadedBy, at: now)
            try RepositorySupport.checkUsage(usage, adding: inserted, within: limits, at: now)
        }
        store(inserted)
        return inserted
    }

    /// See ``VideoRepository/uploadUsage(of:)``.
    public func uploadUsage(of user: UserID) throws -> UploadUsage {
        usage(of: user, at: RepositorySupport.rounded(clock()))
    }

    /// See ``VideoRepository/video(id:includingDeleted:)``.
    public func video(id: Video.ID, includingDeleted: Bool) throws -> Video? {
        guard let row = row(id), includingDeleted || !row.video.isDeleted else { return nil }
        return try row.decoded()
    }

    /// See ``VideoRepository/videos(ids:includingDeleted:)``.
    public func videos(ids: [Video.ID], includingDeleted: Bool) throws -> VideoBatch {
        try RepositorySupport.checkBatchSize(ids.count)
        var seen = Set<Video.ID>()
        var batch = VideoBatch(videos: [])
        for id in ids where seen.insert(id).inserted {
            guard let row = row(id), includingDeleted || !row.video.isDeleted else { continue }
            batch.append(row)
        }
        return batch
    }

    /// See ``VideoRepository/videos(objectKeys:includingDeleted:)``.
    public func videos(objectKeys: [String], includingDeleted: Bool) throws -> VideoBatch {
        try RepositorySupport.checkBatchSize(objectKeys.count)
        var seen = Set<ExactString>()
        var batch = VideoBatch(videos: [])
        for key in objectKeys.map(ExactString.init) where seen.insert(key).inserted {
            if let row = liveRow(key) { batch.append(row) }
            guard includingDeleted else { continue }
            let deleted = (deletedKeys[key] ?? []).compactMap { rows[$0] }.sorted { first, second in
                let dates = (first.video.deletedAt ?? .distantPast, second.video.deletedAt ?? .distantPast)
                return dates.0 == dates.1 ? first.video.id < second.video.id : dates.0 > dates.1
            }
            for row in deleted { batch.append(row) }
        }
        return batch
    }

    /// See ``VideoRepository/video(objectKey:)``.
    public func video(objectKey: String) throws -> Video? {
        try liveRow(ExactString(objectKey))?.decoded()
    }

    /// See ``VideoRepository/update(_:expecting:_:)``.
    @discardableResult
    public func update(
        _ id: Video.ID, expecting version: Int, _ changes: VideoChanges
    ) throws -> Video {
        let current = try existingVideo(id)
        let updated = try RepositorySupport.updatedVideo(current, applying: changes, expecting: version, at: clock())
        try checkKeys(of: updated)
        store(updated)
        return updated
    }

    /// See ``VideoRepository/videos(matching:page:)``.
    public func videos(matching query: VideoQuery, page: PageRequest) throws -> VideoPage {
        let query = try RepositorySupport.validatedQuery(query)
        let position = try RepositorySupport.startPosition(of: page, in: query.order).map {
            IndexKey(microseconds: $0.createdAt.microseconds, id: $0.id)
        }
        var found = [StoredRow]()
        found.reserveCapacity(page.limit + 1)
        let (facets, isExact) = indexes.plan(query)
        indexes.walk(facets, order: query.order, after: position, within: query.creationRange) { slot in
            if let row = rows[slot], isExact || RepositorySupport.video(row.video, matches: query) {
                found.append(row.stored)
            }
            return found.count <= page.limit
        }
        return RepositorySupport.makePage(from: found, for: page, order: query.order)
    }

    /// See ``VideoRepository/count(matching:)``.
    ///
    /// A query with a single condition among session, uploader, state, visibility and tag is counted without visiting
    /// the videos.
    public func count(matching query: VideoQuery) throws -> Int {
        let query = try RepositorySupport.validatedQuery(query)
        let (facets, isExact) = indexes.plan(query)
        guard !isExact else { return facets.reduce(0) { $0 + indexes[$1].count } }
        var count = 0
        indexes.walk(facets, order: query.order, after: nil, within: query.creationRange) { slot in
            if let video = rows[slot]?.video, RepositorySupport.video(video, matches: query) { count += 1 }
            return true
        }
        return count
    }

    /// See ``VideoRepository/delete(_:expecting:)``.
    @discardableResult
    public func delete(_ id: Video.ID, expecting version: Int?) throws -> Video {
        let current = try existingVideo(id)
        let deleted = try RepositorySupport.deletedVideo(current, expecting: version, at: clock())
        store(deleted)
        return deleted
    }

    /// See ``VideoRepository/restore(_:)``.
    @discardableResult
    public func restore(_ id: Video.ID) throws -> Video {
        let current = try existingVideo(id)
        let now = RepositorySupport.rounded(clock())
        let restored = try RepositorySupport.restoredVideo(current, at: now)
        if current.isDeleted, let claim = row(id)?.claim, claim.expiresAt > now { throw CatalogError.claimed(current) }
        try checkKeys(of: restored)
        store(restored)
        return restored
    }

    /// See ``VideoRepository/purge(_:)``.
    @discardableResult
    public func purge(_ selection: PurgeSelection) throws -> PurgeResult {
        let now = RepositorySupport.rounded(clock())
        let batch =
            switch try RepositorySupport.validatedSelection(selection) {
            case .deletedBefore(let date, let limit): due(.purges(deletedBefore: date), at: now, limit: limit)
            case .claimed(let claims): deletedVideos(of: held(claims, at: now))
            }
        for video in batch.videos {
            guard let slot = slots.removeValue(forKey: video.id) else { continue }
            removeFromIndexes(video, slot: slot)
            rows.remove(slot)
        }
        return PurgeResult(videos: batch.videos, unusedKeys: unusedKeys(of: batch.videos), unreadable: batch.unreadable)
    }

    /// See ``VideoRepository/startPurge(_:)``.
    public func startPurge(_ claims: [VideoClaim]) throws -> PurgeStart {
        try RepositorySupport.checkBatchSize(claims.count)
        let now = RepositorySupport.rounded(clock())
        let held = held(claims, at: now)
        let batch = deletedVideos(of: held)
        let marked = try batch.videos.map { try RepositorySupport.purgeStartedVideo($0, at: now) }
        for video in marked { store(video) }
        let claimsByID = Dictionary(held.map { ($0.video.id, $0) }) { first, _ in first }
        let orders = marked.compactMap { video in
            claimsByID[video.id].map { claim in
                PurgeOrder(
                    claim: VideoClaim(video: video, token: claim.token, expiresAt: claim.expiresAt),
                    keys: unusedKeys(of: [video]))
            }
        }
        return PurgeStart(orders: orders, unreadable: batch.unreadable)
    }

    /// See ``VideoRepository/claim(_:limit:lease:)``.
    public func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) throws -> ClaimBatch {
        let task = try RepositorySupport.validatedTask(task, limit: limit, lease: lease)
        let now = RepositorySupport.rounded(clock())
        let expiresAt = RepositorySupport.leaseEnd(from: now, lease: lease)
        let batch = due(task, at: now, limit: limit)
        let claims = batch.videos.map { video in
            let claim = Claim(token: UUID(), expiresAt: expiresAt)
            if let slot = slots[video.id] { rows[slot]?.claim = claim }
            return VideoClaim(video: video, token: claim.token, expiresAt: claim.expiresAt)
        }
        return ClaimBatch(claims: claims, unreadable: batch.unreadable)
    }

    /// See ``VideoRepository/renew(_:lease:)``.
    public func renew(_ claims: [VideoClaim], lease: Duration) throws -> [VideoClaim] {
        try RepositorySupport.checkRenewal(of: claims, lease: lease)
        let now = RepositorySupport.rounded(clock())
        let expiresAt = RepositorySupport.leaseEnd(from: now, lease: lease)
        return held(claims, at: now).map { claim in
            if let slot = slots[claim.video.id] {
                rows[slot]?.claim = Claim(token: claim.token, expiresAt: expiresAt)
            }
            return VideoClaim(video: claim.video, token: claim.token, expiresAt: expiresAt)
        }
    }

    /// See ``VideoRepository/release(_:)``.
    public func release(_ claims: [VideoClaim]) throws {
        try RepositorySupport.checkBatchSize(claims.count)
        for claim in claims {
            guard let slot = slots[claim.video.id], rows[slot]?.claim?.token == claim.token else { continue }
            rows[slot]?.claim = nil
        }
    }

    /// Makes a row unreadable, as if another program had written it, or readable again.
    ///
    /// - Parameters:
    ///   - id: The identifier of the row.
    ///   - column: The column to name, or `nil` to repair the row.
    package func makeUnreadable(_ id: Video.ID, column: String?) {
        if let slot = slots[id] { rows[slot]?.unreadableColumn = column }
    }

    private func due(_ task: HousekeepingTask, at now: Date, limit: Int) -> VideoBatch {
        var batch = VideoBatch(videos: [])
        let everything = CatalogTimestamp.first.microseconds..<(CatalogTimestamp.last.microseconds + 1)
        indexes.walk([task.facet], order: .oldestFirst, after: nil, within: everything) { slot in
            guard let row = rows[slot], RepositorySupport.isDue(row.video, for: task, at: now) else { return false }
            let isFree = row.claim.map { $0.expiresAt <= now } ?? true
            if isFree, row.unreadable == nil || batch.unreadable.count < RepositorySupport.Limits.batchSize {
                batch.append(row)
            }
            return batch.videos.count < limit
        }
        return batch
    }

    /// Returns the claims that are still held, each of them once.
    private func held(_ claims: [VideoClaim], at now: Date) -> [VideoClaim] {
        var seen = Set<Video.ID>()
        return claims.filter { claim in
            guard let held = row(claim.video.id)?.claim, held.token == claim.token, held.expiresAt > now else {
                return false
            }
            return seen.insert(claim.video.id).inserted
        }
    }

    private func deletedVideos(of claims: [VideoClaim]) -> VideoBatch {
        var batch = VideoBatch(videos: [])
        for claim in claims {
            if let row = row(claim.video.id), row.video.isDeleted { batch.append(row) }
        }
        return batch
    }

    private func unusedKeys(of videos: [Video]) -> [String] {
        RepositorySupport.unusedKeys(of: videos) { keyUsers[ExactString($0)] != nil }
    }

    private func existingVideo(_ id: Video.ID) throws -> Video {
        guard let row = row(id) else { throw CatalogError.notFound(id) }
        return try row.decoded()
    }

    private func row(_ id: Video.ID) -> Row? { slots[id].flatMap { rows[$0] } }

    /// The live row with an object key.
    private func liveRow(_ key: ExactString) -> Row? {
        guard let row = liveKeys[key].flatMap({ rows[$0] }), ExactString(row.video.objectKey) == key else { return nil }
        return row
    }

    private func usage(of user: UserID, at now: Date) -> UploadUsage {
        var usage = UploadUsage()
        let everything = CatalogTimestamp.first.microseconds..<(CatalogTimestamp.last.microseconds + 1)
        let uploads = Facet.uploader(user, deleted: false)
        indexes.walk([uploads], order: .oldestFirst, after: nil, within: everything) { slot in
            if let row = rows[slot] { usage = usage + RepositorySupport.usage(of: row.video, at: now) }
            return true
        }
        return usage
    }

    /// Throws if another live video has the object key or the key of the upload.
    private func checkKeys(of video: Video) throws(CatalogError) {
        guard !video.isDeleted else { return }
        for key in video.reservedKeys {
            guard let slot = liveKeys[ExactString(key)], let holder = rows[slot], holder.video.id != video.id else {
                continue
            }
            throw .objectKeyTaken(key, by: holder.readable)
        }
    }

    private func store(_ video: Video) {
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

    private func removeFromIndexes(_ video: Video, slot: Int) {
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

/// A row with its claim.
private struct Row {
    var video: Video
    var claim: Claim?
    /// The column that is reported as unreadable, for tests.
    var unreadableColumn: String?

    var unreadable: UnreadableRow? { unreadableColumn.map { UnreadableRow(id: video.id, column: $0) } }
    var readable: Video? { unreadableColumn == nil ? video : nil }

    var stored: StoredRow {
        guard let unreadable else { return .video(video) }
        return .unreadable(
            unreadable, createdAtMicroseconds: CatalogTimestamp(clamping: video.createdAt)?.microseconds ?? 0)
    }

    func decoded() throws(CatalogError) -> Video {
        if let unreadable { throw .corruptRow(unreadable) }
        return video
    }
}

private struct Claim {
    let token: UUID
    let expiresAt: Date
}

extension Video {
    /// The keys that no other live video may have.
    fileprivate var reservedKeys: [String] { [objectKey] + (replacement.map { [$0.objectKey] } ?? []) }
}

extension VideoBatch {
    fileprivate mutating func append(_ row: Row) {
        if let unreadable = row.unreadable { self.unreadable.append(unreadable) } else { videos.append(row.video) }
    }
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
