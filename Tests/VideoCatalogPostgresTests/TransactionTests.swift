#if Postgres
import CLibPQ
import Foundation
import Testing
import VideoCatalog
import VideoCatalogLibPQ
import VideoCatalogPostgres
import VideoCatalogTesting

/// The app's rows and the catalog's, written together or not at all.
@Suite(.againstPostgres)
struct TransactionTests {
    private struct AppError: Error {}

    private func makeLessons(_ catalog: TestCatalog) async throws -> String {
        let table = catalog.schema.sqlName + ".lessons"
        try await catalog.run("CREATE TABLE \(table) (id uuid PRIMARY KEY, name text NOT NULL)")
        return table
    }

    private func insert(_ video: Video, into table: String, _ session: any PostgresSession) async throws {
        try await session.perform("INSERT INTO \(table) VALUES ($1, $2)", [.uuid(video.id.uuid), .text("lesson")])
    }

    @Test func `a commit keeps the app's row and the video`() async throws {
        let catalog = try await TestCatalog.make()
        let table = try await makeLessons(catalog)
        let video = try await catalog.repository.withTransaction { videos, session in
            let video = try await videos.insert(.sample("one"))
            try await insert(video, into: table, session)
            return video
        }
        #expect(try await catalog.repository.video(id: video.id) == video)
        #expect(try await catalog.count(table) == 1)
    }

