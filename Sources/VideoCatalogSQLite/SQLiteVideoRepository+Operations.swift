#if SQLite

public import VideoCatalog

/// Each operation runs ``SQLiteVideoCatalog``'s operation of the same name in a transaction of its own.
extension SQLiteVideoRepository: VideoRepository {
    /// See `VideoRepository/insert(_:within:)`.
    @discardableResult
    public func insert(_ video: NewVideo, within limits: UploadLimits) async throws -> Video {
        try await change { catalog in try catalog.insert(video, within: limits) }
    }

    /// See `VideoRepository/uploadUsage(of:)`.
    public func uploadUsage(of user: UserID) async throws -> UploadUsage {
        try await read { catalog, _ in try catalog.uploadUsage(of: user) }
    }

    /// See `VideoRepository/video(id:includingDeleted:)`.
    public func video(id: Video.ID, includingDeleted: Bool) async throws -> Video? {
        try await read { catalog, _ in try catalog.video(id: id, includingDeleted: includingDeleted) }
    }

    /// See `VideoRepository/videos(ids:includingDeleted:)`.
    public func videos(ids: [Video.ID], includingDeleted: Bool) async throws -> VideoBatch {
        try await read { catalog, _ in try catalog.videos(ids: ids, includingDeleted: includingDeleted) }
    }

    /// See `VideoRepository/videos(objectKeys:includingDeleted:)`.
    public func videos(objectKeys: [String], includingDeleted: Bool) async throws -> VideoBatch {
        try await read { catalog, _ in try catalog.videos(objectKeys: objectKeys, includingDeleted: includingDeleted) }
    }

    /// See `VideoRepository/video(objectKey:)`.
    public func video(objectKey: String) async throws -> Video? {
        try await read { catalog, _ in try catalog.video(objectKey: objectKey) }
    }

    /// See `VideoRepository/update(_:expecting:_:)`.
    @discardableResult
    public func update(_ id: Video.ID, expecting version: Int, _ changes: VideoChanges) async throws -> Video {
        try await change { catalog in try catalog.update(id, expecting: version, changes) }
    }

    /// See `VideoRepository/videos(matching:page:)`.
    public func videos(matching query: VideoQuery, page: PageRequest) async throws -> VideoPage {
        try await read { catalog, _ in try catalog.videos(matching: query, page: page) }
    }

    /// See `VideoRepository/count(matching:)`.
    public func count(matching query: VideoQuery) async throws -> Int {
        try await read { catalog, _ in try catalog.count(matching: query) }
    }

    /// See `VideoRepository/delete(_:expecting:)`.
    @discardableResult
    public func delete(_ id: Video.ID, expecting version: Int?) async throws -> Video {
        try await change { catalog in try catalog.delete(id, expecting: version) }
    }

    /// See `VideoRepository/restore(_:)`.
    @discardableResult
    public func restore(_ id: Video.ID) async throws -> Video {
        try await change { catalog in try catalog.restore(id) }
    }

    /// See `VideoRepository/purge(_:)`.
    @discardableResult
    public func purge(_ selection: PurgeSelection) async throws -> PurgeResult {
        try await change { catalog in try catalog.purge(selection) }
    }

    /// See `VideoRepository/startPurge(_:)`.
    public func startPurge(_ claims: [VideoClaim]) async throws -> PurgeStart {
        try await change { catalog in try catalog.startPurge(claims) }
    }

    /// See `VideoRepository/claim(_:limit:lease:)`.
    public func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) async throws -> ClaimBatch {
        try await change { catalog in try catalog.claim(task, limit: limit, lease: lease) }
    }

    /// See `VideoRepository/renew(_:lease:)`.
    public func renew(_ claims: [VideoClaim], lease: Duration) async throws -> [VideoClaim] {
        try await change { catalog in try catalog.renew(claims, lease: lease) }
    }

    /// See `VideoRepository/release(_:)`.
    public func release(_ claims: [VideoClaim]) async throws {
        try await change { catalog in try catalog.release(claims) }
    }
}

#endif
