#if SQLite

import Foundation
import GRDB
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogSQLite
import VideoCatalogTesting

@Suite("Database failures")
struct FaultTests {
    @Test func `a read-only database rejects writes`() async throws {
        let directory = try Scratch()
        let path = directory.path("catalog.sqlite")
        let writable = try await SQLiteVideoRepository(path: path)
        let video = try await writable.insert(.sample())
        var configuration = Configuration()
        configuration.readonly = true
        let repository = SQLiteVideoRepository(try DatabasePool(path: path, configuration: configuration))
        try await repository.migrate()
        #expect(try await repository.video(id: video.id) == video)
        #expect(await errorCode { _ = try await repository.insert(.sample(2)) } == .readOnly)
        #expect(await errorCode { _ = try await repository.delete(video.id) } == .readOnly)
        // Nothing is due, so the claim writes nothing.
        #expect(try await repository.claim(.deletions, limit: 1, lease: .seconds(1)).claims.isEmpty)
        #expect(
            await errorCode { try await repository.read { catalog, _ in _ = try catalog.insert(.sample(2)) } }
                == .readOnly)
        #expect(try await writable.count(matching: VideoQuery(deletion: .any)) == 1)
    }

    @Test(.enabled(if: geteuid() != 0, "root can write everywhere"))
    func `missing write permissions are reported`() async throws {
        let directory = try Scratch()
        let path = directory.path("catalog.sqlite")
        try await SQLiteVideoRepository(path: path).writer.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: directory.directory.path)
        defer {
            try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: directory.directory.path)
        }
        let code = await errorCode {
            let repository = try await SQLiteVideoRepository(path: path)
            try await repository.insert(.sample())
        }
        #expect(code == .readOnly || code == .unavailable)
    }

    @Test func `a file that can't be opened is reported with advice`() async throws {
        let directory = try Scratch()
        for path in [directory.path("no/such/catalog.sqlite"), directory.directory.path, "/proc/catalog.sqlite"] {
            let error = await #expect(throws: CatalogError.self) { _ = try await SQLiteVideoRepository(path: path) }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("directory") == true)
        }
    }

    @Test func `a full database keeps committed videos and continues when there is space`() async throws {
        let directory = try Scratch()
        let path = directory.path("catalog.sqlite")
        let repository = try await SQLiteVideoRepository(path: path)
        try await repository.writer.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages + 40)")
        }
        var confirmed = Set<Video.ID>()
        var refusal: CatalogError?
        for number in 0..<1000 where refusal == nil {
            var new = NewVideo.sample(number, tags: (0..<20).map { "tag \($0)" })
            new.description = String(repeating: "x", count: 3000)
            do {
                confirmed.insert(try await repository.insert(new).id)
            } catch let error as CatalogError {
                refusal = error
            }
        }
        #expect(refusal?.code == .storageFull)
        #expect(!confirmed.isEmpty)
        let stored = try await repository.videos(matching: VideoQuery(deletion: .any), page: .first(1000)).videos
        #expect(Set(stored.map(\.id)) == confirmed)
        #expect(try Inspection.problems(in: path).isEmpty)
        // In an app's transaction too, SQLite rolls everything back.
        let code = await errorCode {
            try await repository.write { catalog, _ in
                for number in 2000..<2100 { try catalog.insert(.sample(number, tags: ["a", "b"])) }
            }
        }
        #expect(code == .storageFull)
        #expect(try await repository.count(matching: VideoQuery(deletion: .any)) == confirmed.count)
        try await repository.writer.writeWithoutTransaction { db in
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = 1000000")
        }
        try await repository.insert(.sample(5000, tags: ["a"]))
        #expect(try Inspection.problems(in: path).isEmpty)
    }

    @Test func `a file that isn't a database is reported and left unchanged`() async throws {
        let directory = try Scratch()
        let path = directory.path("catalog.sqlite")
        let garbage = Data((0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
        try garbage.write(to: URL(fileURLWithPath: path))
        let error = await #expect(throws: CatalogError.self) { _ = try await SQLiteVideoRepository(path: path) }
        #expect(error?.code == .storeFailure)
        #expect(error?.message.contains("isn't an SQLite database") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == garbage)
    }

    @Test func `damage to an open file is reported`() async throws {
        let directory = try Scratch()
        let path = directory.path("catalog.sqlite")
        let filling = try await SQLiteVideoRepository(path: path)
        for number in 0..<200 { try await filling.insert(.sample(number, tags: ["a"])) }
        try filling.writer.close()
        let repository = try await SQLiteVideoRepository(path: path)
        let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: size - 4096))
        try file.close()
        let reading = await errorCode { _ = try await repository.videos(matching: VideoQuery(), page: .first(1000)) }
        #expect(reading == .storeFailure || reading == .schemaMissing)
        let writing = await errorCode { _ = try await repository.insert(.sample(9999)) }
        #expect(writing == .storeFailure || writing == .schemaMissing)
    }

    @Test func `a database locked by another connection is unavailable`() async throws {
        let directory = try Scratch()
        let path = directory.path("catalog.sqlite")
        let repository = try await SQLiteVideoRepository(path: path, busyTimeout: .milliseconds(20))
        let other = try DatabaseQueue(path: path)
        try await other.writeWithoutTransaction { db in try db.execute(sql: "CREATE TABLE app (a)") }
        let code = try await locking(other) { await errorCode { _ = try await repository.insert(.sample()) } }
        #expect(code == .unavailable)
        try await repository.insert(.sample())
    }

    @Test func `cancellation ends the wait for a lock`() async throws {
        let directory = try Scratch()
        let path = directory.path("catalog.sqlite")
        let repository = try await SQLiteVideoRepository(path: path, busyTimeout: .seconds(60))
        let other = try DatabaseQueue(path: path)
        let errors = try await locking(other) { () -> [any Error] in
            let task = Task { try await repository.insert(.sample()) }
            task.cancel()
            let waiting = Task { try await repository.insert(.sample()) }
            try? await Task.sleep(for: .milliseconds(50))
            waiting.cancel()
            var errors = [any Error]()
            for result in [await task.result, await waiting.result] {
                if case .failure(let error) = result { errors.append(error) }
            }
            return errors
        }
        #expect(errors.count == 2)
        #expect(errors.allSatisfy { $0 is CancellationError }, "\(errors)")
        #expect(try await repository.count(matching: VideoQuery(deletion: .any)) == 0)
    }

    @Test func `cancellation rolls a running transaction back`() async throws {
        let repository = try await SQLiteVideoRepository.inMemory()
        let task = Task {
            try await repository.write { catalog, _ in
                for number in 0... { try catalog.insert(.sample(number, tags: ["a"])) }
            }
        }
        try await Task.sleep(for: .milliseconds(20))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await repository.count(matching: VideoQuery(deletion: .any)) == 0)
    }

    /// Runs a closure while another connection holds the write lock.
    private func locking<Result>(_ queue: DatabaseQueue, _ body: () async throws -> Result) async throws -> Result {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let holder = try DatabaseQueue(path: queue.path, configuration: configuration)
        try await holder.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
        do {
            let result = try await body()
            try await holder.writeWithoutTransaction { try $0.rollback() }
            return result
        } catch {
            try await holder.writeWithoutTransaction { try $0.rollback() }
            throw error
        }
    }
}

#endif