    @Test func `an error of the app rolls both back`() async throws {
        let catalog = try await TestCatalog.make()
        let table = try await makeLessons(catalog)
        await #expect(throws: AppError.self) {
            try await catalog.repository.withTransaction { videos, session in
                try await insert(try await videos.insert(.sample("one")), into: table, session)
                throw AppError()
            }
        }
        #expect(try await catalog.repository.count(matching: VideoQuery(deletion: .any)) == 0)
        #expect(try await catalog.count(table) == 0)
    }

    @Test func `an error of the catalog leaves the transaction usable`() async throws {
        let catalog = try await TestCatalog.make()
        let table = try await makeLessons(catalog)
        let holder = try await catalog.repository.insert(.sample("taken"))
        let other = try await catalog.repository.insert(.sample("other"))
        try await catalog.repository.withTransaction { videos, session in
            try await insert(holder, into: table, session)
            await expect(.objectKeyTaken) { try await videos.insert(.sample("taken")) }
            await expect(.objectKeyTaken) {
                try await videos.update(other) { $0.objectKey = holder.objectKey }
            }
            let conflict = await #expect(throws: CatalogError.self) {
                try await videos.update(other.id, expecting: 7, VideoChanges())
            }
            #expect(conflict?.current == other)
            try await insert(other, into: table, session)
        }
        #expect(try await catalog.count(table) == 2)
        #expect(try await catalog.repository.video(id: other.id) == other)
    }

    @Test func `a transaction that has already failed says so`() async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.withConnection { connection in
            try await connection.perform("BEGIN")
            await #expect(throws: PostgresSessionError.self) { try await connection.perform("SELECT 1/0") }
            let error = await #expect(throws: CatalogError.self) {
                try await catalog.repository.bound(to: connection).video(id: .make())
            }
            #expect(error?.message.contains("Roll it back") == true)
            try await connection.perform("ROLLBACK")
        }
    }

    @Test func `a failed statement whose error the app ignores fails the transaction`() async throws {
        let catalog = try await TestCatalog.make()
        await #expect(throws: (any Error).self) {
            try await catalog.repository.withTransaction { videos, session in
                _ = try await videos.insert(.sample("one"))
                _ = try? await session.query(PostgresStatement("SELECT 1/0"))
            }
        }
        #expect(try await catalog.repository.count(matching: VideoQuery()) == 0)
    }

    @Test func `an error after a serialization failure that the app caught is thrown as it is`() async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.withConnection { connection in
            let session = FailingSession(connection) {
                $0.sql.contains("INSERT") ? PostgresSessionError(.server, sqlState: "40P01", message: "deadlock") : nil
            }
            let repository = catalog.repository.bound(to: session)
            let retries = PostgresRetryPolicy(attempts: 3, pause: .zero)
            let attempts = Shared(0)
            @Sendable func fail(_ videos: PostgresVideoRepository) async {
                attempts.withLock { $0 += 1 }
                await expect(.unavailable) { try await videos.insert(.sample("one")) }
            }
            await #expect(throws: AppError.self) {
                try await repository.withTransaction(retries: retries) { videos, _ in
                    await fail(videos)
                    throw AppError()
                }
            }
            await #expect(throws: CancellationError.self) {
                try await repository.withTransaction(retries: retries) { videos, _ in
                    await fail(videos)
                    throw CancellationError()
                }
            }
            await expect(.notFound) {
                try await repository.withTransaction(retries: retries) { videos, _ in
                    await fail(videos)
                    _ = try await videos.requiredVideo(id: .make())
                }
            }
            #expect(attempts.withLock { $0 } == 3)
            // The failure itself is a reason to try again, also from a nested transaction.
            await expect(.unavailable) {
                try await repository.withTransaction(retries: retries) { videos, _ in
                    await fail(videos)
                    try await videos.withTransaction { inner, _ in _ = try await inner.insert(.sample("one")) }
                }
            }
            #expect(attempts.withLock { $0 } == 6)
        }
    }

    @Test func `uncommitted changes are invisible to others`() async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.repository.withTransaction { videos, _ in
            let video = try await videos.insert(.sample("one"))
            #expect(try await videos.video(id: video.id) == video)
            #expect(try await catalog.repository.video(id: video.id) == nil)
        }
    }

    @Test func `concurrent operations in one session don't disturb each other`() async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.repository.withTransaction { videos, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        // Every second one is rejected.
                        _ = try? await videos.insert(.sample("key \(number / 2)"))
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(try await catalog.repository.count(matching: VideoQuery()) == 20)
    }

    @Test func `the app's own driver holds the transaction`() async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.withConnection { connection in
            let driver = ForeignDriver(connection)
            let videos = catalog.repository.bound(to: driver)
            try await driver.query("BEGIN")
            let first = try await videos.insert(.full("one"))
            #expect(try await videos.video(id: first.id) == first)
            await expect(.objectKeyTaken) { try await videos.insert(.full("one")) }
            try await driver.query("COMMIT")
            #expect(try await catalog.repository.video(id: first.id) == first)

            try await driver.query("BEGIN")
            let changed = try await videos.update(first) { $0.title = "another" }
            #expect(try await videos.videos(matching: VideoQuery(), page: .first(5)).videos == [changed])
            try await driver.query("ROLLBACK")
            #expect(try await catalog.repository.video(id: first.id) == first)
        }
    }

    @Test func `a connection that another part of the program opened holds the transaction, and stays open`()
        async throws
    {
        let catalog = try await TestCatalog.make()
        let pointer = try #require(PQconnectdb(try await SharedPool.configuration().connectionString))
        defer { PQfinish(pointer) }
        try #require(PQstatus(pointer) == CONNECTION_OK)
        PQclear(PQexec(pointer, "BEGIN"))
        let connection = try LibPQConnection(adopting: pointer)
        let video = try await catalog.repository.bound(to: connection).insert(.full("one"))
        connection.close()
        #expect(PQtransactionStatus(pointer) == PQTRANS_INTRANS)
        #expect(try await catalog.repository.video(id: video.id) == nil)
        PQclear(PQexec(pointer, "COMMIT"))
        #expect(try await catalog.repository.video(id: video.id) == video)
    }

    @Test func `a canceled operation leaves the transaction usable`() async throws {
        let catalog = try await TestCatalog.make()
        let video = try await catalog.repository.insert(.sample("one"))
        try await catalog.withConnection { blocker in
            try await blocker.perform("BEGIN")
            try await blocker.perform("SELECT 1 FROM \(catalog.schema.sqlName).videos FOR UPDATE")
            try await catalog.repository.withTransaction { videos, session in
                let key = try await videos.insert(.sample("two")).objectKey
                let blocked = Task { try await videos.update(video) { $0.title = "changed" } }
                try await catalog.waitForBlockedStatement()
                blocked.cancel()
                await #expect(throws: CancellationError.self) { try await blocked.value }
                #expect(try await videos.video(objectKey: key) != nil)
            }
            try await blocker.perform("ROLLBACK")
        }
        #expect(try await catalog.repository.video(id: video.id) == video)
        #expect(try await catalog.repository.count(matching: VideoQuery()) == 2)
    }

    @Test(arguments: ["DISCARD ALL", "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$"])
    func `a transaction succeeds although the session has lost its statements`(_ command: String) async throws {
        let catalog = try await TestCatalog.make()
        var configuration = try await SharedPool.configuration()
        configuration.maximumConnections = 1
        let pool = try LibPQPool(configuration)
        let repository = PostgresVideoRepository(pool, schema: catalog.schema)
        for round in 0..<3 {
            try await repository.withTransaction { videos, session in
                let video = try await videos.insert(.sample("\(round)"))
                #expect(try await videos.video(id: video.id) == video)
            }
            try await pool.withConnection { connection in _ = try await connection.perform(command) }
        }
        #expect(try await repository.count(matching: VideoQuery()) == 3)
        await pool.shutdown()
    }

    @Test func `a transaction succeeds although a table was altered elsewhere`() async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.withConnection { connection in
            let videos = catalog.repository.bound(to: connection)
            let first = try await videos.insert(.sample("one"))
            for type in ["varchar", "text"] {
                #expect(try await videos.videos(matching: VideoQuery(), page: .first(5)).videos == [first])
                #expect(try await videos.video(id: first.id) == first)
                try await catalog.run("ALTER TABLE \(catalog.schema.sqlName).videos ALTER title TYPE \(type)")
                try await connection.perform("BEGIN")
                // Not the first statement of the transaction.
                let second = try await videos.insert(.sample("two"))
                #expect(try await videos.video(id: first.id) == first)
                #expect(try await videos.videos(matching: VideoQuery(), page: .first(5)).videos.count == 2)
                #expect(try await videos.video(id: second.id) == second)
                try await connection.perform("ROLLBACK")
            }
        }
    }

    @Test func `a failure at the last moment is rolled back, and the transaction continues`() async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.withConnection { connection in
            // This checks the version of the tables, so that the first savepoint is that of the insertion.
            _ = try await catalog.repository.count(matching: VideoQuery())
            try await connection.perform("BEGIN")
            let isFirst = Shared(true)
            // As if the driver is canceled before it sends the statement.
            let session = FailingSession(connection) { statement in
                guard statement.sql.contains("RELEASE") else { return nil }
                return isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst ? PostgresSessionError(.server, sqlState: "57014", message: "cancelled") : nil
                }
            }
            let videos = catalog.repository.bound(to: session)
            await expect(.timedOut) { try await videos.insert(.sample("one")) }
            _ = try await videos.insert(.sample("two"))
            try await connection.perform("COMMIT")
        }
        let page = try await catalog.repository.videos(matching: VideoQuery(), page: .first(10))
        #expect(page.videos.map(\.objectKey) == ["two"])
    }
}

/// A session with another type of rows, like another driver.
private struct ForeignDriver: PostgresSession {
    private let connection: any PostgresSession

    init(_ connection: any PostgresSession) { self.connection = connection }

    func query(_ sql: String) async throws { _ = try await connection.query(PostgresStatement(sql)) }

    func query(_ statement: PostgresStatement) async throws -> PostgresResult {
        let result = try await connection.query(statement)
        let rows = (0..<result.rowCount).map { row in
            (0..<result.columnCount).map { column in result.bytes(row, column) }
        }
        return PostgresResult(rows: rows, affectedRows: result.affectedRows)
    }
}
#endif
