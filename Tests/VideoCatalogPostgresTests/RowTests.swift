#if Postgres
import Foundation
import Testing
import VideoCatalog
import VideoCatalogLibPQ
import VideoCatalogPostgres

@Suite(.againstPostgres)
struct RowTests {
    @Test func `a row is the same for another process`() async throws {
        let catalog = try await TestCatalog.make()
        let full = try await catalog.repository.insert(.full("one"))
        let plain = try await catalog.repository.insert(.sample("two"))
        let pool = try LibPQPool(try await SharedPool.configuration())
        let other = PostgresVideoRepository(pool, schema: catalog.schema)
        #expect(try await other.video(id: full.id) == full)
        #expect(try await other.video(id: plain.id) == plain)
        await pool.shutdown()
    }

    @Test func `the columns hold what their names say`() async throws {
        let catalog = try await TestCatalog.make()
        let video = try await catalog.repository.insert(.full("one"))
        let result = try await catalog.run(
            """
            SELECT id::text, title_folded, session_id, byte_size::text, to_json(tags)::text, metadata->>'k"ey',
                renditions->1->>'key', state, failure_reason, version::text,
                to_char(uploaded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), deleted_at::text
            FROM \(catalog.schema.sqlName).videos
            """)
        let row = (0..<result.columnCount).map { result.string(0, $0) }
        #expect(
            row == [
                video.id.description, "über ableitungen 🎬", "autumn", "9223372036854775807",
                #"["a, b","{\"c\"}","NULL","d\\e"]"#, "v\\al\u{1}ue 🎬", "720.mp4", "failed", "wrongSize", "1",
                "2026-03-01 09:30:00.000001", "",
            ])
    }

    @Test(arguments: [
        ("state", "state = 'paused'"), ("version", "version = 0"), ("failure_reason", "state = 'failed'"),
    ])
    func `the server rejects invalid rows`(_ column: String, _ assignment: String) async throws {
        let catalog = try await TestCatalog.make()
        _ = try await catalog.repository.insert(.sample("one"))
        let error = await #expect(throws: PostgresSessionError.self, "\(column)") {
            try await catalog.run("UPDATE \(catalog.schema.sqlName).videos SET \(assignment)")
        }
        #expect(error?.sqlState == "23514")
    }

    @Test(arguments: [
        ("metadata", "'[]'"), ("metadata", "'{\"a\": 1}'"), ("metadata", "'null'"), ("renditions", "'{}'"),
        ("renditions", "'[{\"kind\": \"hls\"}]'"), ("renditions", "'\"\"'"), ("tags", "ARRAY['a', NULL]"),
        ("tags", "ARRAY[['a'], ['b']]"), ("metadata", "'{\"\u{E9}\": \"a\", \"e\u{301}\": \"b\"}'"),
        ("purge_started_at", "'infinity'"), ("replaced_keys", "ARRAY['a', NULL]"), ("replaced_keys", "ARRAY[['a']]"),
        ("created_at", "'-infinity'"), ("created_at", "'12000-01-01'"), ("created_at", "'infinity'"),
        ("updated_at", "'-infinity'"),
        ("ready_at", "'1969-12-31T23:59:59Z'"), ("delete_after", "'2100-01-01T00:00:00Z'"),
        ("duration", "'NaN'"), ("duration", "'Infinity'"), ("frame_rate", "'-Infinity'"), ("frame_rate", "'NaN'"),
    ])
    func `a corrupt row is reported by its column, without its values`(_ column: String, _ value: String) async throws {
        let catalog = try await TestCatalog.make()
        let video = try await catalog.repository.insert(.sample("the secret key"))
        _ = try await catalog.repository.insert(.sample("another"))
        try await catalog.run(
            "UPDATE \(catalog.schema.sqlName).videos SET \(column) = \(value) WHERE object_key ~ 'secret'")
        let one = await expect(.corruptRow) { try await catalog.repository.video(id: video.id) }
        #expect(one?.message.contains("\(video.id)") == true && one?.message.contains(column) == true)
        #expect(one?.message.contains("secret") == false)
        #expect(one?.unreadable == UnreadableRow(id: video.id, column: column))
        let page = try await catalog.repository.videos(matching: VideoQuery(), page: .first(9))
        #expect(page.unreadable == [UnreadableRow(id: video.id, column: column)])
        #expect(page.videos.map(\.objectKey) == ["another"])
        await expect(.corruptRow) { try await catalog.repository.update(video) { $0.title = "x" } }
        await expect(.corruptRow) { try await catalog.repository.delete(video.id) }
        let key = await expect(.objectKeyTaken) { try await catalog.repository.insert(.sample("the secret key")) }
        #expect(key?.current == nil)
    }

    @Test(arguments: [
        "upload_id = 'x'", "upload_part_size = 5", "upload_byte_size = 0", "upload_content_type = ''",
    ])
    func `an upload without a key is reported by the key's column`(_ assignment: String) async throws {
        let catalog = try await TestCatalog.make()
        let video = try await catalog.repository.insert(.sample("one"))
        try await catalog.run("UPDATE \(catalog.schema.sqlName).videos SET \(assignment)")
        let error = await expect(.corruptRow) { try await catalog.repository.video(id: video.id) }
        #expect(error?.unreadable == UnreadableRow(id: video.id, column: "upload_key"))
    }

    @Test func `a title that the app's own SQL changes needs its folded form, too`() async throws {
        let catalog = try await TestCatalog.make()
        let video = try await catalog.repository.insert(.sample("one"))
        try await catalog.run(
            "UPDATE \(catalog.schema.sqlName).videos SET title = 'Über', title_folded = $1",
            [.text(RepositorySupport.folded("Über"))])
        let found = try await catalog.repository.videos(matching: VideoQuery(titleContains: "ÜBER"), page: .first(5))
        #expect(found.videos.map(\.id) == [video.id])
        #expect(try await catalog.repository.count(matching: VideoQuery(titleContains: "lecture")) == 0)
    }

    @Test(arguments: [
        #"metadata = '{"views": 5}'"#, "upload_expires_at = 'infinity'", "created_at = 'infinity'",
        "created_at = '-infinity'",
    ])
    func `an unreadable row is passed by purges, claims and lists`(_ assignment: String) async throws {
        let catalog = try await TestCatalog.make()
        let videos = catalog.repository
        let makeUnreadable = { (id: Video.ID) in
            try await catalog.run(
                "UPDATE \(catalog.schema.sqlName).videos SET \(assignment) WHERE id = $1", [.uuid(id.uuid)])
        }
        var ids = [Video.ID]()
        for number in 0..<5 { ids.append(try await videos.insert(.sample("\(number)")).id) }
        for id in ids { try await videos.delete(id) }
        let bad = [ids[0], ids[3]]
        for id in bad { _ = try await makeUnreadable(id) }
        let good = ids.filter { !bad.contains($0) }

        // The bad row at the front doesn't use up the limit.
        let one = try await videos.claim(.purges(deletedBefore: Date() + 60), limit: 1, lease: .seconds(60))
        #expect(one.claims.map(\.video.id) == [ids[1]])
        #expect(one.unreadable.map(\.id) == [ids[0]])
        let rest = try await videos.claim(.purges(deletedBefore: Date() + 60), limit: 9, lease: .seconds(60))
        #expect(rest.claims.map(\.video.id) == [ids[2], ids[4]])
        #expect(rest.unreadable.map(\.id) == bad)
        let column = assignment.split(separator: " ")[0]
        #expect(rest.unreadable.allSatisfy { $0.column == column })
        let started = try await videos.startPurge(one.claims)
        #expect(started.orders.map(\.keys) == [["1"]])
        await expect(.purgeStarted) { try await videos.restore(ids[1]) }
        let purged = try await videos.purge(.claimed(one.claims))
        #expect(purged.videos.map(\.id) == [ids[1]])
        try await videos.release(rest.claims)
        let result = try await videos.purge(deletedBefore: Date() + 60)
        #expect(result.videos.map(\.id) == good.filter { $0 != ids[1] })
        #expect(result.unusedKeys == ["2", "4"])
        #expect(result.unreadable.map(\.id) == bad)
        #expect(try await catalog.count("\(catalog.schema.sqlName).videos") == 2)
        for order in VideoQuery.Order.allCases {
            var reported = [Video.ID]()
            var page: PageRequest? = .first(1)
            while let request = page {
                let answer = try await videos.videos(
                    matching: VideoQuery(deletion: .deleted, order: order), page: request)
                reported += answer.unreadable.map(\.id)
                page = answer.next.map { .after($0, limit: 1) }
            }
            // Rows outside of the catalog's dates have no position of their own.
            if column == "created_at" { #expect(reported.count >= 1) } else { #expect(Set(reported) == Set(bad)) }
        }
    }

    @Test(arguments: ["title = ''", "width = 0", "byte_size = -1", "tags = '{a,a}'", "duration = -1"])
    func `a row that breaks a limit is deleted, restored and purged`(_ assignment: String) async throws {
        let catalog = try await TestCatalog.make()
        let videos = catalog.repository
        let (odd, plain) = (try await videos.insert(.sample("odd")), try await videos.insert(.sample("plain")))
        try await catalog.run(
            "UPDATE \(catalog.schema.sqlName).videos SET \(assignment) WHERE id = $1", [.uuid(odd.id.uuid)])
        #expect(try await videos.delete(odd.id).isDeleted)
        #expect(try await videos.restore(odd.id).version == 3)
        for id in [odd.id, plain.id] { try await videos.delete(id) }
        let batch = try await videos.claim(.purges(deletedBefore: Date() + 60), limit: 9, lease: .seconds(60))
        let start = try await videos.startPurge(batch.claims)
        #expect(Set(start.orders.map(\.claim.video.id)) == [odd.id, plain.id] && start.unreadable.isEmpty)
        #expect(try await videos.purge(.claimed(batch.claims)).videos.count == 2)
    }

    @Test func `a claimed row that became unreadable isn't marked or purged`() async throws {
        let catalog = try await TestCatalog.make()
        for number in 0..<3 {
            try await catalog.repository.delete(try await catalog.repository.insert(.sample("\(number)")).id)
        }
        let batch = try await catalog.repository.claim(
            .purges(deletedBefore: Date() + 60), limit: 9, lease: .seconds(60))
        let bad = batch.claims[1].video.id
        try await catalog.run(
            "UPDATE \(catalog.schema.sqlName).videos SET metadata = '{\"views\": 5}' WHERE id = $1", [.uuid(bad.uuid)])
        let start = try await catalog.repository.startPurge(batch.claims)
        #expect(start.orders.count == 2)
        #expect(start.unreadable == [UnreadableRow(id: bad, column: "metadata")])
        let purged = try await catalog.repository.purge(.claimed(batch.claims))
        #expect(purged.videos.count == 2)
        #expect(purged.unreadable == [UnreadableRow(id: bad, column: "metadata")])
        let left = try await catalog.run(
            "SELECT purge_started_at IS NULL FROM \(catalog.schema.sqlName).videos WHERE id = $1", [.uuid(bad.uuid)])
        #expect(left[0, 0].map { Array($0) } == [1])
    }

    @Test func `many unreadable rows at the front don't keep a claim from the others`() async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.run(
            """
            INSERT INTO \(catalog.schema.sqlName).videos (id, title, title_folded, object_key, uploaded_by, tags, metadata,
                renditions, visibility, state, version, created_at, updated_at, deleted_at)
            SELECT gen_random_uuid(), 'x', 'x', n::text, '42', '{}', CASE WHEN n <= 2500 THEN '{"views": 5}' ELSE '{}' END::jsonb,
                '[]', 'private', 'ready', 1, now(), now(), timestamptz '2026-03-01 09:30:00+00' + n / 100 * interval '1 s'
            FROM generate_series(1, 2510) AS n
            """)
        let batch = try await catalog.repository.claim(.purges(deletedBefore: Date()), limit: 7, lease: .seconds(60))
        #expect(batch.claims.count == 7)
        #expect(batch.unreadable.count == RepositorySupport.Limits.batchSize)
        let purged = try await catalog.repository.purge(deletedBefore: Date(), limit: 9)
        #expect(purged.videos.count == 3)
    }

    @Test func `no video has an object key with NUL`() async throws {
        let catalog = try await TestCatalog.make()
        #expect(try await catalog.repository.video(objectKey: "a\0") == nil)
    }

    @Test func `a session that returns rows with other columns is rejected`() async throws {
        struct Odd: PostgresSession {
            func query(_ statement: PostgresStatement) async throws -> PostgresResult {
                if statement.sql.contains("max(version)") {
                    return PostgresResult(rows: [[[0, 0, 0, 0, 0, 0, 0, 2]]], affectedRows: 1)
                }
                return PostgresResult(rows: [[[1, 2, 3]]], affectedRows: 1)
            }
        }
        await expect(.storeFailure) { try await PostgresVideoRepository(session: Odd()).video(id: .make()) }
    }
}
#endif
