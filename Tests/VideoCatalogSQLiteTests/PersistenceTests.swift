#if SQLite

import Foundation
import GRDB
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogSQLite
import VideoCatalogTesting

@Suite("Persistence")
struct PersistenceTests {
    @Test func `every field survives reopening the file`() async throws {
        let directory = try Scratch()
        let path = directory.path("catalog.sqlite")
        let clock = ManualClock()
        var new = NewVideo.sample(1, tags: ["b", "a", "ä\"\\"])
        new.description = "'; DROP TABLE video_catalog_videos; --\n\u{1}😀"
        new.sessionID = 7
        new.byteSize = .max
        new.duration = 0.1
        new.frameRate = 29.97
        new.width = 1920
        new.metadata = ["a": "", "\u{1F600}": "e\u{301}"]
        new.renditions = [.init(kind: "hls", key: "a/\"b\".m3u8"), .init(kind: "hls", key: "c")]
        new.state = .failed(reason: "wrongSize")
        new.deleteAfter = Date(timeIntervalSince1970: 4_102_444_799.999999)
        let (live, deleted) = try await {
            let repository = try await SQLiteVideoRepository(path: path, clock: clock.catalogClock)
            let live = try await repository.insert(new)
            let deleted = try await repository.insert(.sample(2))
            return (live, try await repository.delete(deleted.id))
        }()
        let repository = try await SQLiteVideoRepository(path: path, clock: clock.catalogClock)
        #expect(try await repository.video(id: live.id) == live)
        #expect(try await repository.videos(ids: [deleted.id], includingDeleted: true).videos == [deleted])
        #expect(
            try await repository.videos(matching: VideoQuery(tags: ["ä\"\\", "a"]), page: .first(5)).videos == [live])
    }

    @Test func `the stored JSON is sorted and escapes only what it must`() async throws {
        let repository = try await SQLiteVideoRepository.inMemory()
        var new = NewVideo.sample(tags: ["b/c", "a\"\\", "\n\u{1F}é"])
        new.metadata = ["b": "2", "a/": "1", "B": "\u{1}"]
        new.renditions = [.init(kind: "hls", key: "a/b"), .init(kind: "dash", key: "\t")]
        let video = try await repository.insert(new)
        let columns = try await repository.read { _, db in
            try ["tags", "metadata", "renditions"].map { column in
                try String.fetchOne(db, sql: "SELECT \(column) FROM video_catalog_videos")
            }
        }
        let expected = [
            #"["b/c","a\"\\","\u000a\u001fé"]"#, #"{"B":"\u0001","a/":"1","b":"2"}"#,
            #"[{"kind":"hls","key":"a/b"},{"kind":"dash","key":"\u0009"}]"#,
        ]
        #expect(columns == expected)
        #expect(try await repository.video(id: video.id) == video)
    }

    @Test func `a file is opened with a synced write-ahead log and foreign keys`() async throws {
        let directory = try Scratch()
        let repository = try await SQLiteVideoRepository(path: directory.path("catalog.sqlite"))
        let settings = try await repository.write { _, db in
            try ["journal_mode", "synchronous", "foreign_keys"].map { try String.fetchOne(db, sql: "PRAGMA \($0)") }
        }
        #expect(settings == ["wal", "2", "1"])
    }

    @Test func `strings are bound and never part of a statement`() async throws {
        let texts = [
            "'", "''", "\"", "\\", ";", "--", "/*", "%", "_", "?", ":id", "$1", "a') OR 1=1 --",
            "x'); DELETE FROM video_catalog_videos; --", "\u{1F468}\u{200D}\u{1F469}", "e\u{301}", "\u{202E}abc",
            "\n\t",
        ]
        let repository = try await SQLiteVideoRepository.inMemory()
        for text in texts {
            var new = NewVideo(title: text, objectKey: text, uploadedBy: UserID(text), tags: [text])
            new.sessionID = CourseSessionID(text)
            new.visibility = .init(rawValue: text)
            new.metadata = [text: text]
            new.renditions = [.init(kind: text, key: text)]
            new.state = .failed(reason: text)
            let video = try await repository.insert(new)
            let query = VideoQuery(
                sessionIDs: [.init(text)], uploadedBy: UserID(text), visibilities: [.init(rawValue: text)],
                tags: [text],
                titleContains: text)
            #expect(try await repository.videos(matching: query, page: .first(2)).videos == [video])
            #expect(try await repository.count(matching: query) == 1)
            #expect(try await repository.video(objectKey: text) == video)
            var other = NewVideo.sample()
            other.objectKey = text
            #expect(await errorCode { _ = try await repository.insert(other) } == .objectKeyTaken)
        }
        #expect(try await repository.count(matching: VideoQuery()) == texts.count)
        #expect(try await repository.video(objectKey: "'\0b") == nil)
    }

    @Test func `invalid paths, numbers of readers and timeouts are rejected`() async throws {
        for path in ["", ":memory:", "a\0b"] {
            #expect(await errorCode { _ = try await SQLiteVideoRepository(path: path) } == .invalidArgument)
        }
        let directory = try Scratch()
        for readers in [0, 65] {
            let code = await errorCode {
                _ = try await SQLiteVideoRepository(path: directory.path("a.sqlite"), readers: readers)
            }
            #expect(code == .invalidArgument)
        }
        for timeout in [Duration.seconds(-1), .seconds(61)] {
            let code = await errorCode {
                _ = try await SQLiteVideoRepository(path: directory.path("a.sqlite"), busyTimeout: timeout)
            }
            #expect(code == .invalidArgument)
        }
    }
}

#endif
