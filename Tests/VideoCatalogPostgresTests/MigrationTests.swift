#if Postgres
import Foundation
import Testing
import VideoCatalog
import VideoCatalogLibPQ
import VideoCatalogPostgres

@Suite(.againstPostgres)
struct MigrationTests {
    @Test func `a second migration changes nothing`() async throws {
        let catalog = try await TestCatalog.make()
        let video = try await catalog.repository.insert(.full("one"))
        let before = try await shape(of: catalog)
        try await PostgresMigrator(schema: catalog.schema).migrate(catalog.pool)
        #expect(try await shape(of: catalog) == before)
        #expect(try await catalog.repository.video(id: video.id) == video)
    }

    @Test func `many migrations at once make the tables once`() async throws {
        let catalog = try await TestCatalog.withoutTables()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await catalog.withConnection { connection in
                        try await PostgresMigrator(schema: catalog.schema).migrate(session: connection)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await catalog.count("\(catalog.schema.sqlName).schema_versions") == 2)
        _ = try await catalog.repository.insert(.sample("one"))
    }

    @Test func `without tables, every operation reports that they are missing`() async throws {
        let catalog = try await TestCatalog.withoutTables()
        await expect(.schemaMissing) { try await catalog.repository.insert(.sample("one")) }
        await expect(.schemaMissing) { try await catalog.repository.video(id: .make()) }
        // A later migration is noticed.
        try await PostgresMigrator(schema: catalog.schema).migrate(catalog.pool)
        _ = try await catalog.repository.insert(.sample("one"))
    }

