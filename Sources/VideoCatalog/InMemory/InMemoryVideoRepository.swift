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
    private struct Row {
        var video: Video
        var claim: Claim?
    }

    private struct Claim {
        let token: UUID
        let expiresAt: Date
    }

    private let clock: CatalogClock
    private var rows = RowStore<Row>()
    private var slots: [Video.ID: Int] = [:]
    private var liveKeys: [ExactString: Int] = [:]
    private var indexes = VideoIndexes()

    /// Creates an empty catalog.
    ///
    /// - Parameter clock: The source of the current date.
    public init(clock: @escaping CatalogClock = { Date() }) { self.clock = clock }

    /// See ``VideoRepository/insert(_:)``.
    @discardableResult
    public func insert(_ video: NewVideo) throws -> Video {
        let inserted = try RepositorySupport.insertedVideo(from: video, at: clock())
        if let row = row(inserted.id) { throw CatalogError.idTaken(inserted.id, by: row.video) }
        try checkKey(of: inserted)
        store(inserted)
        return inserted
    }

    /// See ``VideoRepository/video(id:includingDeleted:)``.
    public func video(id: Video.ID, includingDeleted: Bool) throws -> Video? {
        guard let slot = slots[id], let video = rows[slot]?.video, includingDeleted || !video.isDeleted else {
            return nil
        }
        return video
    }

    /// See ``VideoRepository/videos(ids:includingDeleted:)``.
    public func videos(ids: [Video.ID], includingDeleted: Bool) throws -> [Video] {
        try RepositorySupport.checkBatchSize(ids.count)
        var seen = Set<Video.ID>()
        return try ids.compactMap {
            seen.insert($0).inserted ? try video(id: $0, includingDeleted: includingDeleted) : nil
        }
    }

    /// See ``VideoRepository/video(objectKey:)``.
    public func video(objectKey: String) throws -> Video? {
        liveKeys[ExactString(objectKey)].flatMap { rows[$0]?.video }
    }

    /// See ``VideoRepository/update(_:expecting:_:)``.
    @discardableResult
    public func update(
        _ id: Video.ID, expecting version: Int, _ changes: VideoChanges
    ) throws -> Video {
        guard let row = row(id) else { throw CatalogError.notFound(id) }
        let updated = try RepositorySupport.updatedVideo(row.video, applying: changes, expecting: version, at: clock())
        try checkKey(of: updated)
        store(updated)
        return updated
    }

    /// See ``VideoRepository/videos(matching:page:)``.
    public func videos(matching query: VideoQuery, page: PageRequest) throws -> VideoPage {
        let query = try RepositorySupport.validatedQuery(query)
        let position = try RepositorySupport.startPosition(of: page, in: query.order).map {
            IndexKey(microseconds: $0.createdAt.microseconds, id: $0.id)
        }
        var found = [Video]()
        found.reserveCapacity(page.limit + 1)
        let (facets, isExact) = indexes.plan(query)
        indexes.walk(facets, order: query.order, after: position, within: query.creationRange) { slot in
            if let video = rows[slot]?.video, isExact || RepositorySupport.video(video, matches: query) {
                found.append(video)
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
        guard let row = row(id) else { throw CatalogError.notFound(id) }
        let deleted = try RepositorySupport.deletedVideo(row.video, expecting: version, at: clock())
        store(deleted)
        return deleted
    }

    /// See ``VideoRepository/restore(_:)``.
    @discardableResult
    public func restore(_ id: Video.ID) throws -> Video {
        guard let row = row(id) else { throw CatalogError.notFound(id) }
        let now = RepositorySupport.rounded(clock())
        if row.video.isDeleted, let claim = row.claim, claim.expiresAt > now { throw CatalogError.claimed(row.video) }
        let restored = try RepositorySupport.restoredVideo(row.video, at: now)
        try checkKey(of: restored)
        store(restored)
        return restored
    }

    /// See ``VideoRepository/purge(_:)``.
    @discardableResult
    public func purge(_ selection: PurgeSelection) throws -> [Video] {
        let now = RepositorySupport.rounded(clock())
        var purged = [Video]()
        switch try RepositorySupport.validatedSelection(selection) {
        case .deletedBefore(let date, let limit):
            purged = due(.purges(deletedBefore: date), at: now, limit: limit)
        case .claimed(let claims):
            for claim in claims {
                guard let row = row(claim.video.id), row.video.isDeleted, let held = row.claim,
                    held.token == claim.token, held.expiresAt > now, !purged.contains(where: { $0.id == row.video.id })
                else { continue }
                purged.append(row.video)
            }
        }
        for video in purged {
            guard let slot = slots.removeValue(forKey: video.id) else { continue }
            indexes.remove(video, slot: slot)
            rows.remove(slot)
        }
        return purged
    }

    /// See ``VideoRepository/claim(_:limit:lease:)``.
    public func claim(
        _ task: HousekeepingTask, limit: Int, lease: Duration
    ) throws -> [VideoClaim] {
        let task = try RepositorySupport.validatedTask(task, limit: limit, lease: lease)
        let now = RepositorySupport.rounded(clock())
        let expiresAt = RepositorySupport.leaseEnd(from: now, lease: lease)
        return due(task, at: now, limit: limit).map { video in
            let claim = Claim(token: UUID(), expiresAt: expiresAt)
            if let slot = slots[video.id] { rows[slot]?.claim = claim }
            return VideoClaim(video: video, token: claim.token, expiresAt: claim.expiresAt)
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

    private func due(_ task: HousekeepingTask, at now: Date, limit: Int) -> [Video] {
        var found = [Video]()
        let everything = CatalogTimestamp.first.microseconds..<(CatalogTimestamp.last.microseconds + 1)
        indexes.walk([task.facet], order: .oldestFirst, after: nil, within: everything) { slot in
            guard let row = rows[slot], RepositorySupport.isDue(row.video, for: task, at: now) else { return false }
            if row.claim.map({ $0.expiresAt <= now }) ?? true { found.append(row.video) }
            return found.count < limit
        }
        return found
    }

    private func row(_ id: Video.ID) -> Row? { slots[id].flatMap { rows[$0] } }

    /// Throws if another live video has the object key.
    private func checkKey(of video: Video) throws(CatalogError) {
        guard !video.isDeleted, let slot = liveKeys[ExactString(video.objectKey)], let holder = rows[slot]?.video,
            holder.id != video.id
        else { return }
        throw .objectKeyTaken(video.objectKey, by: holder)
    }

    private func store(_ video: Video) {
        let slot: Int
        if let existing = slots[video.id], let old = rows[existing]?.video {
            slot = existing
            indexes.remove(old, slot: slot)
            if !old.isDeleted { liveKeys[ExactString(old.objectKey)] = nil }
            rows[slot]?.video = video
        } else {
            slot = rows.insert(Row(video: video))
            slots[video.id] = slot
        }
        indexes.insert(video, slot: slot)
        if !video.isDeleted { liveKeys[ExactString(video.objectKey)] = slot }
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
