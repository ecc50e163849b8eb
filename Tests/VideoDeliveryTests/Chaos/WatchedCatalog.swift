#if Delivery && Emulator
import R2Emulator
import R2Kit
import R2Storage
import VideoCatalog
import VideoDelivery

/// A catalog of which every call can fail, before or after it is performed, those of housekeeping included.
struct WatchedCatalog: VideoRepository {
    let catalog: any VideoRepository
    let log: CallLog

    private func call<Result: Sendable>(
        _ name: String, isChange: Bool = true, _ body: () async throws -> Result
    ) async throws -> Result {
        switch log.note("catalog.\(name)") {
        case nil: return try await body()
        case .refused?, .deathBefore?: throw CatalogError(.unavailable, "Refused by the test.")
        case .lostResponse?, .deathAfter?:
            _ = try await body()
            throw CatalogError(isChange ? .outcomeUnknown : .unavailable, "Lost by the test.")
        }
    }

    func insert(_ video: NewVideo, within limits: UploadLimits) async throws -> Video {
        try await call("insert") { try await catalog.insert(video, within: limits) }
    }
    func uploadUsage(of user: UserID) async throws -> UploadUsage {
        try await call("usage", isChange: false) { try await catalog.uploadUsage(of: user) }
    }
    func video(id: Video.ID, includingDeleted: Bool) async throws -> Video? {
        try await call("video", isChange: false) {
            try await catalog.video(id: id, includingDeleted: includingDeleted)
        }
    }
    func videos(ids: [Video.ID], includingDeleted: Bool) async throws -> VideoBatch {
        try await call("ids", isChange: false) {
            try await catalog.videos(ids: ids, includingDeleted: includingDeleted)
        }
    }
    func video(objectKey: String) async throws -> Video? {
        try await call("key", isChange: false) { try await catalog.video(objectKey: objectKey) }
    }
    func videos(objectKeys: [String], includingDeleted: Bool) async throws -> VideoBatch {
        try await call("keys", isChange: false) {
            try await catalog.videos(objectKeys: objectKeys, includingDeleted: includingDeleted)
        }
    }
    func update(_ id: Video.ID, expecting version: Int, _ changes: VideoChanges) async throws -> Video {
        try await call("update") { try await catalog.update(id, expecting: version, changes) }
    }
    func videos(matching query: VideoQuery, page: PageRequest) async throws -> VideoPage {
        try await call("page", isChange: false) { try await catalog.videos(matching: query, page: page) }
    }
    func count(matching query: VideoQuery) async throws -> Int {
        try await call("count", isChange: false) { try await catalog.count(matching: query) }
    }
    func delete(_ id: Video.ID, expecting version: Int?) async throws -> Video {
        try await call("delete") { try await catalog.delete(id, expecting: version) }
    }
    func restore(_ id: Video.ID) async throws -> Video { try await call("restore") { try await catalog.restore(id) } }
    func purge(_ selection: PurgeSelection) async throws -> PurgeResult {
        try await call("purge") { try await catalog.purge(selection) }
    }
    func startPurge(_ claims: [VideoClaim]) async throws -> PurgeStart {
        try await call("startPurge") { try await catalog.startPurge(claims) }
    }
    func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) async throws -> ClaimBatch {
        try await call("claim") { try await catalog.claim(task, limit: limit, lease: lease) }
    }
    func renew(_ claims: [VideoClaim], lease: Duration) async throws -> [VideoClaim] {
        try await call("renew") { try await catalog.renew(claims, lease: lease) }
    }
    func release(_ claims: [VideoClaim]) async throws {
        try await call("release") { try await catalog.release(claims) }
    }
}

extension UploadWorld {
    /// Returns the same world, in which the trouble also reaches the calls that only housekeeping makes.
    func withWatchedCatalog() throws -> UploadWorld { try with(catalog: WatchedCatalog(catalog: catalog, log: log)) }

    /// Returns the same world with another catalog for its uploads.
    func with(catalog: any VideoRepository) throws -> UploadWorld {
        var copy = self
        let r2 = r2
        copy.uploads = try VideoUploads(
            catalog: catalog, client: client, policy: uploads.policy, options: uploads.options,
            clock: { r2.clock.now })
        return copy
    }
}
#endif
