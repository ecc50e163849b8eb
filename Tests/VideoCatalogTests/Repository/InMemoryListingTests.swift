import TestSupport
import Testing
import VideoCatalog
import VideoCatalogTesting

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Lists of the repository in memory")
struct InMemoryListingTests {
    /// A plain array of rows, to compare the repository with.
    private struct Shadow {
        var rows: [Video] = []

        mutating func store(_ video: Video) {
            rows.removeAll { $0.id == video.id }
            rows.append(video)
        }

        func list(_ query: VideoQuery) -> [Video] {
            let sorted = rows.filter { RepositorySupport.video($0, matches: query) }.sorted {
                ($0.createdAt, $0.id) < ($1.createdAt, $1.id)
            }
            return query.order == .oldestFirst ? sorted : sorted.reversed()
        }
    }

    private static let queries: [VideoQuery] =
        VideoQuery.DeletionFilter.allCases.flatMap { deletion in
            [
                VideoQuery(deletion: deletion), VideoQuery(sessionIDs: ["0", "1"], deletion: deletion),
                VideoQuery(uploadedBy: "2", deletion: deletion),
                VideoQuery(states: [.ready, .failed], deletion: deletion),
                VideoQuery(uploadedBy: "1", tags: ["0"], deletion: deletion),
                VideoQuery(
                    createdFrom: Fixture.instant + 20, createdBefore: Fixture.instant + 60, deletion: deletion),
            ]
        }

    @Test func `are those of a sorted array, while thousands of rows come and go`() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        let clock = ManualClock(at: Fixture.instant)
        let repository = InMemoryVideoRepository(clock: clock.catalogClock)
        var shadow = Shadow()
        for step in 0..<4000 {
            clock.advance(by: .milliseconds(1))
            let existing = shadow.rows.randomElement(using: &generator)
            // It grows, then it shrinks.
            switch (Int.random(in: 0..<10, using: &generator), existing) {
            case (0..<(step < 2500 ? 7 : 2), _), (_, nil):
                shadow.store(try await repository.insert(newVideo(step, &generator)))
            case (let choice, let video?) where choice % 3 == 0:
                shadow.store(try await repository.restore(video.id))
            case (_, let video?):
                shadow.store(try await repository.delete(video.id, expecting: nil))
            }
            if step % 400 == 399 {
                try await compare(repository, shadow, &generator, seed)
                let purged = try await repository.purge(.deletedBefore(clock.now, limit: 150)).videos
                let ids = Set(purged.map(\.id))
                shadow.rows.removeAll { ids.contains($0.id) }
                try await compare(repository, shadow, &generator, seed)
            }
        }
        for video in shadow.rows { _ = try await repository.delete(video.id, expecting: nil) }
        while try await !repository.purge(deletedBefore: .distantFuture, limit: 1000).videos.isEmpty {}
        #expect(try await repository.count(matching: VideoQuery(deletion: .any)) == 0)
    }

    private func newVideo(_ step: Int, _ generator: inout SeededGenerator) -> NewVideo {
        var video = NewVideo(
            title: "t", objectKey: "k/\(step)", uploadedBy: UserID(Int.random(in: 0..<4, using: &generator)),
            sessionID: CourseSessionID(Int.random(in: 0..<4, using: &generator)),
            tags: (0..<3).filter { _ in Bool.random(using: &generator) }.map(String.init),
            state: Bool.random(using: &generator) ? .ready : .uploading)
        video.createdAt = Fixture.instant + Double(Int.random(in: 0..<80, using: &generator))
        return video
    }

    private func compare(
        _ repository: InMemoryVideoRepository, _ shadow: Shadow, _ generator: inout SeededGenerator, _ seed: UInt64
    ) async throws {
        for query in Self.queries {
            var query = query
            query.order = Bool.random(using: &generator) ? .oldestFirst : .newestFirst
            let expected = shadow.list(query)
            try #require(await repository.count(matching: query) == expected.count, "\(query), seed \(seed)")
            let size = [7, 100, 256, 1000].randomElement(using: &generator) ?? 1
            var found = [Video.ID]()
            for try await video in repository.allVideos(matching: query, pageSize: size) { found.append(video.id) }
            try #require(found == expected.map(\.id), "\(query), pages of \(size), seed \(seed)")
        }
    }
}
