#if SQLite

import Foundation
import GRDB
import Testing
import VideoCatalog
import VideoCatalogSQLite

@Suite("Corrupt rows")
struct CorruptRowTests {
    @Test(arguments: [
        ("version", "0"), ("tags", "'secret'"), ("tags", "'[\"secret\"'"), ("tags", "'[1]'"),
        ("metadata", "'{\"secret\":\"a\",\"secret\":\"b\"}'"), ("metadata", "'[]'"), ("metadata", "'{\"a\":{}}'"),
        ("renditions", "'[{\"kind\":\"secret\"}]'"), ("renditions", "'{}'"), ("state", "'secret'"),
        ("failure_reason", "'secret'"), ("created_at", "-1"), ("updated_at", "4102444800000000"),
        ("upload_expires_at", "-5"), ("ready_at", "9223372036854775807"), ("tags", "'[\"\\ud800\"]'"),
        ("tags", "'[\"a\"] x'"), ("replaced_keys", "'{}'"), ("replaced_keys", "'[7]'"), ("replaced_keys", "'secret'"),
        ("duration", "9e999"), ("frame_rate", "-9e999"),
    ])
    func `are reported by id and column, without their values`(column: String, value: String) async throws {
        let repository = try await SQLiteVideoRepository.inMemory()
        let video = try await repository.insert(.sample())
        try await repository.writer.write { db in
            try db.execute(sql: "UPDATE video_catalog_videos SET \(column) = \(value)")
        }
        let error = await #expect(throws: CatalogError.self) { _ = try await repository.video(id: video.id) }
        #expect(error?.code == .corruptRow)
        #expect(error?.message.contains(video.id.description) == true)
        #expect(error?.message.contains(" \(column) ") == true)
        #expect(error?.description.contains("secret") == false)
        #expect(error?.unreadable == UnreadableRow(id: video.id, column: column))
        let page = try await repository.videos(matching: VideoQuery(), page: .first(5))
        #expect(page.videos.isEmpty && page.unreadable == [UnreadableRow(id: video.id, column: column)])
        // The connection stays usable.
        try await repository.insert(.sample(2))
    }

    @Test(arguments: [
        "upload_id = 'secret'", "upload_part_size = 7", "upload_byte_size = 7", "upload_content_type = 'secret'",
    ])
    func `are those with fields of an upload that has no key`(assignment: String) async throws {
        let repository = try await SQLiteVideoRepository.inMemory()
        let video = try await repository.insert(.sample())
        try await repository.writer.write { try $0.execute(sql: "UPDATE video_catalog_videos SET \(assignment)") }
        let batch = try await repository.videos(ids: [video.id])
        #expect(batch.unreadable == [UnreadableRow(id: video.id, column: "upload_key")])
    }

    @Test(arguments: ["title = ''", "width = 0", "byte_size = -1", "tags = '[\"a\",\"a\"]'", "duration = -1"])
    func `aren't those that break a limit, which are deleted, restored and purged`(assignment: String) async throws {
        let repository = try await SQLiteVideoRepository.inMemory()
        let (odd, plain) = (try await repository.insert(.sample(1)), try await repository.insert(.sample(2)))
        try await repository.writer.write { db in
            try db.execute(
                sql: "UPDATE video_catalog_videos SET \(assignment) WHERE id = ?", arguments: [odd.id.uuid])
        }
        #expect(try await repository.delete(odd.id).isDeleted)
        #expect(try await repository.restore(odd.id).version == 3)
        for id in [odd.id, plain.id] { try await repository.delete(id) }
        let batch = try await repository.claim(.purges(deletedBefore: .distantFuture), limit: 9, lease: .seconds(60))
        let start = try await repository.startPurge(batch.claims)
        #expect(Set(start.orders.map(\.claim.video.id)) == [odd.id, plain.id] && start.unreadable.isEmpty)
        #expect(try await repository.purge(.claimed(batch.claims)).videos.count == 2)
    }

    @Test func `with valid JSON in another form are read`() async throws {
        let repository = try await SQLiteVideoRepository.inMemory()
        let video = try await repository.insert(.sample())
        try await repository.writer.write { db in
            try db.execute(
                sql: """
                    UPDATE video_catalog_videos SET tags = ' [ "\\u00e9\\ud83d\\ude00" , "\\/\\b\\f\\n\\r\\t\\"\\\\" ] ',
                    metadata = '{ "a" : "b" }', renditions = '[{"key":"k", "kind":"hls"}]'
                    """)
        }
        let read = try await repository.requiredVideo(id: video.id)
        #expect(read.tags == ["é😀", "/\u{8}\u{C}\n\r\t\"\\"])
        #expect(read.metadata == ["a": "b"])
        #expect(read.renditions == [.init(kind: "hls", key: "k")])
    }
}

#endif
