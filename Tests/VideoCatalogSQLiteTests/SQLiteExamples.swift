#if SQLite
import GRDB
import Testing
import VideoCatalog
import VideoCatalogSQLite

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The code examples about SQLite in the guide and the documentation comments.
@Suite("SQLite examples")
struct SQLiteExamples {
    private struct Course: Codable, PersistableRecord {
        var name: String
    }

    private let key = "videos/1.mp4"
    private let course = Course(name: "Swift")

    @Test func `open a file`() async throws {
        try await withFile { path in
            let repository = try await SQLiteVideoRepository(path: path)
            let video = try await repository.insert(NewVideo(title: "Lecture 1", objectKey: key, uploadedBy: "42"))
            #expect(try await repository.video(id: video.id) == video)
        }
    }

    @Test func `use the catalog in the app's own file and transactions`() async throws {
        try await withFile { path in
            let pool = try DatabasePool(path: path)
            try await pool.write { db in
                try db.execute(sql: "CREATE TABLE lesson (video BLOB NOT NULL REFERENCES video_catalog_videos (id))")
                try db.execute(sql: "CREATE TABLE course (name TEXT NOT NULL)")
            }

            let repository = SQLiteVideoRepository(pool)
            try await repository.migrate()

            try await repository.write { catalog, db in
                let video = try catalog.insert(NewVideo(title: "Lecture 1", objectKey: key, uploadedBy: "42"))
                try db.execute(sql: "INSERT INTO lesson (video) VALUES (?)", arguments: [video.id.uuid])
            }
            let id = try #require(try await repository.video(objectKey: key)).id
            try await pool.write { db in
                try db.execute(sql: "DELETE FROM lesson")
                _ = try SQLiteVideoCatalog(db).delete(id)
            }
            #expect(try await repository.video(id: id) == nil)

            try await pool.write { db in
                try course.insert(db)
                try SQLiteVideoCatalog(db).insert(NewVideo(title: "Lecture 1", objectKey: key, uploadedBy: "42"))
            }
            try await repository.delete(try #require(try await repository.video(objectKey: key)).id)
            try await repository.write { catalog, db in
                try course.insert(db)
                try catalog.insert(NewVideo(title: "Lecture 1", objectKey: key, uploadedBy: "42"))
            }
            #expect(try await repository.count(matching: VideoQuery(deletion: .any)) == 3)
            #expect(try await pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM course") } == 2)
        }
    }

    private func withFile(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "r2kit-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.appending(path: "videos.sqlite").path)
    }
}
#endif
