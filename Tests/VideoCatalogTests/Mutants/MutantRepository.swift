import VideoCatalog

/// A repository that forwards every call to one in memory, unless a mutant replaces the call.
struct MutantRepository: VideoRepository {
    typealias Base = InMemoryVideoRepository

    struct Operations: Sendable {
        var insert: @Sendable (Base, NewVideo) async throws -> Video = { try await $0.insert($1) }
        var insertWithin: @Sendable (Base, NewVideo, UploadLimits) async throws -> Video = {
            try await $0.insert($1, within: $2)
        }
        var usage: @Sendable (Base, UserID) async throws -> UploadUsage = { try await $0.uploadUsage(of: $1) }
        var find: @Sendable (Base, Video.ID, Bool) async throws -> Video? = {
            try await $0.video(id: $1, includingDeleted: $2)
        }
        var findMany: @Sendable (Base, [Video.ID], Bool) async throws -> VideoBatch = {
            try await $0.videos(ids: $1, includingDeleted: $2)
        }
        var findKeys: @Sendable (Base, [String], Bool) async throws -> VideoBatch = {
            try await $0.videos(objectKeys: $1, includingDeleted: $2)
        }
        var findKey: @Sendable (Base, String) async throws -> Video? = { try await $0.video(objectKey: $1) }
        var update: @Sendable (Base, Video.ID, Int, VideoChanges) async throws -> Video = {
            try await $0.update($1, expecting: $2, $3)
        }
        var page: @Sendable (Base, VideoQuery, PageRequest) async throws -> VideoPage = {
            try await $0.videos(matching: $1, page: $2)
        }
        var count: @Sendable (Base, VideoQuery) async throws -> Int = { try await $0.count(matching: $1) }
        var delete: @Sendable (Base, Video.ID, Int?) async throws -> Video = {
            try await $0.delete($1, expecting: $2)
        }
        var restore: @Sendable (Base, Video.ID) async throws -> Video = { try await $0.restore($1) }
        var purge: @Sendable (Base, PurgeSelection) async throws -> PurgeResult = { try await $0.purge($1) }
        var claim: @Sendable (Base, HousekeepingTask, Int, Duration) async throws -> ClaimBatch = {
            try await $0.claim($1, limit: $2, lease: $3)
        }
        var renew: @Sendable (Base, [VideoClaim], Duration) async throws -> [VideoClaim] = {
            try await $0.renew($1, lease: $2)
        }
        var startPurge: @Sendable (Base, [VideoClaim]) async throws -> PurgeStart = { try await $0.startPurge($1) }
        var release: @Sendable (Base, [VideoClaim]) async throws -> Void = { try await $0.release($1) }
        /// A change of every row that is read.
        var shown: @Sendable (inout Video) -> Void = { _ in }
    }

    let base: Base
    let operations: Operations

    func insert(_ video: NewVideo, within limits: UploadLimits) async throws -> Video {
        guard limits != .none else { return try await operations.insert(base, video) }
        return try await operations.insertWithin(base, video, limits)
    }

    func uploadUsage(of user: UserID) async throws -> UploadUsage { try await operations.usage(base, user) }

    func video(id: Video.ID, includingDeleted: Bool) async throws -> Video? {
        try await operations.find(base, id, includingDeleted).map(shown)
    }

    func videos(ids: [Video.ID], includingDeleted: Bool) async throws -> VideoBatch {
        shown(try await operations.findMany(base, ids, includingDeleted))
    }

    func videos(objectKeys: [String], includingDeleted: Bool) async throws -> VideoBatch {
        shown(try await operations.findKeys(base, objectKeys, includingDeleted))
    }

    func video(objectKey: String) async throws -> Video? { try await operations.findKey(base, objectKey).map(shown) }

    func update(_ id: Video.ID, expecting version: Int, _ changes: VideoChanges) async throws -> Video {
        try await operations.update(base, id, version, changes)
    }

    func videos(matching query: VideoQuery, page: PageRequest) async throws -> VideoPage {
        var page = try await operations.page(base, query, page)
        page.videos = page.videos.map(shown)
        return page
    }

    func count(matching query: VideoQuery) async throws -> Int { try await operations.count(base, query) }

    func delete(_ id: Video.ID, expecting version: Int?) async throws -> Video {
        try await operations.delete(base, id, version)
    }

    func restore(_ id: Video.ID) async throws -> Video { try await operations.restore(base, id) }

    func purge(_ selection: PurgeSelection) async throws -> PurgeResult {
        try await operations.purge(base, selection)
    }

    func startPurge(_ claims: [VideoClaim]) async throws -> PurgeStart {
        try await operations.startPurge(base, claims)
    }

    func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) async throws -> ClaimBatch {
        try await operations.claim(base, task, limit, lease)
    }

    func renew(_ claims: [VideoClaim], lease: Duration) async throws -> [VideoClaim] {
        try await operations.renew(base, claims, lease)
    }

    func release(_ claims: [VideoClaim]) async throws { try await operations.release(base, claims) }

    private func shown(_ batch: VideoBatch) -> VideoBatch {
        VideoBatch(videos: batch.videos.map(shown), unreadable: batch.unreadable)
    }

    private func shown(_ video: Video) -> Video {
        var video = video
        operations.shown(&video)
        return video
    }
}
