#if SQLite

import Foundation
import GRDB
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogSQLite

@Suite("Migrations")
struct MigrationTests {
    private func schema(_ path: String) throws -> [String] {
        try DatabaseQueue(path: path).read { db in
            try String.fetchAll(db, sql: "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master")
        }
    }

    @Test func `have no effect the second time`() async throws {
        let directory = try Scratch()
        let path = directory.path("catalog.sqlite")
        let repository = try await SQLiteVideoRepository(path: path)
        let video = try await repository.insert(.sample())
        let before = try schema(path)
        try await repository.migrate()
        try await repository.writer.write { try SQLiteVideoSchema.migrate($0) }
        #expect(try schema(path) == before)
        #expect(try await repository.video(id: video.id) == video)
        #expect(try await repository.writer.read { try SQLiteVideoSchema.version(in: $0) } == SQLiteVideoSchema.version)
    }

    @Test func `can run concurrently`() async throws {
        let directory = try Scratch()
        let path = directory.path("catalog.sqlite")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let repository = try await SQLiteVideoRepository(path: path, busyTimeout: .seconds(60))
                    try await repository.insert(.sample(number))
                }
            }
            try await group.waitForAll()
        }
        let repository = try await SQLiteVideoRepository(path: path)
        #expect(try await repository.count(matching: VideoQuery()) == 8)
        #expect(try Inspection.problems(in: path).isEmpty)
    }

    @Test func `leave tables of a later version unchanged`() async throws {
        let directory = try Scratch()
        let path = directory.path("catalog.sqlite")
        let repository = try await SQLiteVideoRepository(path: path)
        let video = try await repository.insert(.sample())
        try await repository.writer.write { try $0.execute(sql: "UPDATE video_catalog_schema SET version = 99") }
        let before = try schema(path)
        #expect(await errorCode { _ = try await SQLiteVideoRepository(path: path) } == .schemaTooNew)
        #expect(await errorCode { try await repository.migrate() } == .schemaTooNew)
        #expect(await errorCode { _ = try await repository.video(id: video.id) } == .schemaTooNew)
        #expect(await errorCode { _ = try await repository.insert(.sample(2)) } == .schemaTooNew)
        #expect(try schema(path) == before)
        let rows = try await repository.writer.read { db in
            try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM video_catalog_videos")
        }
        #expect(rows == 1)
    }

    @Test func `are required before the catalog is used`() async throws {
        let repository = SQLiteVideoRepository(try DatabaseQueue())
        #expect(await errorCode { _ = try await repository.insert(.sample()) } == .schemaMissing)
        #expect(await errorCode { _ = try await repository.count(matching: VideoQuery()) } == .schemaMissing)
        #expect(try await repository.writer.read { try SQLiteVideoSchema.version(in: $0) } == nil)
        try await repository.migrate()
        try await repository.insert(.sample())
        try await repository.writer.write { try $0.execute(sql: "DROP TABLE video_catalog_videos") }
        #expect(await errorCode { _ = try await repository.insert(.sample()) } == .schemaMissing)
    }

    @Test func `leave nothing behind when they fail`() async throws {
        let directory = try Scratch()
        let path = directory.path("app.sqlite")
        let queue = try DatabaseQueue(path: path)
        // The app has an index with one of the catalog's names, so the migration fails halfway.
        try await queue.write { db in
            try db.execute(sql: "CREATE TABLE app (a)")
            try db.execute(sql: "CREATE INDEX video_catalog_due_purges ON app (a)")
        }
        let before = try schema(path)
        #expect(await errorCode { try await SQLiteVideoRepository(queue).migrate() } == .storeFailure)
        #expect(try schema(path) == before)
    }

    @Test func `bring the rows of version 1 along, unreadable ones too`() async throws {
        let repository = try await SQLiteVideoRepository.inMemory()
        var new = NewVideo.sample()
        new.thumbnailKey = "thumb"
        new.renditions = [.init(kind: "hls", key: "hls"), .init(kind: "dash", key: "thumb")]
        let video = try await repository.insert(new)
        var inserted = [Video]()
        for number in 2...6 { inserted.append(try await repository.insert(.sample(number))) }
        let broken = inserted
        try await repository.writer.write { db in
            let renditions = ["{}", "not JSON", "[1, null]", "[{\"key\":7}]", "\"text\""]
            for (video, text) in zip(broken, renditions) {
                try db.execute(
                    sql: "UPDATE video_catalog_videos SET renditions = ? WHERE id = ?",
                    arguments: [text, video.id.uuid])
            }
            try db.execute(
                sql: """
                    DROP TABLE video_catalog_keys;
                    DROP INDEX video_catalog_deleted_keys;
                    DROP INDEX video_catalog_stalled_uploads;
                    DROP INDEX video_catalog_live_upload_keys;
                    DROP INDEX video_catalog_usage;
                    DROP INDEX video_catalog_replacements;
                    DROP INDEX video_catalog_replaced_objects;
                    DROP INDEX video_catalog_expiring_uploads;
                    CREATE INDEX video_catalog_expiring_uploads
                        ON video_catalog_videos (upload_expires_at, id) WHERE deleted_at IS NULL
                        AND state IN ('pendingUpload', 'uploading') AND upload_expires_at IS NOT NULL;
                    ALTER TABLE video_catalog_videos DROP COLUMN upload_key;
                    ALTER TABLE video_catalog_videos DROP COLUMN upload_id;
                    ALTER TABLE video_catalog_videos DROP COLUMN upload_part_size;
                    ALTER TABLE video_catalog_videos DROP COLUMN upload_byte_size;
                    ALTER TABLE video_catalog_videos DROP COLUMN upload_content_type;
                    ALTER TABLE video_catalog_videos DROP COLUMN replaced_keys;
                    ALTER TABLE video_catalog_videos DROP COLUMN purge_started_at;
                    UPDATE video_catalog_schema SET version = 1;
                    """)
        }
        #expect(await errorCode { _ = try await repository.video(id: video.id) } == .schemaMissing)
        try await repository.migrate()
        let page = try await repository.videos(matching: VideoQuery(), page: .first(10))
        #expect(page.videos == [video])
        #expect(page.unreadable.count == 5)
        let keys = try await repository.writer.read { db in
            try String.fetchAll(
                db, sql: "SELECT key FROM video_catalog_keys WHERE video_id = ? ORDER BY key",
                arguments: [video.id.uuid])
        }
        #expect(keys == ["hls", "thumb"])
        let usage = try await repository.uploadUsage(of: "42")
        #expect(usage == UploadUsage(openUploads: 6))
        try await repository.delete(video.id)
        #expect(
            try await repository.purge(deletedBefore: .distantFuture).unusedKeys == ["hls", "thumb", "videos/1.mp4"])
    }

    @Test func `are available as SQL`() throws {
        let queue = try DatabaseQueue()
        try queue.write { db in try db.execute(sql: SQLiteVideoSchema.sql) }
        let names = try queue.read { try String.fetchAll($0, sql: "SELECT name FROM sqlite_master WHERE sql NOT NULL") }
        #expect(names.allSatisfy { $0.hasPrefix("video_catalog_") })
        #expect(names.count == 21)
    }
}

#endif
