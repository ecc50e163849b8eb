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
    private var table = VideoTable()

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
        if let row = table[inserted.id] { throw CatalogError.idTaken(inserted.id, by: row.stored.video) }
        try table.checkKeys(of: inserted)
        if limits != .none {
            let usage = table.usage(of: inserted.uploadedBy, at: now)
            try RepositorySupport.checkUsage(usage, adding: inserted, within: limits, at: now)
        }
        table.store(inserted)
        return inserted
    }

    /// See ``VideoRepository/uploadUsage(of:)``.
    public func uploadUsage(of user: UserID) throws -> UploadUsage {
        table.usage(of: user, at: RepositorySupport.rounded(clock()))
    }

    /// See ``VideoRepository/video(id:includingDeleted:)``.
    public func video(id: Video.ID, includingDeleted: Bool) throws -> Video? {
        guard let row = table[id], includingDeleted || !row.video.isDeleted else { return nil }
        return try row.stored.decoded()
    }

    /// See ``VideoRepository/videos(ids:includingDeleted:)``.
    public func videos(ids: [Video.ID], includingDeleted: Bool) throws -> VideoBatch {
        try RepositorySupport.checkBatchSize(ids.count)
        var seen = Set<Video.ID>()
        var batch = VideoBatch(videos: [])
        for id in ids where seen.insert(id).inserted {
            guard let row = table[id], includingDeleted || !row.video.isDeleted else { continue }
            batch.append(row.stored)
        }
        return batch
    }

    /// See ``VideoRepository/videos(objectKeys:includingDeleted:)``.
    public func videos(objectKeys: [String], includingDeleted: Bool) throws -> VideoBatch {
        try RepositorySupport.checkBatchSize(objectKeys.count)
        var seen = Set<ExactString>()
        var batch = VideoBatch(videos: [])
        for key in objectKeys.map(ExactString.init) where seen.insert(key).inserted {
            if let row = table.liveRow(key) { batch.append(row.stored) }
            guard includingDeleted else { continue }
            for row in table.deletedRows(key) { batch.append(row.stored) }
        }
        return batch
    }

    /// See ``VideoRepository/video(objectKey:)``.
    public func video(objectKey: String) throws -> Video? {
        try table.liveRow(ExactString(objectKey))?.stored.decoded()
    }

    /// See ``VideoRepository/update(_:expecting:_:)``.
    @discardableResult
    public func update(
        _ id: Video.ID, expecting version: Int, _ changes: VideoChanges
    ) throws -> Video {
        let current = try table.existingVideo(id)
        let updated = try RepositorySupport.updatedVideo(current, applying: changes, expecting: version, at: clock())
        try table.checkKeys(of: updated)
        table.store(updated)
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
        table.walk(query, after: position) { row in
            found.append(row.stored)
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
        return table.count(query)
    }

    /// See ``VideoRepository/delete(_:expecting:)``.
    @discardableResult
    public func delete(_ id: Video.ID, expecting version: Int?) throws -> Video {
        let current = try table.existingVideo(id)
        let deleted = try RepositorySupport.deletedVideo(current, expecting: version, at: clock())
        table.store(deleted)
        return deleted
    }

    /// See ``VideoRepository/restore(_:)``.
    @discardableResult
    public func restore(_ id: Video.ID) throws -> Video {
        let current = try table.existingVideo(id)
        let now = RepositorySupport.rounded(clock())
        let restored = try RepositorySupport.restoredVideo(current, at: now)
        if current.isDeleted, let claim = table[id]?.claim, claim.expiresAt > now {
            throw CatalogError.claimed(current)
        }
        try table.checkKeys(of: restored)
        table.store(restored)
        return restored
    }

    /// See ``VideoRepository/purge(_:)``.
    @discardableResult
    public func purge(_ selection: PurgeSelection) throws -> PurgeResult {
        let now = RepositorySupport.rounded(clock())
        let batch =
            switch try RepositorySupport.validatedSelection(selection) {
            case .deletedBefore(let date, let limit): table.due(.purges(deletedBefore: date), at: now, limit: limit)
            case .claimed(let claims): table.deletedVideos(of: table.held(claims, at: now))
            }
        for video in batch.videos { table.remove(video) }
        return PurgeResult(
            videos: batch.videos, unusedKeys: table.unusedKeys(of: batch.videos), unreadable: batch.unreadable)
    }

    /// See ``VideoRepository/startPurge(_:)``.
    public func startPurge(_ claims: [VideoClaim]) throws -> PurgeStart {
        try RepositorySupport.checkBatchSize(claims.count)
        let now = RepositorySupport.rounded(clock())
        let held = table.held(claims, at: now)
        let batch = table.deletedVideos(of: held)
        let marked = try batch.videos.map { try RepositorySupport.purgeStartedVideo($0, at: now) }
        for video in marked { table.store(video) }
        let claimsByID = Dictionary(held.map { ($0.video.id, $0) }) { first, _ in first }
        let orders = marked.compactMap { video in
            claimsByID[video.id].map { claim in
                PurgeOrder(
                    claim: VideoClaim(video: video, token: claim.token, expiresAt: claim.expiresAt),
                    keys: table.unusedKeys(of: [video]))
            }
        }
        return PurgeStart(orders: orders, unreadable: batch.unreadable)
    }

    /// See ``VideoRepository/claim(_:limit:lease:)``.
    public func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) throws -> ClaimBatch {
        let task = try RepositorySupport.validatedTask(task, limit: limit, lease: lease)
        let now = RepositorySupport.rounded(clock())
        let expiresAt = RepositorySupport.leaseEnd(from: now, lease: lease)
        let batch = table.due(task, at: now, limit: limit)
        let claims = batch.videos.map { video in
            let claim = VideoClaim(video: video, token: UUID(), expiresAt: expiresAt)
            table.setClaim(claim, of: video.id)
            return claim
        }
        return ClaimBatch(claims: claims, unreadable: batch.unreadable)
    }

    /// See ``VideoRepository/renew(_:lease:)``.
    public func renew(_ claims: [VideoClaim], lease: Duration) throws -> [VideoClaim] {
        try RepositorySupport.checkRenewal(of: claims, lease: lease)
        let now = RepositorySupport.rounded(clock())
        let expiresAt = RepositorySupport.leaseEnd(from: now, lease: lease)
        return table.held(claims, at: now).map { claim in
            let renewed = VideoClaim(video: claim.video, token: claim.token, expiresAt: expiresAt)
            table.setClaim(renewed, of: claim.video.id)
            return renewed
        }
    }

    /// See ``VideoRepository/release(_:)``.
    public func release(_ claims: [VideoClaim]) throws {
        try RepositorySupport.checkBatchSize(claims.count)
        for claim in claims where table[claim.video.id]?.claim?.token == claim.token {
            table.setClaim(nil, of: claim.video.id)
        }
    }

    /// Makes a row unreadable, as if another program had written it, or readable again.
    ///
    /// - Parameters:
    ///   - id: The identifier of the row.
    ///   - column: The column to name, or `nil` to repair the row.
    package func makeUnreadable(_ id: Video.ID, column: String?) {
        table.setUnreadableColumn(column, of: id)
    }
}
