import Testing
import VideoCatalog
import VideoCatalogTesting

/// The Swift code of the contract's documentation, each example verbatim.
@Suite("The examples of the contract")
struct ContractExamples {
    /// A stand-in for an app's database.
    private struct EmptyDatabase: Sendable {}

    /// A stand-in for an app's repository.
    private actor MyRepository: VideoRepository {
        private let memory: InMemoryVideoRepository

        init(_ database: EmptyDatabase = EmptyDatabase(), clock: @escaping CatalogClock) {
            memory = InMemoryVideoRepository(clock: clock)
        }

        func insert(_ video: NewVideo, within limits: UploadLimits) async throws -> Video {
            try await memory.insert(video, within: limits)
        }
        func uploadUsage(of user: UserID) async throws -> UploadUsage { try await memory.uploadUsage(of: user) }
        func video(id: Video.ID, includingDeleted: Bool) async throws -> Video? {
            try await memory.video(id: id, includingDeleted: includingDeleted)
        }
        func videos(ids: [Video.ID], includingDeleted: Bool) async throws -> VideoBatch {
            try await memory.videos(ids: ids, includingDeleted: includingDeleted)
        }
        func videos(objectKeys: [String], includingDeleted: Bool) async throws -> VideoBatch {
            try await memory.videos(objectKeys: objectKeys, includingDeleted: includingDeleted)
        }
        func video(objectKey: String) async throws -> Video? { try await memory.video(objectKey: objectKey) }
        func update(_ id: Video.ID, expecting version: Int, _ changes: VideoChanges) async throws -> Video {
            try await memory.update(id, expecting: version, changes)
        }
        func videos(matching query: VideoQuery, page: PageRequest) async throws -> VideoPage {
            try await memory.videos(matching: query, page: page)
        }
        func count(matching query: VideoQuery) async throws -> Int { try await memory.count(matching: query) }
        func delete(_ id: Video.ID, expecting version: Int?) async throws -> Video {
            try await memory.delete(id, expecting: version)
        }
        func restore(_ id: Video.ID) async throws -> Video { try await memory.restore(id) }
        func purge(_ selection: PurgeSelection) async throws -> PurgeResult { try await memory.purge(selection) }
        func startPurge(_ claims: [VideoClaim]) async throws -> PurgeStart { try await memory.startPurge(claims) }
        func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) async throws -> ClaimBatch {
            try await memory.claim(task, limit: limit, lease: lease)
        }
        func renew(_ claims: [VideoClaim], lease: Duration) async throws -> [VideoClaim] {
            try await memory.renew(claims, lease: lease)
        }
        /// Stands in for SQL.
        func execute(_ sql: String, _ id: Video.ID) async throws { await memory.makeUnreadable(id, column: "state") }
        func release(_ claims: [VideoClaim]) async throws { try await memory.release(claims) }
    }

    @Suite("In a suite of the host's")
    struct Host {
        private func emptyDatabase() -> EmptyDatabase { EmptyDatabase() }

        @Test func `keeps the contract`() async throws {
            try await VideoRepositoryContract.check { clock in MyRepository(emptyDatabase(), clock: clock) }
        }

        @Test func `keeps the contract with unreadable rows`() async throws {
            try await VideoRepositoryContract.check(
                makeUnreadable: { repository, id in
                    try await repository.execute("UPDATE videos SET state = '?' WHERE id = $1", id)
                    return "state"
                }
            ) { clock in MyRepository(emptyDatabase(), clock: clock) }
        }

        @Test(arguments: VideoRepositoryContract.rules)
        func `keeps the contract`(rule: ContractRule) async throws {
            try await rule.check { clock in MyRepository(emptyDatabase(), clock: clock) }
        }
    }

    @Test func `a repository without arguments is made in one line`() async throws {
        try await VideoRepositoryContract.check { clock in MyRepository(clock: clock) }
    }

    @Test func `a clock is set by hand`() async throws {
        let clock = ManualClock()
        let repository = InMemoryVideoRepository(clock: clock.catalogClock)
        clock.advance(by: .seconds(60))

        let video = try await repository.insert(NewVideo(title: "Lecture", objectKey: "1.mp4", uploadedBy: 42))
        #expect(video.createdAt == clock.now)
    }
}