    @Test func `tables of a later version are rejected and left unchanged`() async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.run("INSERT INTO \(catalog.schema.sqlName).schema_versions (version) VALUES (1000)")
        let before = try await shape(of: catalog)
        await expect(.schemaTooNew) { try await PostgresMigrator(schema: catalog.schema).migrate(catalog.pool) }
        await expect(.schemaTooNew) { try await catalog.repository.insert(.sample("one")) }
        await expect(.schemaTooNew) { try await catalog.repository.count(matching: VideoQuery()) }
        #expect(try await shape(of: catalog) == before)
        #expect(try await catalog.count("\(catalog.schema.sqlName).videos") == 0)
    }

    @Test func `a running process notices a later version within the interval`() async throws {
        let catalog = try await TestCatalog.make()
        let make = { (interval: Duration) in
            PostgresVideoRepository(catalog.pool, schema: catalog.schema, schemaCheckInterval: interval)
        }
        let (strict, quick, patient) = (make(.zero), make(.milliseconds(50)), make(.seconds(3600)))
        for repository in [strict, quick, patient] { #expect(try await repository.count(matching: VideoQuery()) == 0) }
        try await catalog.run("INSERT INTO \(catalog.schema.sqlName).schema_versions (version) VALUES (1000)")
        await expect(.schemaTooNew) { try await strict.insert(.sample("one")) }
        await expect(.schemaTooNew) {
            try await strict.withTransaction { videos, _ in try await videos.video(id: .make()) }
        }
        try await Task.sleep(for: .milliseconds(50))
        await expect(.schemaTooNew) { try await quick.insert(.sample("one")) }
        await expect(.schemaTooNew) { try await quick.insert(.sample("one")) }
        #expect(try await patient.count(matching: VideoQuery()) == 0)
        // After the tables are as before, the repositories work again.
        try await catalog.run("DELETE FROM \(catalog.schema.sqlName).schema_versions WHERE version = 1000")
        for repository in [strict, quick] { #expect(try await repository.count(matching: VideoQuery()) == 0) }
    }

    @Test func `tables of version 1 are upgraded, with the rows that can't be read`() async throws {
        let catalog = try await TestCatalog.withoutTables()
        let statements = catalog.schema.sql.components(separatedBy: ";\n")
        let end = try #require(statements.firstIndex { $0.contains("VALUES (1)") })
        let table = catalog.schema.sqlName + ".videos"
        try await catalog.withConnection { connection in
            for statement in statements[...end] { try await connection.perform(statement) }
            for (number, renditions) in [#"[{"kind": "hls", "key": "a/b"}]"#, "{}", "[5]", #""s""#].enumerated() {
                try await connection.perform(
                    """
                    INSERT INTO \(table) (id, title, title_folded, object_key, uploaded_by, thumbnail_key, tags, metadata,
                        renditions, visibility, state, version, created_at, updated_at)
                    VALUES (gen_random_uuid(), 'Lecture', 'lecture', $1, '42', 'thumbnail', '{}', '{}', $2, 'private',
                        'ready', 1, now(), now())
                    """, [.text("\(number)"), .jsonb(renditions)])
            }
        }
        await expect(.schemaMissing) { try await catalog.repository.count(matching: VideoQuery()) }
        try await PostgresMigrator(schema: catalog.schema).migrate(catalog.pool)
        let page = try await catalog.repository.videos(matching: VideoQuery(), page: .first(9))
        #expect(page.videos.map(\.objectKey) == ["0"])
        #expect(page.unreadable.map(\.column) == ["renditions", "renditions", "renditions"])
        let video = try #require(page.videos.first)
        try await catalog.repository.delete(video.id)
        let purged = try await catalog.repository.purge(deletedBefore: Date() + 60)
        #expect(purged.videos.map(\.id) == [video.id])
        #expect(purged.unusedKeys == ["0", "a/b"])
    }

    @Test(arguments: [
        "Catalog", "with space", "a\"b", "\"", "drop table x; --", "été", "e\u{301}te", "select", "a.b", "$1", "'",
    ])
    func `a schema may have any name`(_ name: String) async throws {
        let catalog = try await TestCatalog.withoutTables(name: "\(name) \(UUID().uuidString.prefix(8))")
        try await PostgresMigrator(schema: catalog.schema).migrate(catalog.pool)
        try await PostgresMigrator(schema: catalog.schema).migrate(catalog.pool)
        let video = try await catalog.repository.insert(.full("one"))
        #expect(try await catalog.repository.videos(matching: VideoQuery(), page: .first(2)).videos == [video])
        let claims = try await catalog.repository.claim(.deletions, limit: 10, lease: .seconds(60)).claims
        #expect(claims.map(\.video) == [video])
        try await catalog.repository.release(claims)
        try await catalog.repository.delete(video.id)
        #expect(try await catalog.repository.purge(deletedBefore: Date() + 60).videos.map(\.id) == [video.id])
        #expect(
            try await catalog.run("SELECT 1 FROM pg_namespace WHERE nspname = $1", [.text(catalog.schema.name)])
                .rowCount
                == 1)
    }

    @Test(arguments: ["", "a\0b", String(repeating: "x", count: 64), String(repeating: "é", count: 32)])
    func `a name that the server would truncate or reject is invalid`(_ name: String) async throws {
        await expect(.invalidArgument) { try PostgresSchema(name: name) }
        await expect(.invalidArgument) { try PostgresForeignKeys.Reference(table: name, type: .text) }
    }

    @Test func `two schemas in one database are independent`() async throws {
        let (first, second) = (try await TestCatalog.make(), try await TestCatalog.make())
        let video = try await first.repository.insert(.sample("one"))
        #expect(try await second.repository.video(id: video.id) == nil)
        _ = try await second.repository.insert(.sample("one"))
    }

    @Test func `a migration is part of the app's transaction`() async throws {
        let catalog = try await TestCatalog.withoutTables()
        try await catalog.withConnection { connection in
            try await connection.perform("BEGIN")
            try await PostgresMigrator(schema: catalog.schema).migrate(session: connection)
            _ = try await catalog.repository.bound(to: connection).insert(.sample("one"))
            try await connection.perform("ROLLBACK")
        }
        let fresh = PostgresVideoRepository(catalog.pool, schema: catalog.schema)
        await expect(.schemaMissing) { try await fresh.count(matching: VideoQuery()) }
    }

    @Test func `the script creates what the migrator creates`() async throws {
        let (made, scripted) = (try await TestCatalog.make(), try await TestCatalog.withoutTables())
        try await scripted.withConnection { connection in
            for statement in scripted.schema.sql.split(separator: ";\n") {
                try await connection.perform(String(statement))
            }
        }
        try await PostgresMigrator(schema: scripted.schema).migrate(scripted.pool)
        #expect(try await shape(of: scripted) == shape(of: made))
        _ = try await scripted.repository.insert(.full("one"))
    }

    @Test func `the upgrade script leads to the newest version while the tables are in use`() async throws {
        let (made, upgraded) = (try await TestCatalog.make(), try await TestCatalog.withoutTables())
        let statements = upgraded.schema.sql.components(separatedBy: ";\n")
        let end = try #require(statements.firstIndex { $0.contains("VALUES (1)") })
        let script = try upgraded.schema.upgradeScript(from: 1)
        try await upgraded.withConnection { connection in
            for statement in statements[...end] { try await connection.perform(statement) }
            // Each one lets others read and write meanwhile.
            for statement in script.components(separatedBy: ";\n") where statement.contains("INDEX") {
                #expect(statement.contains("CONCURRENTLY") || statement.contains("ALTER INDEX"), "\(statement)")
            }
            let steps = script.split(separator: ";\n").filter { $0.contains { !$0.isWhitespace } }
            for statement in steps.dropLast() { try await connection.perform(String(statement)) }
            // A migration would wait for the script, and all others for the migration.
            await expect(.schemaMissing) { try await PostgresMigrator(schema: upgraded.schema).migrate(upgraded.pool) }
            try await connection.perform(String(try #require(steps.last)))
        }
        try await PostgresMigrator(schema: upgraded.schema).migrate(upgraded.pool)
        #expect(try await shape(of: upgraded) == shape(of: made))
        _ = try await upgraded.repository.insert(.full("one"))
    }

    @Test func `there is an upgrade script for every version`() async throws {
        #expect(try PostgresSchema.standard.upgradeScript(from: 2).isEmpty)
        for version in [0, 3] {
            await expect(.invalidArgument) { try PostgresSchema.standard.upgradeScript(from: version) }
        }
    }

    @Test func `the script in the documentation is the one of the migrator`() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Docs/catalog-schema.sql").path
        if ProcessInfo.processInfo.environment["R2KIT_WRITE_SCHEMA"] == "1" {
            try PostgresSchema.standard.sql.write(toFile: path, atomically: true, encoding: .utf8)
        }
        let documented = try String(contentsOfFile: path, encoding: .utf8)
        #expect(
            documented.utf8.elementsEqual(PostgresSchema.standard.sql.utf8),
            "write Docs/catalog-schema.sql anew: run this test with R2KIT_WRITE_SCHEMA=1")
    }

    @Test func `a database with another encoding is rejected`() async throws {
        let name = "latin_" + UUID().uuidString.lowercased()
        let catalog = try await TestCatalog.withoutTables()
        try await catalog.run("CREATE DATABASE \"\(name)\" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        var configuration = try await SharedPool.configuration()
        configuration.connectionString = configuration.connectionString.replacingOccurrences(
            of: "/r2kit?", with: "/\(name)?")
        let connection = try await LibPQConnection.open(configuration)
        let error = await expect(.storeFailure) { try await PostgresMigrator().migrate(session: connection) }
        #expect(error?.message.contains("UTF8") == true)
        connection.close()
    }

    @Test func `a role that may not create schemas uses the one that was made for it`() async throws {
        let catalog = try await TestCatalog.withoutTables()
        let role = "\"\(catalog.schema.name)\""
        try await catalog.withConnection { connection in
            try await connection.perform("CREATE ROLE \(role)")
            try await connection.perform("CREATE SCHEMA \(catalog.schema.sqlName) AUTHORIZATION \(role)")
            try await connection.perform("SET ROLE \(role)")
            try await PostgresMigrator(schema: catalog.schema).migrate(session: connection)
            _ = try await catalog.repository.bound(to: connection).insert(.full("one"))
        }
        try await catalog.run("DROP SCHEMA \(catalog.schema.sqlName) CASCADE")
        try await catalog.run("DROP ROLE \(role)")
    }

    @Test func `a role with rights on the tables alone uses them, and another is told what it lacks`() async throws {
        let catalog = try await TestCatalog.make()
        let role = "\"\(catalog.schema.name)\""
        try await catalog.withConnection { connection in
            try await connection.perform("CREATE ROLE \(role)")
            try await connection.perform("SET ROLE \(role)")
            let videos = catalog.repository.bound(to: connection)
            for error in [
                await expect(.storeFailure) { try await videos.insert(.full("one")) },
                await expect(.storeFailure) {
                    try await PostgresMigrator(schema: catalog.schema).migrate(session: connection)
                },
            ] { #expect(error?.message.contains("privilege") == true) }

            try await connection.perform("RESET ROLE")
            let (schema, rights) = (catalog.schema.sqlName, "SELECT, INSERT, UPDATE, DELETE")
            try await connection.perform("GRANT USAGE ON SCHEMA \(schema) TO \(role)")
            try await connection.perform("GRANT \(rights) ON ALL TABLES IN SCHEMA \(schema) TO \(role)")
            try await connection.perform("SET ROLE \(role)")
            try await PostgresMigrator(schema: catalog.schema).migrate(session: connection)
            let video = try await videos.insert(.full("one"))
            let claims = try await videos.claim(.deletions, limit: 1, lease: .seconds(60)).claims
            #expect(claims.map(\.video) == [video])
            try await videos.release(claims)
            try await videos.delete(video.id)
            #expect(try await videos.purge(deletedBefore: Date() + 60).videos.count == 1)
        }
        try await catalog.run("DROP SCHEMA \(catalog.schema.sqlName) CASCADE")
        try await catalog.run("DROP ROLE \(role)")
    }

    @Test func `no index depends on the locale, which an upgrade of the system may change`() async throws {
        let catalog = try await TestCatalog.make()
        let collations = try await catalog.run(
            """
            SELECT DISTINCT indexrelid::regclass::text || ' ' || collname FROM pg_index
                CROSS JOIN LATERAL unnest(indcollation) AS used
                JOIN pg_collation ON pg_collation.oid = used
                WHERE indrelid = ANY (ARRAY[to_regclass($1), to_regclass($2)]) AND collname <> 'C'
            """, [.text(catalog.schema.sqlName + ".videos"), .text(catalog.schema.sqlName + ".uploaders")])
        #expect((0..<collations.rowCount).map { collations.string($0, 0) } == [])
    }

    /// Returns all columns, indexes and constraints of the catalog.
    private func shape(of catalog: TestCatalog) async throws -> [String] {
        let result = try await catalog.run(
            """
            SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable)::text FROM information_schema.columns
                WHERE table_schema = $1
            UNION ALL SELECT replace(indexdef, $2, '') FROM pg_indexes WHERE schemaname = $1
            UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint
                WHERE connamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
            UNION ALL SELECT version::text FROM \(catalog.schema.sqlName).schema_versions
            ORDER BY 1
            """, [.text(catalog.schema.name), .text(catalog.schema.sqlName)])
        return (0..<result.rowCount).map { result.string($0, 0) }
    }
}
#endif
