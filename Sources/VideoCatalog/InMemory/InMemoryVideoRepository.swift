#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A catalog in memory: for tests, demonstrations and hosts of a single process that can do without it after a restart.
///
/// A list costs the page and not the catalog: the most selective condition among session, uploader, state, visibility and
/// tag has an index, and the other conditions are tried on what it finds.
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

    /// Makes an empty catalog.
    ///
    /// - Parameter clock: What is the time.
    public init(clock: @escaping CatalogClock = { Date() }) { self.clock = clock }

    /// Adds a video.
    ///
    /// - Parameter video: What is known of it.
    /// - Returns: The row as it is stored, in version 1.
    /// - Throws: ``CatalogError``: `invalidFields`, `objectKeyTaken`, `idTaken`.
    @discardableResult
    public func insert(_ video: NewVideo) throws -> Video {
        let inserted = try RepositorySupport.insertedVideo(from: video, at: clock())
        if let row = row(inserted.id) { throw CatalogError.idTaken(inserted.id, by: row.video) }
        try checkKey(of: inserted)
        store(inserted)
        return inserted
    }

    /// Finds a video.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - includingDeleted: Whether to find it if it is deleted.
    /// - Returns: The video, or `nil`.
    /// - Throws: Nothing; it is there so that another repository can take this one's place.
    public func video(id: Video.ID, includingDeleted: Bool) throws -> Video? {
        guard let slot = slots[id], let video = rows[slot]?.video, includingDeleted || !video.isDeleted else {
            return nil
        }
        return video
    }

    /// Finds several videos.
    ///
    /// - Parameters:
    ///   - ids: Up to 1,000 identifiers.
    ///   - includingDeleted: Whether to find deleted ones.
    /// - Returns: The videos that there are, in the order of the identifiers; each of them once.
    /// - Throws: ``CatalogError``: `invalidArgument` for more than 1,000.
    public func videos(ids: [Video.ID], includingDeleted: Bool) throws -> [Video] {
        try RepositorySupport.checkBatchSize(ids.count)
        var seen = Set<Video.ID>()
        return try ids.compactMap {
            seen.insert($0).inserted ? try video(id: $0, includingDeleted: includingDeleted) : nil
        }
    }

    /// Finds the live video with an object key.
    ///
    /// - Parameter objectKey: The key, byte for byte.
    /// - Returns: The video, or `nil`.
    /// - Throws: Nothing; it is there so that another repository can take this one's place.
    public func video(objectKey: String) throws -> Video? {
        liveKeys[ExactString(objectKey)].flatMap { rows[$0]?.video }
    }

    /// Changes a live video.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - version: The version that the caller has seen.
    ///   - changes: What to change.
    /// - Returns: The next version of the row.
    /// - Throws: ``CatalogError``: `notFound`, `versionConflict`, `illegalTransition`, `invalidFields`, `objectKeyTaken`.
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

    /// Lists videos.
    ///
    /// - Parameters:
    ///   - query: Which videos, and in which order.
    ///   - page: How many, and after which.
    /// - Returns: The page.
    /// - Throws: ``CatalogError``: `invalidArgument`, `invalidCursor`.
    public func videos(matching query: VideoQuery, page: PageRequest) throws -> VideoPage {
        let query = try RepositorySupport.validatedQuery(query)
        let position = try RepositorySupport.startPosition(of: page, in: query.order).map {
            IndexKey(instant: $0.createdAt.microseconds, id: $0.id)
        }
        var found = [Video]()
        found.reserveCapacity(page.limit + 1)
        let (facets, isExact) = indexes.plan(query)
        indexes.walk(facets, order: query.order, after: position, within: query.instants) { slot in
            if let video = rows[slot]?.video, isExact || RepositorySupport.video(video, matches: query) {
                found.append(video)
            }
            return found.count <= page.limit
        }
        return RepositorySupport.makePage(from: found, for: page, order: query.order)
    }

    /// Counts videos.
    ///
    /// - Parameter query: Which videos. A single condition among session, uploader, state, visibility and tag is counted
    ///   without looking at them.
    /// - Returns: How many there are.
    /// - Throws: ``CatalogError``: `invalidArgument`.
    public func count(matching query: VideoQuery) throws -> Int {
        let query = try RepositorySupport.validatedQuery(query)
        let (facets, isExact) = indexes.plan(query)
        guard !isExact else { return facets.reduce(0) { $0 + indexes[$1].count } }
        var count = 0
        indexes.walk(facets, order: query.order, after: nil, within: query.instants) { slot in
            if let video = rows[slot]?.video, RepositorySupport.video(video, matches: query) { count += 1 }
            return true
        }
        return count
    }

    /// Deletes a video so that it can be restored.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - version: The version that the caller has seen; `nil` for whichever it is.
    /// - Returns: The deleted row. One that was deleted before is returned as it is, whatever the version.
    /// - Throws: ``CatalogError``: `notFound`, `versionConflict`.
    @discardableResult
    public func delete(_ id: Video.ID, expecting version: Int?) throws -> Video {
        guard let row = row(id) else { throw CatalogError.notFound(id) }
        let deleted = try RepositorySupport.deletedVideo(row.video, expecting: version, at: clock())
        store(deleted)
        return deleted
    }

    /// Makes a deleted video live again.
    ///
    /// - Parameter id: Its identifier.
    /// - Returns: The live row. One that is live already is returned as it is.
    /// - Throws: ``CatalogError``: `notFound`, `objectKeyTaken`, `claimed`.
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

    /// Removes deleted videos for good.
    ///
    /// - Parameter selection: Which ones. Live videos are never removed.
    /// - Returns: The rows that were removed, whose objects may now be deleted.
    /// - Throws: ``CatalogError``: `invalidArgument`.
    @discardableResult
    public func purge(_ selection: PurgeSelection) throws -> [Video] {
        let now = RepositorySupport.rounded(clock())
        var purged = [Video]()
        switch try RepositorySupport.validatedSelection(selection) {
        case .deletedBefore(let instant, let limit):
            purged = due(.purges(deletedBefore: instant), at: now, limit: limit)
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

    /// Takes videos for housekeeping, so that no other worker takes them while the claim lasts.
    ///
    /// - Parameters:
    ///   - task: What is to be done.
    ///   - limit: How many at most: 1 to 1,000.
    ///   - lease: How long the claim lasts: 1 second to 24 hours.
    /// - Returns: The videos that nobody else has claimed, those that are due the longest first.
    /// - Throws: ``CatalogError``: `invalidArgument`.
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

    /// Gives claims back before they run out.
    ///
    /// - Parameter claims: Any claims; those that ran out or are somebody else's by now are left alone.
    /// - Throws: ``CatalogError``: `invalidArgument` for more than 1,000.
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

    /// Refuses the object key of another live video.
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
    /// The microseconds of creation that are asked for.
    fileprivate var instants: Range<Int64> {
        let first = createdFrom.flatMap(CatalogTimestamp.init(clamping:)) ?? .first
        let end =
            createdBefore.flatMap(CatalogTimestamp.init(clamping:))?.microseconds
            ?? CatalogTimestamp.last.microseconds + 1
        return first.microseconds..<max(first.microseconds, end)
    }
}
