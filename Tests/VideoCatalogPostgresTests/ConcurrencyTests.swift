#if Postgres
import CatalogTestSupport
import Foundation
import Testing
import VideoCatalog
import VideoCatalogLibPQ
@testable import VideoCatalogPostgres

/// Many tasks over several pools, as on several machines.
@Suite(.againstPostgres)
struct ConcurrencyTests {
    /// Runs a function with repositories that have separate pools.
    private func withMachines(
        _ catalog: TestCatalog, _ body: ([PostgresVideoRepository]) async throws -> Void
    ) async throws {
        var configuration = try await SharedPool.configuration()
        configuration.maximumConnections = 4
        let pools = try (0..<3).map { _ in try LibPQPool(configuration) }
        do {
            try await body(pools.map { PostgresVideoRepository($0, schema: catalog.schema) })
        } catch {
            for pool in pools { await pool.shutdown() }
            throw error
        }
        for pool in pools { await pool.shutdown() }
    }

    /// Returns the results of many concurrent tasks.
    private func race<Value: Sendable>(
        _ machines: [PostgresVideoRepository], count: Int,
        _ body: @escaping @Sendable (PostgresVideoRepository, Int) async throws -> Value
    ) async throws -> [Result<Value, CatalogError>] {
        try await withThrowingTaskGroup(of: Result<Value, CatalogError>.self) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        return .success(try await body(machines[number % machines.count], number))
                    } catch let error as CatalogError {
                        return .failure(error)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func `many tasks that edit one video at once all succeed`() async throws {
        let catalog = try await TestCatalog.make()
        let video = try await catalog.repository.insert(.sample("one"))
        try await withMachines(catalog) { machines in
            let edits = try await ContendedEdits(of: video, on: machines)
            #expect(edits.failures.isEmpty, "\(edits.failures)")
            #expect(edits.lostTags == [])
            #expect(edits.addedVersions == 40)
        }
    }

    @Test func `of many updates of one version, one wins, and the others see its row`() async throws {
        let catalog = try await TestCatalog.make()
        let video = try await catalog.repository.insert(.sample("one"))
        try await withMachines(catalog) { machines in
            let results = try await race(machines, count: 30) { repository, number in
                try await repository.update(video) { $0.title = "title \(number)" }
            }
            let winners = results.compactMap { try? $0.get() }
            #expect(winners.count == 1)
            for case .failure(let error) in results {
                #expect(error.code == .versionConflict)
                #expect(error.current == winners.first)
            }
        }
    }

    @Test func `of many updates that are retried, none is lost`() async throws {
        let catalog = try await TestCatalog.make()
        let video = try await catalog.repository.insert(.sample("one"))
        try await withMachines(catalog) { machines in
            let results = try await race(machines, count: 24) { repository, number in
                try await repository.update(video.id, attempts: 100) { $0.tags.append("\(number)") }
            }
            #expect(results.count { (try? $0.get()) != nil } == 24)
        }
        let last = try await catalog.repository.requiredVideo(id: video.id)
        #expect(last.version == 25)
        #expect(Set(last.tags) == Set((0..<24).map(String.init)))
    }

    @Test func `of many insertions with one key, one wins`() async throws {
        let catalog = try await TestCatalog.make()
        try await withMachines(catalog) { machines in
            let results = try await race(machines, count: 30) { repository, _ in
                try await repository.insert(.sample("one"))
            }
            let winners = results.compactMap { try? $0.get() }
            #expect(winners.count == 1)
            for case .failure(let error) in results {
                #expect(error.code == .objectKeyTaken)
                #expect(error.current == winners.first)
            }
        }
    }

    @Test func `of many restorations onto one key, one wins`() async throws {
        let catalog = try await TestCatalog.make()
        var deleted = [Video]()
        for _ in 0..<20 {
            let video = try await catalog.repository.insert(.sample("one"))
            deleted.append(try await catalog.repository.delete(video.id))
        }
        let videos = deleted
        try await withMachines(catalog) { machines in
            let results = try await race(machines, count: 20) { repository, number in
                try await repository.restore(videos[number].id)
            }
            #expect(results.count { (try? $0.get()) != nil } == 1)
            for case .failure(let error) in results { #expect(error.code == .objectKeyTaken) }
        }
        #expect(try await catalog.repository.count(matching: VideoQuery()) == 1)
        #expect(try await catalog.repository.count(matching: VideoQuery(deletion: .deleted)) == 19)
    }

    @Test func `every video is claimed once, and purged once`() async throws {
        let catalog = try await TestCatalog.make()
        for number in 0..<120 {
            let video = try await catalog.repository.insert(.sample("\(number)"))
            try await catalog.repository.delete(video.id)
        }
        let now = Date() + 60
        try await withMachines(catalog) { machines in
            let claimed = try await race(machines, count: 30) { repository, _ in
                try await repository.claim(.purges(deletedBefore: now), limit: 7, lease: .seconds(600))
            }.map { try $0.get() }
            let first = claimed.flatMap(\.claims)
            #expect(Set(first.map(\.video.id)).count == first.count)
            #expect(Set(first.map(\.token)).count == first.count)
            // Tasks that found only rows locked by others claimed nothing. The rest can be claimed now.
            let rest = try await machines[0].claim(.purges(deletedBefore: now), limit: 1000, lease: .seconds(600))
                .claims
            #expect(first.count + rest.count == 120)
            #expect(try await machines[1].purge(deletedBefore: now, limit: 1000).videos == [])
            let purged = try await race(machines, count: 12) { repository, number in
                try await repository.purge(.claimed(number % 2 == 0 ? first + rest : rest + first))
            }.flatMap { try $0.get().videos }
            #expect(purged.count == 120)
            #expect(Set(purged.map(\.id)).count == 120)
        }
        #expect(try await catalog.repository.count(matching: VideoQuery(deletion: .any)) == 0)
    }

    @Test func `a restoration and a purge of one video never both succeed`() async throws {
        let catalog = try await TestCatalog.make()
        for round in 0..<20 {
            let video = try await catalog.repository.insert(.sample("\(round)"))
            try await catalog.repository.delete(video.id)
            async let purged = catalog.repository.purge(deletedBefore: Date() + 60, limit: 10)
            async let restored = try? catalog.repository.restore(video.id)
            let (gone, live) = (try await purged, await restored)
            let isThere = try await catalog.repository.video(id: video.id) != nil
            #expect((live != nil) == isThere)
            #expect(gone.videos.isEmpty == isThere)
        }
    }

    @Test(arguments: [PostgresIsolation.readCommitted, .repeatableRead, .serializable])
    func `many machines never exceed an uploader's limits, and fill them`(_ isolation: PostgresIsolation) async throws {
        let catalog = try await TestCatalog.make()
        let retries = PostgresRetryPolicy(attempts: 100)
        try await withMachines(catalog) { machines in
            let results = try await race(machines, count: 24) { repository, number in
                var video = NewVideo.sample("\(number)")
                video.byteSize = 10
                let limits = UploadLimits(openUploads: 6, openBytes: 69)
                return try await repository.withTransaction(isolation: isolation, retries: retries) {
                    [video] videos, _ in try await videos.insert(video, within: limits)
                }
            }
            #expect(results.count { (try? $0.get()) != nil } == 6)
            for case .failure(let error) in results {
                #expect(error.code == .uploadLimitExceeded, "\(error)")
                #expect(error.usage == UploadUsage(openUploads: 6, openBytes: 60))
            }
        }
        let usage = try await catalog.repository.uploadUsage(of: "42")
        #expect(usage == UploadUsage(openUploads: 6, openBytes: 60))
    }

    @Test func `of two purges at once that remove the last users of a key, one returns it`() async throws {
        let catalog = try await TestCatalog.make()
        let claim = { (key: String) in
            try await catalog.repository.delete(try await catalog.repository.insert(.sample(key)).id)
            let task = HousekeepingTask.purges(deletedBefore: Date() + 60)
            return try await catalog.repository.claim(task, limit: 1, lease: .seconds(600)).claims
        }
        let (started, purged) = (try await claim("a") + claim("a"), try await claim("b") + claim("b"))
        // The first transaction isn't committed when the second one marks or removes its row.
        let (first, second) = try await catalog.repository.withTransaction { videos, _ in
            let first = try await videos.startPurge([started[0]]).orders.flatMap(\.keys)
            let task = Task { try await catalog.repository.startPurge([started[1]]).orders.flatMap(\.keys) }
            try await waitForPurge(catalog)
            return (first, task)
        }
        #expect(first == [])
        #expect(try await second.value == ["a"])
        let (third, fourth) = try await catalog.repository.withTransaction { videos, _ in
            let third = try await videos.purge(.claimed([purged[0]])).unusedKeys
            let task = Task { try await catalog.repository.purge(.claimed([purged[1]])).unusedKeys }
            try await waitForPurge(catalog)
            return (third, task)
        }
        #expect(third == [])
        #expect(try await fourth.value == ["b"])
    }

    /// Waits until a purge waits for another one.
    private func waitForPurge(_ catalog: TestCatalog) async throws {
        let key = UInt64(bitPattern: catalog.schema.purgeLockKey)
        try await catalog.withConnection { connection in
            while try await connection.perform(
                "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid::bigint = $1"
                    + " AND objid::bigint = $2",
                [.int8(Int64(key >> 32)), .int8(Int64(key & 0xFFFF_FFFF))]
            ).rowCount == 0 { await Task.yield() }
        }
    }

    @Test func `transactions that collide are run again`() async throws {
        let catalog = try await TestCatalog.make()
        let video = try await catalog.repository.insert(.sample("one"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                group.addTask {
                    let retries = PostgresRetryPolicy(attempts: 60)
                    try await catalog.repository.withTransaction(isolation: .serializable, retries: retries) {
                        videos, _ in
                        let current = try await videos.requiredVideo(id: video.id)
                        _ = try await videos.update(current) { $0.tags.append("\(number)") }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await catalog.repository.requiredVideo(id: video.id).version == 7)
    }

    @Test func `a transaction that collides with another says so if it isn't run again`() async throws {
        let catalog = try await TestCatalog.make()
        let video = try await catalog.repository.insert(.sample("one"))
        await expect(.unavailable) {
            try await catalog.repository.withTransaction(isolation: .repeatableRead) { videos, _ in
                let current = try await videos.requiredVideo(id: video.id)
                _ = try await catalog.repository.update(video) { $0.title = "meanwhile" }
                _ = try await videos.update(current) { $0.title = "too late" }
            }
        }
        #expect(try await catalog.repository.requiredVideo(id: video.id).title == "meanwhile")
    }
}
#endif
