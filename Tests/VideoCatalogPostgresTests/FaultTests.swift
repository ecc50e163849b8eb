#if Postgres
import Foundation
import Synchronization
import TestSupport
import Testing
@testable import VideoCatalogLibPQ
@testable import VideoCatalogPostgres
import VideoCatalog

/// Servers that stop, drop connections, are read-only or have a full disk.
@Suite(.againstPostgres, .serialized)
struct FaultTests {
    /// Servers that these tests may stop, kill and fill.
    ///
    /// The durable one flushes its changes to the disk, as a real one does.
    private static let server = Task { try await PostgresServer.start() }
    private static let durableServer = Task { try await PostgresServer.start(isDurable: true) }

    /// A catalog on one of these servers.
    private struct Place {
        let server: PostgresServer
        let pool: LibPQPool
        let schema: PostgresSchema
        let repository: PostgresVideoRepository

        func admin() async throws -> LibPQConnection { try await LibPQConnection.open(server.configuration()) }

        /// Runs a function while a change waits in the server, so that its outcome is unknown if the connection breaks.
        func whileChangesWait(_ admin: LibPQConnection, _ body: () async throws -> Void) async throws {
            try await admin.perform("BEGIN")
            try await admin.perform("LOCK TABLE \(schema.videos) IN EXCLUSIVE MODE")
            try await eventually("a change waits") {
                try await admin.run(
                    "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = to_regclass($1)", .text(schema.videos)
                ).rowCount > 0
            }
            try await body()
        }
    }

    private func withServer(isDurable: Bool = false, _ body: (Place) async throws -> Void) async throws {
        let server = try await (isDurable ? Self.durableServer : Self.server).value
        var configuration = server.configuration()
        configuration.waitLimit = .seconds(20)
        let pool = try LibPQPool(configuration)
        do {
            let schema = try PostgresSchema(name: "t_\(UUID().uuidString.lowercased())")
            try await PostgresMigrator(schema: schema).migrate(pool)
            let repository = PostgresVideoRepository(pool, schema: schema)
            try await body(Place(server: server, pool: pool, schema: schema, repository: repository))
        } catch {
            await pool.shutdown()
            throw error
        }
        await pool.shutdown()
    }

    /// A record of the acknowledged changes, and of the number of unknown outcomes.
    private actor Journal {
        private(set) var acknowledged: [Video.ID: Video] = [:]
        private(set) var unknown = 0
        private(set) var unavailable = 0
        private var isOver = false

        func end() { isOver = true }
        var goesOn: Bool { !isOver }

        func note(_ video: Video) { acknowledged[video.id] = video }
        func note(_ error: CatalogError) {
            switch error.code {
            case .outcomeUnknown: unknown += 1
            case .unavailable: unavailable += 1
            default: Issue.record("\(error)")
            }
        }
    }

    private func write(_ journal: Journal, _ repository: PostgresVideoRepository) async throws {
        while await journal.goesOn {
            do {
                let video = try await repository.insert(.sample(UUID().uuidString))
                await journal.note(video)
                await journal.note(try await repository.update(video) { $0.title = "v2" })
            } catch let error as CatalogError {
                await journal.note(error)
            }
        }
    }

