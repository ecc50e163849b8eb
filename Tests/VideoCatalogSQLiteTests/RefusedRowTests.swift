#if SQLite

import Foundation
import GRDB
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogSQLite
import VideoCatalogTesting

@Suite("Rows that the app keeps")
struct RefusedRowTests {
    private let directory: Scratch
    private let pool: DatabasePool
    private let repository: SQLiteVideoRepository
    private let clock = ManualClock()

    init() async throws {
        directory = try Scratch()
        pool = try DatabasePool(path: directory.path("app.sqlite"))
        repository = SQLiteVideoRepository(pool, clock: clock.catalogClock)
        try await repository.migrate()
    }

    /// Deletes videos, and makes a row of the app refer to each of those with the given indexes.
    private func deletedVideos(_ count: Int, keeping kept: [Int]) async throws -> [Video] {
        try await pool.write { db in
            try db.execute(sql: "CREATE TABLE lesson (video BLOB NOT NULL REFERENCES video_catalog_videos (id))")
        }
        var videos = [Video]()
        for number in 0..<count {
            let video = try await repository.insert(.sample(number, tags: ["a", "b"]))
            clock.advance(by: .seconds(1))
            videos.append(try await repository.delete(video.id))
        }
        let ids = kept.map { videos[$0].id.uuid }
        try await pool.write { db in
            for id in ids { try db.execute(sql: "INSERT INTO lesson VALUES (?)", arguments: [id]) }
        }
        return videos
    }

    @Test(arguments: [1, 2, 3, 4, 9])
    func `don't keep a purge from the others`(limit: Int) async throws {
        let videos = try await deletedVideos(7, keeping: [0, 1, 4])
        let others = [2, 3, 5, 6].map { videos[$0] }
        var purged = [Video]()
        for _ in 0..<(others.count + limit - 1) / limit {
            let result = try await repository.purge(deletedBefore: clock.now + 60, limit: limit)
            #expect(result.videos.count <= limit)
            #expect(result.unusedKeys == result.videos.map(\.objectKey))
            #expect(result.refused.map(\.id).starts(with: [videos[0].id, videos[1].id]))
            #expect(result.refused.allSatisfy { $0.reason.contains("FOREIGN KEY") })
            purged += result.videos
        }
        #expect(purged == others)
        let rest = try await repository.purge(deletedBefore: clock.now + 60, limit: limit)
        #expect(rest.videos.isEmpty && rest.refused.map(\.id) == [0, 1, 4].map { videos[$0].id })
        #expect(try await repository.deletedVideos().videos.count == 3)
        #expect(try Inspection.problems(in: directory.path("app.sqlite")).isEmpty)
        // The kept rows are whole, and go when the app lets go of them.
        try await pool.write { try $0.execute(sql: "DELETE FROM lesson") }
        #expect(try await repository.purge(deletedBefore: clock.now + 60).videos == [0, 1, 4].map { videos[$0] })
    }

    @Test func `are failures of a purge by claims`() async throws {
        let videos = try await deletedVideos(3, keeping: [0])
        let report = try await repository.performPurges(deletedBefore: clock.now + 60, limit: 2) { _ in }
        #expect(report.handled == [videos[1].id, videos[2].id])
        #expect(report.failures.map(\.id) == [videos[0].id])
        let error = report.failures.first?.error as? CatalogError
        #expect(error?.code == .purgeRefused)
        #expect(error?.message.contains("\(videos[0].id): FOREIGN KEY") == true)
        #expect(error?.message.contains("ON DELETE CASCADE") == true)
        let claims = try await repository.claim(.purges(deletedBefore: clock.now + 60), limit: 9, lease: .seconds(60))
        let result = try await repository.purge(.claimed(claims.claims))
        #expect(result.videos.isEmpty && result.refused.map(\.id) == [videos[0].id])
    }

    @Test func `may be many, of which only some are reported`() async throws {
        let videos = try await deletedVideos(2, keeping: [])
        try await pool.write { db in
            // Copies of the first row, which were deleted before it.
            let columns = try db.columns(in: "video_catalog_videos").map(\.name)
            let values = columns.map { ["id": "randomblob(16)", "deleted_at": "n"][$0] ?? $0 }
            try db.execute(
                sql: """
                    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1200)
                    INSERT INTO video_catalog_videos (\(columns.joined(separator: ", ")))
                    SELECT \(values.joined(separator: ", ")) FROM video_catalog_videos, numbers WHERE id = ?
                    """, arguments: [videos[0].id.uuid])
            try db.execute(
                sql: "INSERT INTO lesson SELECT id FROM video_catalog_videos WHERE deleted_at <= 1200")
        }
        let result = try await repository.purge(deletedBefore: clock.now + 60, limit: 200)
        #expect(result.videos == videos)
        #expect(result.refused.count == RepositorySupport.Limits.batchSize)
    }

    @Test func `end a purge once ten times as many as its limit were refused`() async throws {
        let videos = try await deletedVideos(40, keeping: Array(0..<30))
        let first = try await repository.purge(deletedBefore: clock.now + 60, limit: 1)
        #expect(first.videos.isEmpty && first.refused.count == 10)
        let second = try await repository.purge(deletedBefore: clock.now + 60, limit: 9)
        #expect(second.videos == Array(videos[30..<39]))
    }

    @Test func `may be kept by a trigger without an error`() async throws {
        let videos = try await deletedVideos(3, keeping: [])
        try await pool.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER keep BEFORE DELETE ON video_catalog_videos
                    WHEN OLD.title = 'keep' BEGIN SELECT RAISE(IGNORE); END
                    """)
            try db.execute(
                sql: "UPDATE video_catalog_videos SET title = 'keep' WHERE id = ?", arguments: [videos[0].id.uuid])
        }
        let result = try await repository.purge(deletedBefore: clock.now + 60, limit: 2)
        #expect(result.videos == [videos[1], videos[2]])
        #expect(result.refused.map(\.id) == [videos[0].id])
        #expect(result.refused.first?.reason.contains("trigger") == true)
    }
}

#endif
