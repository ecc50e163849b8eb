#if Delivery && Emulator
import VideoCatalog

/// What happens around the calls to a catalog.
protocol CatalogInterceptor: Sendable {
    /// Performs a call, or fails before or after it.
    /// The name is that of the call, such as `update`, and `isChange` tells whether it changes the catalog.
    func call<Result: Sendable>(
        _ name: String, isChange: Bool, _ body: () async throws -> Result
    ) async throws -> Result
}

/// A catalog whose calls go through an interceptor.
struct InterceptedCatalog<Interceptor: CatalogInterceptor>: VideoRepository {
    let catalog: any VideoRepository
    let interceptor: Interceptor

    private func change<Result: Sendable>(
        _ name: String, _ body: () async throws -> Result
    ) async throws -> Result { try await interceptor.call(name, isChange: true, body) }

    private func read<Result: Sendable>(
        _ name: String, _ body: () async throws -> Result
    ) async throws -> Result { try await interceptor.call(name, isChange: false, body) }

    func insert(_ video: NewVideo, within limits: UploadLimits) async throws -> Video {
        try await change("insert") { try await catalog.insert(video, within: limits) }
    }
    func uploadUsage(of user: UserID) async throws -> UploadUsage {
        try await read("usage") { try await catalog.uploadUsage(of: user) }
    }
    func video(id: Video.ID, includingDeleted: Bool) async throws -> Video? {
        try await read("video") { try await catalog.video(id: id, includingDeleted: includingDeleted) }
    }
    func videos(ids: [Video.ID], includingDeleted: Bool) async throws -> VideoBatch {
        try await read("ids") { try await catalog.videos(ids: ids, includingDeleted: includingDeleted) }
    }
    func video(objectKey: String) async throws -> Video? {
        try await read("key") { try await catalog.video(objectKey: objectKey) }
    }
    func videos(objectKeys: [String], includingDeleted: Bool) async throws -> VideoBatch {
        try await read("keys") { try await catalog.videos(objectKeys: objectKeys, includingDeleted: includingDeleted) }
    }
    func update(_ id: Video.ID, expecting version: Int, _ changes: VideoChanges) async throws -> Video {
        try await change("update") { try await catalog.update(id, expecting: version, changes) }
    }
    func videos(matching query: VideoQuery, page: PageRequest) async throws -> VideoPage {
        try await read("page") { try await catalog.videos(matching: query, page: page) }
    }
    func count(matching query: VideoQuery) async throws -> Int {
        try await read("count") { try await catalog.count(matching: query) }
    }
    func delete(_ id: Video.ID, expecting version: Int?) async throws -> Video {
        try await change("delete") { try await catalog.delete(id, expecting: version) }
    }
    func restore(_ id: Video.ID) async throws -> Video {
        try await change("restore") { try await catalog.restore(id) }
    }
    func purge(_ selection: PurgeSelection) async throws -> PurgeResult {
        try await change("purge") { try await catalog.purge(selection) }
    }
    func startPurge(_ claims: [VideoClaim]) async throws -> PurgeStart {
        try await change("startPurge") { try await catalog.startPurge(claims) }
    }
    func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) async throws -> ClaimBatch {
        try await change("claim") { try await catalog.claim(task, limit: limit, lease: lease) }
    }
    func renew(_ claims: [VideoClaim], lease: Duration) async throws -> [VideoClaim] {
        try await change("renew") { try await catalog.renew(claims, lease: lease) }
    }
    func release(_ claims: [VideoClaim]) async throws {
        try await change("release") { try await catalog.release(claims) }
    }
}
#endif