    /// Writes while a function disturbs the server, and then checks that no acknowledged change is lost.
    private func check(
        _ repository: PostgresVideoRepository, while disturb: (Journal) async throws -> Void
    ) async throws -> Journal {
        let journal = Journal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try await write(journal, repository) } }
            do {
                try await disturb(journal)
            } catch {
                await journal.end()
                throw error
            }
            await journal.end()
            try await group.waitForAll()
        }
        let acknowledged = await journal.acknowledged
        #expect(acknowledged.count > 50)
        var stored = [Video.ID: Video]()
        for try await video in repository.allVideos(pageSize: 1000) { stored[video.id] = video }
        for (id, video) in acknowledged {
            // The next version may have been stored without a response.
            let isThere = stored[id] == video || (stored[id]?.version == video.version + 1 && stored[id]?.title == "v2")
            #expect(isThere, "\(video) was acknowledged, and is \(String(describing: stored[id]))")
        }
        #expect(await stored.count <= acknowledged.count + journal.unknown)
        return journal
    }

    private func waitForMore(_ journal: Journal, _ count: Int = 50) async throws {
        let goal = await journal.acknowledged.count + count
        while await journal.acknowledged.count < goal { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test func `a server that restarts in the middle of writes loses nothing that was acknowledged`() async throws {
        try await withServer { place in
            _ = try await check(place.repository) { journal in
                for _ in 0..<2 {
                    try await waitForMore(journal)
                    try await place.server.restart()
                }
                try await waitForMore(journal)
            }
        }
    }

    @Test func `a server that is killed in the middle of writes loses nothing that was acknowledged`() async throws {
        try await withServer(isDurable: true) { place in
            let journal = try await check(place.repository) { journal in
                for _ in 0..<3 {
                    try await waitForMore(journal)
                    let admin = try await place.admin()
                    try await place.whileChangesWait(admin) { try await place.server.kill() }
                    admin.close()
                    try await place.server.restart()
                }
                try await waitForMore(journal)
            }
            #expect(await journal.unknown >= 3)
        }
    }

    @Test func `connections that are cut in the middle of writes lose nothing that was acknowledged`() async throws {
        try await withServer { place in
            let admin = try await place.admin()
            let journal = try await check(place.repository) { journal in
                for _ in 0..<10 {
                    try await waitForMore(journal, 20)
                    try await place.whileChangesWait(admin) {
                        try await admin.perform(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid != $1 AND backend_type = $2",
                            [.int8(Int64(admin.processID)), .text("client backend")])
                    }
                    try await admin.perform("ROLLBACK")
                }
                try await waitForMore(journal)
            }
            #expect(await journal.unknown >= 10)
            admin.close()
        }
    }

    @Test func `a read over a connection that breaks is repeated`() async throws {
        try await withServer { place in
            let video = try await place.repository.insert(.sample("one"))
            let admin = try await place.admin()
            try await withThrowingTaskGroup(of: Void.self) { group in
                let progress = Progress()
                for reader in 0..<4 {
                    group.addTask {
                        while !progress.isOver.load(ordering: .relaxed) {
                            do {
                                let found = try await place.repository.video(id: video.id)
                                #expect(found == video)
                            } catch {
                                Issue.record("\(error)")
                            }
                            progress.reads.withLock { $0[reader] += 1 }
                        }
                    }
                }
                for _ in 0..<10 {
                    // Each read may lose one connection, but not two. So all running reads end first.
                    let goals = progress.reads.withLock { $0.map { $0 + 5 } }
                    while !progress.reads.withLock({ zip($0, goals).allSatisfy { $0 >= $1 } }) {
                        try await Task.sleep(for: .milliseconds(1))
                    }
                    let victim = try await admin.perform(
                        """
                        SELECT pid::bigint, pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE pid != $1 AND backend_type = $2 ORDER BY query_start LIMIT 1
                        """, [.int8(Int64(admin.processID)), .text("client backend")])
                    let id = try #require(victim.integer())
                    while try await admin.perform("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [.int8(Int64(id))])
                        .rowCount > 0
                    { await Task.yield() }
                }
                progress.isOver.store(true, ordering: .relaxed)
                try await group.waitForAll()
            }
            admin.close()
        }
    }

    private final class Progress: Sendable {
        let reads = Mutex([0, 0, 0, 0])
        let isOver = Atomic(false)
    }

    @Test func `a read-only server says so, and can be read`() async throws {
        try await withServer { place in
            let video = try await place.repository.insert(.sample("one"))
            let admin = try await place.admin()
            try await admin.perform("ALTER DATABASE r2kit SET default_transaction_read_only = on")
            let pool = try LibPQPool(place.server.configuration())
            let reader = PostgresVideoRepository(pool, schema: place.schema)
            await expect(.readOnly) { try await reader.insert(.sample("two")) }
            await expect(.readOnly) { try await reader.update(video) { $0.title = "x" } }
            await expect(.readOnly) { try await reader.delete(video.id) }
            await expect(.readOnly) { try await reader.claim(.deletions, limit: 1, lease: .seconds(1)) }
            await expect(.readOnly) { try await reader.purge(deletedBefore: Date()) }
            #expect(try await reader.videos(matching: VideoQuery(), page: .first(9)).videos == [video])
            // A migration without changes needs no writes.
            try await PostgresMigrator(schema: place.schema).migrate(pool)
            await expect(.readOnly) { try await PostgresMigrator(schema: PostgresSchema(name: "x")).migrate(pool) }
            try await admin.perform("ALTER DATABASE r2kit RESET default_transaction_read_only")
            await pool.shutdown()
            admin.close()
        }
    }

    @Test(.enabled(if: SmallDisk.isPossible, "a small disk is made by root on Linux only"))
    func `a full disk is reported, and no row is incomplete`() async throws {
        try await withServer { place in
            try await SmallDisk.use(in: place.server) { location in
                try await place.pool.withConnection { connection in
                    try await connection.perform("CREATE TABLESPACE small LOCATION '\(location)'")
                    try await connection.perform("ALTER TABLE \(place.schema.sqlName).videos SET TABLESPACE small")
                }
                var stored = [Video]()
                var refusal: CatalogError?
                while refusal == nil, stored.count < 5000 {
                    var video = NewVideo.sample("\(stored.count)")
                    // Random, since PostgreSQL would compress repetitive text.
                    video.description = (0..<100).map { _ in UUID().uuidString }.joined()
                    do {
                        stored.append(try await place.repository.insert(video))
                    } catch let error as CatalogError {
                        refusal = error
                    }
                }
                #expect(refusal?.code == .storageFull, "\(String(describing: refusal))")
                #expect(!stored.isEmpty)
                #expect(try await place.repository.count(matching: VideoQuery(deletion: .any)) == stored.count)
                let last = try #require(stored.last)
                #expect(try await place.repository.video(id: last.id) == last)
                try await place.pool.withConnection { connection in
                    try await connection.perform("ALTER TABLE \(place.schema.sqlName).videos SET TABLESPACE pg_default")
                    try await connection.perform("DROP TABLESPACE small")
                }
                _ = try await place.repository.insert(.sample("there is room again"))
            }
        }
    }
}

/// A file system of 4 MB in memory.
enum SmallDisk {
    static var isPossible: Bool {
        #if os(Linux)
        getuid() == 0
        #else
        false
        #endif
    }

    /// Runs a function with a directory on it that belongs to the server.
    static func use(in server: PostgresServer, _ body: (String) async throws -> Void) async throws {
        let directory = try #require(server.settings["R2KIT_POSTGRES_DIRECTORY"])
        let point = directory + "/small"
        try FileManager.default.createDirectory(atPath: point, withIntermediateDirectories: true)
        try await run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", point])
        do {
            let location = point + "/space"
            try FileManager.default.createDirectory(atPath: location, withIntermediateDirectories: true)
            let owner = try FileManager.default.attributesOfItem(atPath: directory + "/data")[.ownerAccountID]
            try FileManager.default.setAttributes(
                [.ownerAccountID: try #require(owner)], ofItemAtPath: location)
            try await body(location)
        } catch {
            try await run(["umount", "-l", point])
            throw error
        }
        try await run(["umount", "-l", point])
    }

    private static func run(_ words: [String]) async throws {
        let outcome = try await RunningProgram.run(words[0], Array(words.dropFirst()))
        guard outcome.status == 0 else {
            throw TestSupportError("\(words.joined(separator: " ")) ended with \(outcome.status): \(outcome.errors)")
        }
    }
}
#endif
