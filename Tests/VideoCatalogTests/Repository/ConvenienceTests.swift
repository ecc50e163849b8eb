import Testing
import VideoCatalog
import VideoCatalogTesting

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The conveniences of repositories")
struct ConvenienceTests {
    private let clock = ManualClock(at: Fixture.instant)
    private let repository: InMemoryVideoRepository

    init() { repository = InMemoryVideoRepository(clock: clock.catalogClock) }

    private func insert(_ key: String, _ edit: (inout NewVideo) -> Void = { _ in }) async throws -> Video {
        clock.advance(by: .seconds(1))
        var video = NewVideo(title: "Lecture", objectKey: key, uploadedBy: "u")
        edit(&video)
        return try await repository.insert(video)
    }

    @Test func `find a video that must be there`() async throws {
        let video = try await insert("k")
        #expect(try await repository.video(id: video.id) == video)
        #expect(try await repository.requiredVideo(id: video.id) == video)
        #expect(try await repository.videos(ids: [video.id]).videos == [video])
        try await repository.delete(video.id)
        #expect(try await repository.video(id: video.id) == nil)
        #expect(try await repository.videos(ids: [video.id]).videos == [])
        let error = await #expect(throws: CatalogError.self) { try await repository.requiredVideo(id: video.id) }
        #expect(error?.code == .notFound)
    }

    @Test func `store an edited video`() async throws {
        let video = try await insert("k") { $0.description = "old" }
        let updated = try await repository.update(video) {
            $0.title = "New"
            $0.description = nil
            $0.version = 99
            $0.updatedAt = .distantFuture
            $0.deletedAt = .distantPast
        }
        #expect(updated.title == "New" && updated.description == nil)
        #expect(updated.version == 2 && updated.deletedAt == nil && updated.updatedAt == clock.now)
        let error = await #expect(throws: CatalogError.self) {
            try await repository.update(video) { $0.title = "Late" }
        }
        #expect(error?.code == .versionConflict)
        #expect(error?.current == updated)
    }

    @Test(arguments: [(0, 1), (1, 2), (9, 10)])
    func `try again as long as somebody else is quicker`(rivals: Int, attempts: Int) async throws {
        let video = try await insert("k") { $0.byteSize = 0 }
        let calls = Memory(0)
        let rival = rivalled(rivals)
        let updated = try await rival.update(video.id, attempts: attempts) {
            calls.with { $0 += 1 }
            $0.title = "Mine"
        }
        #expect(updated.title == "Mine")
        #expect(updated.byteSize == Int64(rivals))
        #expect(calls.with { $0 } == rivals + 1)
    }

    @Test func `give up after the last attempt`() async throws {
        let video = try await insert("k") { $0.byteSize = 0 }
        let calls = Memory(0)
        let error = await #expect(throws: CatalogError.self) {
            try await rivalled(3).update(video.id, attempts: 3) {
                calls.with { $0 += 1 }
                $0.title = "Mine"
            }
        }
        #expect(error?.code == .versionConflict)
        #expect(calls.with { $0 } == 3)
        #expect(try await repository.requiredVideo(id: video.id).title == "Lecture")
    }

    @Test func `pass on what the edit throws, and change nothing`() async throws {
        struct Refusal: Error {}
        let video = try await insert("k")
        await #expect(throws: Refusal.self) { try await repository.update(video.id) { _ in throw Refusal() } }
        await #expect(throws: Refusal.self) { try await repository.update(video) { _ in throw Refusal() } }
        #expect(try await repository.video(id: video.id) == video)
    }

    @Test func `list by session, by deletion and by the end of uploads`() async throws {
        let first = try await insert("first") {
            $0.sessionID = "s"
            $0.uploadExpiresAt = clock.now
        }
        let second = try await insert("second") { $0.sessionID = "s" }
        let deleted = try await repository.delete(try await insert("third") { $0.sessionID = "s" }.id)
        let done = try await insert("done") {
            $0.state = .ready
            $0.uploadExpiresAt = clock.now
        }
        #expect(try await repository.videos(in: "s").videos == [second, first])
        #expect(try await repository.videos(in: "s", page: .first(1)).videos == [second])
        #expect(try await repository.deletedVideos().videos == [deleted])
        #expect(try await repository.expiredUploads(at: clock.now).videos == [first])
        #expect(try await repository.expiredUploads(at: Fixture.instant).videos == [])
        #expect(try await repository.purge(deletedBefore: .distantFuture).videos == [deleted])
        #expect(try await repository.deletedVideos().videos == [])
        #expect(try await repository.requiredVideo(id: done.id) == done)
    }

    @Test func `go through all videos past those that can't be read`() async throws {
        var videos = [Video]()
        for number in 0..<5 { videos.append(try await insert("\(number)")) }
        for video in [videos[0], videos[1], videos[3]] { await repository.makeUnreadable(video.id, column: "tags") }
        let (rows, reports) = AsyncStream<UnreadableRow>.makeStream()
        var found = [Video]()
        let query = VideoQuery(order: .oldestFirst)
        for try await video in repository.allVideos(matching: query, pageSize: 1, onUnreadable: { reports.yield($0) }) {
            found.append(video)
        }
        reports.finish()
        #expect(found == [videos[2], videos[4]])
        let reported = await rows.reduce(into: [Video.ID]()) { $0.append($1.id) }
        #expect(reported == [videos[0], videos[1], videos[3]].map(\.id))
        for try await video in repository.allVideos(matching: query, pageSize: 2) { found.append(video) }
        #expect(found.count == 4)
    }

    @Test func `go through all videos, more than once, on pages of any size`() async throws {
        var expected = [Video]()
        for number in 0..<7 { expected.insert(try await insert("\(number)"), at: 0) }
        for size in [1, 2, 7, 8, 1000] {
            let all = repository.allVideos(pageSize: size)
            for _ in 0..<2 {
                var found = [Video]()
                for try await video in all { found.append(video) }
                #expect(found == expected)
            }
        }
        var none = repository.allVideos(matching: VideoQuery(uploadedBy: "nobody")).makeAsyncIterator()
        #expect(try await none.next() == nil)
        #expect(try await none.next() == nil)
        var refused = repository.allVideos(pageSize: 0).makeAsyncIterator()
        await #expect(throws: CatalogError.self) { try await refused.next() }
    }

    @Test func `go through all videos while they are deleted`() async throws {
        for number in 0..<10 { _ = try await insert("\(number)") }
        var count = 0
        for try await video in repository.allVideos(pageSize: 3) {
            try await repository.delete(video.id)
            count += 1
        }
        #expect(count == 10)
    }

    /// Returns the repository with a rival that changes the video first, a number of times.
    private func rivalled(_ count: Int) -> MutantRepository {
        let remaining = Memory(count)
        var operations = MutantRepository.Operations()
        operations.update = { base, id, version, changes in
            if remaining.with({
                $0 -= 1; return $0 >= 0
            }), let row = try await base.row(id) {
                var theirs = VideoChanges()
                theirs.byteSize = .set((row.byteSize ?? 0) + 1)
                _ = try await base.update(id, expecting: row.version, theirs)
            }
            return try await base.update(id, expecting: version, changes)
        }
        return MutantRepository(base: repository, operations: operations)
    }
}
