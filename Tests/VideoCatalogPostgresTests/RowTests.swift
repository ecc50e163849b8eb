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
        ("tags", "ARRAY[['a'], ['b']]"), ("created_at", "'infinity'"), ("updated_at", "'-infinity'"),
        ("ready_at", "'1969-12-31T23:59:59Z'"), ("delete_after", "'2100-01-01T00:00:00Z'"),
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
        await expect(.corruptRow) { try await catalog.repository.videos(matching: VideoQuery(), page: .first(9)) }
        await expect(.corruptRow) { try await catalog.repository.update(video) { $0.title = "x" } }
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

    @Test func `no video has an object key with NUL`() async throws {
        let catalog = try await TestCatalog.make()
        #expect(try await catalog.repository.video(objectKey: "a\0") == nil)
    }

    @Test func `a session that returns rows with other columns is rejected`() async throws {
        struct Odd: PostgresSession {
            func query(_ statement: PostgresStatement) async throws -> PostgresResult {
                if statement.sql.contains("max(version)") {
                    return PostgresResult(rows: [[[0, 0, 0, 0, 0, 0, 0, 1]]], affectedRows: 1)
                }
                return PostgresResult(rows: [[[1, 2, 3]]], affectedRows: 1)
            }
        }
        await expect(.storeFailure) { try await PostgresVideoRepository(session: Odd()).video(id: .make()) }
    }
}
#endif
