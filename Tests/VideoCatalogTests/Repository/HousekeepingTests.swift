import Testing
import VideoCatalog
import VideoCatalogTesting

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A round of housekeeping")
struct HousekeepingTests {
    private struct Broken: Error {}

    private let clock = ManualClock()
    private let repository: InMemoryVideoRepository

    init() { repository = InMemoryVideoRepository(clock: clock.catalogClock) }

    private func insert(count: Int, _ edit: (inout NewVideo, Int) -> Void) async throws -> [Video] {
        var videos = [Video]()
        for number in 0..<count {
            var video = NewVideo(title: "Lecture", objectKey: "v/\(number)", uploadedBy: "u")
            edit(&video, number)
            videos.append(try await repository.insert(video))
            clock.advance(by: .seconds(1))
        }
        return videos
    }

    private func expire(_ count: Int) async throws -> [Video] {
        let start = clock.now
        let videos = try await insert(count: count) { video, number in
            video.uploadExpiresAt = start.addingTimeInterval(Double(number))
        }
        clock.advance(by: .seconds(100))
        return videos
    }

    @Test func `goes on after a failure, reports unreadable rows and releases what is left`() async throws {
        let videos = try await expire(5)
        await repository.makeUnreadable(videos[0].id, column: "tags")
        let report = try await repository.performHousekeeping(.expiredUploads) { claim in
            if claim.video.id == videos[2].id { throw Broken() }
            try await repository.update(claim.video) { $0.state = .expired }
        }
        #expect(report.handled == [videos[1], videos[3], videos[4]].map(\.id))
        #expect(report.failures.map(\.id) == [videos[2].id] && report.failures.first?.error is Broken)
        #expect(report.unreadable == [UnreadableRow(id: videos[0].id, column: "tags")])
        #expect(report.lost.isEmpty)
        let left = try await repository.claim(.expiredUploads, limit: 10, lease: .seconds(60)).claims
        #expect(left.map(\.video.id) == [videos[2].id])
    }

    @Test func `reaches the videos behind those that fail every time`() async throws {
        let videos = try await expire(9)
        let bad = Set(videos[..<4].map(\.id))
        var attempts = 0
        let report = try await repository.performHousekeeping(.expiredUploads, limit: 2) { claim in
            attempts += 1
            if bad.contains(claim.video.id) { throw Broken() }
            try await repository.update(claim.video) { $0.state = .expired }
        }
        #expect(report.handled == [videos[4], videos[5]].map(\.id))
        #expect(report.failures.map(\.id) == videos[..<4].map(\.id))
        #expect(attempts == 6)
        // The next round tries them again, and reaches the rest.
        let next = try await repository.performHousekeeping(.expiredUploads, limit: 9) { claim in
            if bad.contains(claim.video.id) { throw Broken() }
            try await repository.update(claim.video) { $0.state = .expired }
        }
        #expect(next.handled == videos[6...].map(\.id) && next.failures.count == 4)
    }

    @Test func `ends after ten times as many videos as it should handle`() async throws {
        let videos = try await expire(12)
        let report = try await repository.performHousekeeping(.expiredUploads, limit: 1) { _ in throw Broken() }
        #expect(report.handled.isEmpty && report.failures.map(\.id) == videos[..<10].map(\.id))
        let left = try await repository.claim(.expiredUploads, limit: 20, lease: .seconds(60)).claims
        #expect(left.map(\.video.id) == videos.map(\.id))
    }

    @Test func `tries a video once, even if its claim ends meanwhile`() async throws {
        let videos = try await expire(3)
        var attempts = [Video.ID]()
        let report = try await repository.performHousekeeping(.expiredUploads, limit: 1, lease: .seconds(10)) { claim in
            attempts.append(claim.video.id)
            clock.advance(by: .seconds(10))
            throw Broken()
        }
        #expect(attempts == videos.map(\.id) && report.failures.map(\.id) == attempts)
    }

    @Test(arguments: [0, -1, 1001, .max, .min])
    func `refuses a limit that no claim can have`(limit: Int) async throws {
        let error = await #expect(throws: CatalogError.self) {
            try await repository.performHousekeeping(.expiredUploads, limit: limit) { _ in }
        }
        #expect(error?.code == .invalidArgument)
    }

    @Test func `releases its claims when it is canceled`() async throws {
        let videos = try await expire(3)
        let task = Task { [repository] in
            try await repository.performHousekeeping(.expiredUploads) { claim in
                try await repository.update(claim.video) { $0.state = .expired }
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        let left = try await repository.claim(.expiredUploads, limit: 10, lease: .seconds(60)).claims
        #expect(left.map(\.video.id) == videos.dropFirst().map(\.id))
    }

    @Test func `deletes objects before rows, and only those that nobody uses`() async throws {
        let videos = try await insert(count: 3) { video, number in
            video.thumbnailKey = "thumbs/\(number)"
        }
        for video in videos {
            try await repository.delete(video.id)
            clock.advance(by: .seconds(1))
        }
        try await repository.insert(NewVideo(title: "Again", objectKey: "v/1", uploadedBy: "u"))
        var deleted = [String]()
        let report = try await repository.performPurges(deletedBefore: clock.now) { order in
            if order.claim.video.id == videos[0].id { throw Broken() }
            #expect(try await repository.video(id: order.claim.video.id, includingDeleted: true) == order.claim.video)
            deleted += order.keys
        }
        #expect(deleted == ["thumbs/1", "thumbs/2", "v/2"])
        #expect(report.handled == [videos[1].id, videos[2].id])
        #expect(report.failures.map(\.id) == [videos[0].id])
        // The objects of the first video may be gone, so it can't come back, and the next round finishes it.
        await #expect(throws: CatalogError.self) { try await repository.restore(videos[0].id) }
        let next = try await repository.performPurges(deletedBefore: clock.now) { deleted += $0.keys }
        #expect(next.handled == [videos[0].id])
        #expect(deleted.suffix(2) == ["thumbs/0", "v/0"])
        #expect(try await repository.count(matching: VideoQuery(deletion: .deleted)) == 0)
    }

    @Test func `reports a purge whose lease ended while objects were deleted`() async throws {
        let videos = try await insert(count: 1) { _, _ in }
        try await repository.delete(videos[0].id)
        clock.advance(by: .seconds(1))
        let report = try await repository.performPurges(deletedBefore: clock.now, lease: .seconds(10)) { _ in
            clock.advance(by: .seconds(10))
        }
        #expect(report.lost == [videos[0].id] && report.handled.isEmpty && report.failures.isEmpty)
    }
}
