#if SQLite

import CatalogTestSupport
import Foundation
import GRDB
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogSQLite

/// Two repositories with separate connections, as in two processes.
@Suite("Two repositories on one file")
struct SharedFileTests {
    private let directory: Scratch
    private let repositories: [SQLiteVideoRepository]

    init() async throws {
        directory = try Scratch()
        let path = directory.path("catalog.sqlite")
        repositories = [
            try await SQLiteVideoRepository(path: path, busyTimeout: .seconds(60)),
            try await SQLiteVideoRepository(path: path, busyTimeout: .seconds(60)),
        ]
    }

    /// Runs a closure 12 times concurrently, and returns the number of successes and the codes of the failures.
    private func race(
        _ body: @escaping @Sendable (SQLiteVideoRepository, Int) async throws -> Void
    ) async throws -> (winners: Int, codes: Set<CatalogError.Code>) {
        try await withThrowingTaskGroup(of: CatalogError.Code?.self) { group in
            for number in 0..<12 {
                let repository = repositories[number % 2]
                group.addTask {
                    do {
                        try await body(repository, number)
                        return nil
                    } catch let error as CatalogError {
                        return error.code
                    }
                }
            }
            var (winners, codes) = (0, Set<CatalogError.Code>())
            for try await code in group {
                if let code { codes.insert(code) } else { winners += 1 }
            }
            return (winners, codes)
        }
    }

    @Test func `one of many concurrent updates of a version succeeds`() async throws {
        let video = try await repositories[0].insert(.sample())
        let (winners, codes) = try await race { repository, number in
            var changes = VideoChanges()
            changes.title = .set("by \(number)")
            try await repository.update(video.id, expecting: 1, changes)
        }
        #expect(winners == 1)
        #expect(codes == [.versionConflict])
        #expect(try await repositories[1].requiredVideo(id: video.id).version == 2)
    }

    @Test func `many tasks that edit one video at once all succeed`() async throws {
        let video = try await repositories[0].insert(.sample())
        let edits = try await ContendedEdits(of: video, on: repositories)
        #expect(edits.failures.isEmpty, "\(edits.failures)")
        #expect(edits.lostTags == [])
        #expect(edits.addedVersions == 40)
    }

    @Test func `one of many concurrent insertions of a key succeeds`() async throws {
        let (winners, codes) = try await race { repository, _ in try await repository.insert(.sample()) }
        #expect(winners == 1)
        #expect(codes == [.objectKeyTaken])
    }

    @Test func `one of many concurrent restorations with the same key succeeds`() async throws {
        var ids = [Video.ID]()
        for _ in 0..<12 {
            let video = try await repositories[0].insert(.sample())
            ids.append(try await repositories[1].delete(video.id).id)
        }
        let deleted = ids
        let (winners, codes) = try await race { repository, number in try await repository.restore(deleted[number]) }
        #expect(winners == 1)
        #expect(codes == [.objectKeyTaken])
    }

    @Test func `no video is claimed twice`() async throws {
        for number in 0..<60 {
            var new = NewVideo.sample(number)
            new.deleteAfter = Date(timeIntervalSince1970: 1)
            try await repositories[0].insert(new)
        }
        let claimed = try await withThrowingTaskGroup(of: [Video.ID].self) { group in
            for number in 0..<12 {
                let repository = repositories[number % 2]
                group.addTask {
                    try await repository.claim(.deletions, limit: 7, lease: .seconds(60)).claims.map(\.video.id)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == 60)
        #expect(Set(claimed).count == 60)
    }

    @Test func `retried updates lose no change`() async throws {
        let video = try await repositories[0].insert(.sample())
        _ = try await race { repository, number in
            for step in 0..<3 {
                _ = try await repository.update(video.id, attempts: 1000) { $0.tags.append("\(number)-\(step)") }
            }
        }
        let stored = try await repositories[0].requiredVideo(id: video.id)
        #expect(stored.tags.count == 36)
        #expect(stored.version == 37)
        #expect(try Inspection.problems(in: directory.path("catalog.sqlite")).isEmpty)
    }

    @Test func `one repository reads what the other has committed`() async throws {
        for number in 0..<20 {
            let video = try await repositories[number % 2].insert(.sample(number))
            #expect(try await repositories[(number + 1) % 2].video(id: video.id) == video)
        }
    }
}

#endif
