import Testing
import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Many tasks at the same time, each of which continues until it has won a number of times.
@Suite("Races for the repository in memory")
struct InMemoryRaceTests {
    private let repository = InMemoryVideoRepository(clock: { Date(timeIntervalSince1970: 1_772_000_000) })

    @Test func `no update is lost among sixteen tasks`() async throws {
        let video = try await repository.insert(NewVideo(title: "0", objectKey: "k", uploadedBy: 42))
        try await inParallel(16) { _ in
            for _ in 0..<200 {
                _ = try await repository.update(video.id, attempts: .max) {
                    $0.title = String((Int($0.title) ?? 0) + 1)
                }
            }
        }
        let last = try await repository.requiredVideo(id: video.id)
        #expect(last.title == "3200")
        #expect(last.version == 3201)
    }

    @Test func `of all who restore a video onto one key, one wins`() async throws {
        var ids = [Video.ID]()
        for _ in 0..<16 {
            let video = try await repository.insert(NewVideo(title: "t", objectKey: "k", uploadedBy: 42))
            ids.append(try await repository.delete(video.id).id)
        }
        for _ in 0..<50 {
            let deleted = ids
            let winners = try await inParallel(deleted.count) { number in
                do {
                    return try await repository.restore(deleted[number]).id
                } catch let error as CatalogError where error.code == .objectKeyTaken {
                    return nil
                }
            }.compactMap { $0 }
            try #require(winners.count == 1)
            try await repository.delete(winners[0])
        }
    }

    @Test func `every video is claimed once, while others come and go`() async throws {
        let due = Date(timeIntervalSince1970: 1_771_000_000)
        for number in 0..<2000 {
            var video = NewVideo(title: "t", objectKey: "due/\(number)", uploadedBy: 42)
            video.deleteAfter = due
            _ = try await repository.insert(video)
        }
        let claims = try await inParallel(16) { number in
            var taken = [Video.ID]()
            while true {
                let batch = try await repository.claim(.deletions, limit: 7, lease: .seconds(60)).claims
                if batch.isEmpty { return taken }
                taken += batch.map(\.video.id)
                let other = try await repository.insert(
                    NewVideo(title: "t", objectKey: "other/\(number)/\(taken.count)", uploadedBy: 42))
                try await repository.delete(other.id)
                _ = try await repository.videos(matching: VideoQuery(deletion: .any), page: .first(5))
            }
        }.joined()
        #expect(claims.count == 2000)
        #expect(Set(claims).count == 2000)
    }

    @discardableResult
    private func inParallel<Value: Sendable>(
        _ count: Int, _ work: @escaping @Sendable (Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for number in 0..<count { group.addTask { try await work(number) } }
            var values = [Value]()
            for try await value in group { values.append(value) }
            return values
        }
    }
}
