#if SQLite

import Foundation
import GRDB
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogSQLite

@Suite("In the app's own database")
struct AppDatabaseTests {
    private let directory: Scratch
    private let pool: DatabasePool
    private let repository: SQLiteVideoRepository

    init() async throws {
        directory = try Scratch()
        pool = try DatabasePool(path: directory.path("app.sqlite"))
        try Self.migrator.migrate(pool)
        repository = SQLiteVideoRepository(pool)
        try await repository.migrate()
    }

    /// The app's migrator, as in GRDB's documentation.
    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("courses") { db in
            try db.execute(sql: "CREATE TABLE course (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE)")
        }
        return migrator
    }

    private func courses() async throws -> Int {
        try await pool.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM course") ?? -1 }
    }

    private struct Abandoned: Error {}

    @Test func `an app's row and a video are written together`() async throws {
        let video = try await pool.write { db in
            try db.execute(sql: "INSERT INTO course (title) VALUES ('A')")
            return try SQLiteVideoCatalog(db).insert(.sample(tags: ["a", "b"]))
        }
        #expect(try await repository.video(id: video.id) == video)
        #expect(try await courses() == 1)
    }

    @Test func `neither is written if the transaction is rolled back`() async throws {
        await #expect(throws: Abandoned.self) {
            try await repository.write { catalog, db in
                try catalog.insert(.sample(tags: ["a", "b"]))
                try db.execute(sql: "INSERT INTO course (title) VALUES ('A')")
                throw Abandoned()
            }
        }
        #expect(try await repository.count(matching: VideoQuery(deletion: .any)) == 0)
        #expect(try await courses() == 0)
        #expect(try Inspection.problems(in: directory.path("app.sqlite")).isEmpty)
    }

    @Test func `a rejected operation leaves the transaction usable`() async throws {
        let taken = try await repository.insert(.sample(1))
        let codes = try await repository.write { catalog, db in
            try db.execute(sql: "INSERT INTO course (title) VALUES ('A')")
            var codes = [CatalogError.Code]()
            let other = try catalog.insert(.sample(2, tags: ["a"]))
            let rejected: [() throws -> Void] = [
                { try catalog.insert(.sample(1, tags: ["x", "y"])) },
                {
                    var changes = VideoChanges()
                    changes.objectKey = .set(taken.objectKey)
                    changes.tags = .set(["x"])
                    try catalog.update(other.id, expecting: 1, changes)
                },
                { try catalog.delete(other.id, expecting: 7) },
                { try catalog.restore(Video.ID.make()) },
            ]
            for operation in rejected {
                do { try operation() } catch let error as CatalogError { codes.append(error.code) }
            }
            try db.execute(sql: "INSERT INTO course (title) VALUES ('B')")
            return codes
        }
        #expect(codes == [.objectKeyTaken, .objectKeyTaken, .versionConflict, .notFound])
        #expect(try await courses() == 2)
        #expect(try await repository.videos(matching: VideoQuery(tags: ["x"]), page: .first(9)).videos.isEmpty)
        #expect(try await repository.count(matching: VideoQuery(tags: ["a"])) == 1)
        #expect(try Inspection.problems(in: directory.path("app.sqlite")).isEmpty)
    }

    @Test func `an operation that fails halfway is rolled back alone`() async throws {
        try await pool.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER rejects AFTER INSERT ON video_catalog_tags WHEN NEW.tag = 'forbidden'
                    BEGIN SELECT RAISE(ABORT, 'forbidden by the app'); END
                    """)
        }
        let code = try await repository.write { catalog, db in
            var code: CatalogError.Code?
            do {
                try catalog.insert(.sample(1, tags: ["allowed", "forbidden"]))
            } catch let error as CatalogError {
                code = error.code
            }
            try db.execute(sql: "INSERT INTO course (title) VALUES ('A')")
            return code
        }
        #expect(code == .storeFailure)
        #expect(try await courses() == 1)
        #expect(try await repository.count(matching: VideoQuery(deletion: .any)) == 0)
    }

    @Test func `a key that the app's own SQL writes with its copy is in use`() async throws {
        let user = try await repository.insert(.sample(1))
        var shared = NewVideo.sample(2)
        shared.thumbnailKey = "shared.jpg"
        let deleted = try await repository.insert(shared)
        try await pool.write { db in
            for sql in [
                "UPDATE video_catalog_videos SET thumbnail_key = :key WHERE id = :id",
                "INSERT OR IGNORE INTO video_catalog_keys (video_id, key) VALUES (:id, :key)",
            ] { try db.execute(sql: sql, arguments: ["id": user.id.uuid, "key": "shared.jpg"]) }
        }
        try await repository.delete(deleted.id)
        #expect(try await repository.purge(deletedBefore: .distantFuture).unusedKeys == [deleted.objectKey])
        #expect(try Inspection.problems(in: directory.path("app.sqlite")).isEmpty)
    }

    @Test func `the app's own errors are passed on unchanged`() async throws {
        let error = await #expect(throws: DatabaseError.self) {
            try await repository.write { _, db in
                try db.execute(sql: "INSERT INTO course (title) VALUES ('A'), ('A')")
            }
        }
        #expect(error?.resultCode == .SQLITE_CONSTRAINT)
    }

    @Test func `each operation is atomic outside a transaction`() async throws {
        try await pool.writeWithoutTransaction { db in
            let catalog = try repository.catalog(in: db)
            let video = try catalog.insert(.sample(1, tags: ["a"]))
            #expect(throws: CatalogError.self) { try catalog.insert(.sample(1, tags: ["b"])) }
            #expect(!db.isInsideTransaction)
            try catalog.delete(video.id)
        }
        #expect(try await repository.deletedVideos().videos.count == 1)
        #expect(try Inspection.problems(in: directory.path("app.sqlite")).isEmpty)
    }

    @Test func `the app's migrator and the catalog's are independent`() async throws {
        try await repository.insert(.sample())
        var later = Self.migrator
        later.registerMigration("lecturers") { db in
            try db.execute(sql: "CREATE TABLE lecturer (id INTEGER PRIMARY KEY)")
        }
        try later.migrate(pool)
        try await repository.migrate()
        #expect(try await repository.count(matching: VideoQuery()) == 1)
        let migrator = later
        let (applied, tables) = try await pool.read { db in
            (
                try migrator.appliedIdentifiers(db),
                try String.fetchAll(
                    db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            )
        }
        #expect(applied == ["courses", "lecturers"])
        let ours = tables.filter { !["course", "lecturer", "grdb_migrations"].contains($0) }
        #expect(
            Set(ours) == ["video_catalog_schema", "video_catalog_videos", "video_catalog_tags", "video_catalog_keys"])
    }

    @Test func `an app's migration can create the catalog's tables`() async throws {
        var migrator = Self.migrator
        migrator.registerMigration("catalog") { db in try SQLiteVideoSchema.migrate(db) }
        let queue = try DatabaseQueue()
        try migrator.migrate(queue)
        let video = try await SQLiteVideoRepository(queue).insert(.sample())
        #expect(video.version == 1)
    }

    @Test func `a read sees one state of the database`() async throws {
        let both = try await repository.read { catalog, db in
            let before = try catalog.count(matching: VideoQuery())
            try pool.write { _ = try SQLiteVideoCatalog($0).insert(.sample()) }
            return (before, try catalog.count(matching: VideoQuery()))
        }
        #expect(both == (0, 0))
        #expect(try await repository.count(matching: VideoQuery()) == 1)
    }
}

#endif
