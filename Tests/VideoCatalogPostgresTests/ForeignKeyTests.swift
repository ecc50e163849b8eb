#if Postgres
import Foundation
import Testing
import VideoCatalog
import VideoCatalogPostgres

@Suite(.againstPostgres)
struct ForeignKeyTests {
    /// The type of an app's key, and identifiers that exist, don't exist, or have the wrong form.
    struct Case: Sendable, CustomStringConvertible {
        let column: String
        let type: PostgresForeignKeys.KeyType
        let present: [String]
        let absent: String
        let malformed: [String]

        var description: String { column }
    }

    private static let uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"

    static let cases = [
        Case(column: "text", type: .text, present: ["autumn", "Grüße"], absent: "spring", malformed: []),
        Case(column: "varchar(40)", type: .text, present: ["autumn"], absent: "spring", malformed: []),
        Case(
            column: "uuid", type: .uuid, present: [uuid], absent: "00000000-0000-0000-0000-000000000000",
            malformed: ["autumn", "{\(uuid)}", " \(uuid)"]),
        Case(
            column: "bigint", type: .bigint, present: ["42", "-9223372036854775808", "9223372036854775807", "0"],
            absent: "43", malformed: ["042", "-0", "+42", "4.2", "9223372036854775808", "99999999999999999999", "1e3"]),
        Case(column: "integer", type: .bigint, present: ["42"], absent: "9223372036854775807", malformed: ["4x"]),
    ]

    private func makeCatalog(_ key: Case) async throws -> TestCatalog {
        let catalog = try await TestCatalog.withoutTables()
        let host = PostgresSchemaName.host(of: catalog)
        try await catalog.run("CREATE SCHEMA \(host.quoted)")
        for table in ["Sessions", "users"] {
            try await catalog.run("CREATE TABLE \(host.quoted).\"\(table)\" (\"the id\" \(key.column) PRIMARY KEY)")
            for id in key.present {
                try await catalog.run(
                    "INSERT INTO \(host.quoted).\"\(table)\" VALUES ($1::text::\(key.column))", [.text(id)])
            }
        }
        let keys = try PostgresForeignKeys(
            sessions: .init(schema: host.name, table: "Sessions", column: "the id", type: key.type),
            users: .init(schema: host.name, table: "users", column: "the id", type: key.type))
        try await PostgresMigrator(schema: catalog.schema, foreignKeys: keys).migrate(catalog.pool)
        // Again, as at every start of an app.
        try await PostgresMigrator(schema: catalog.schema, foreignKeys: keys).migrate(catalog.pool)
        return catalog
    }

    private func sample(session: String?, user: String) -> NewVideo {
        NewVideo(
            title: "Lecture", objectKey: UUID().uuidString, uploadedBy: UserID(user),
            sessionID: session.map { CourseSessionID($0) })
    }

    @Test(arguments: cases)
    func `videos of existing rows are accepted`(_ key: Case) async throws {
        let catalog = try await makeCatalog(key)
        for id in key.present {
            let video = try await catalog.repository.insert(sample(session: id, user: id))
            #expect(try await catalog.repository.video(id: video.id) == video)
            let moved = try await catalog.repository.update(video) { $0.sessionID = nil }
            #expect(try await catalog.repository.video(id: video.id) == moved)
            // The catalog stores UUIDs in lowercase.
            if key.type == .uuid {
                try await catalog.repository.insert(sample(session: id.uppercased(), user: id.uppercased()))
            }
        }
    }

    @Test(arguments: cases)
    func `videos of missing rows are rejected by the field's name`(_ key: Case) async throws {
        let catalog = try await makeCatalog(key)
        let present = try #require(key.present.first)
        let video = try await catalog.repository.insert(sample(session: present, user: present))
        for id in [key.absent] + key.malformed {
            let session = await expect(.invalidFields) {
                try await catalog.repository.insert(sample(session: id, user: present))
            }
            #expect(session?.fields.map(\.name) == ["sessionID"], "\(id)")
            let user = await expect(.invalidFields) {
                try await catalog.repository.update(video) { $0.uploadedBy = UserID(id) }
            }
            #expect(user?.fields.map(\.name) == ["uploadedBy"], "\(id)")
            #expect("\(String(describing: session))\(String(describing: user))".contains(id) == false)
        }
        #expect(
            try await catalog.repository.videos(matching: VideoQuery(deletion: .any), page: .first(9)).videos == [video]
        )
    }

    @Test(arguments: cases)
    func `a row of the app to which a video refers can't be deleted`(_ key: Case) async throws {
        let catalog = try await makeCatalog(key)
        let host = PostgresSchemaName.host(of: catalog)
        let present = try #require(key.present.first)
        let video = try await catalog.repository.insert(sample(session: present, user: present))
        try await catalog.repository.delete(video.id)
        let error = await #expect(throws: PostgresSessionError.self) {
            try await catalog.run("DELETE FROM \(host.quoted).\"Sessions\"")
        }
        #expect(error?.sqlState == "23503")
        #expect(try await catalog.repository.restore(video.id).sessionID == video.sessionID)
    }

    @Test func `a rejected reference leaves the app's transaction usable`() async throws {
        let catalog = try await makeCatalog(try #require(Self.cases.first { $0.column == "uuid" }))
        try await catalog.repository.withTransaction { videos, _ in
            await expect(.invalidFields) { try await videos.insert(sample(session: "autumn", user: Self.uuid)) }
            _ = try await videos.insert(sample(session: Self.uuid, user: Self.uuid))
        }
        #expect(try await catalog.repository.count(matching: VideoQuery()) == 1)
    }

    @Test func `a foreign key to another table than before is rejected`() async throws {
        let catalog = try await makeCatalog(Self.cases[0])
        let host = PostgresSchemaName.host(of: catalog)
        let keys = try PostgresForeignKeys(
            sessions: .init(schema: host.name, table: "users", column: "the id", type: .text))
        let migrator = PostgresMigrator(schema: catalog.schema, foreignKeys: keys)
        let error = await expect(.invalidArgument) { try await migrator.migrate(catalog.pool) }
        #expect(error?.message.contains("videos_session_id_fkey") == true)
    }

    @Test func `a foreign key that is added later holds for the rows that are there`() async throws {
        let catalog = try await TestCatalog.make()
        let video = try await catalog.repository.insert(sample(session: "autumn", user: "42"))
        let host = PostgresSchemaName.host(of: catalog)
        try await catalog.run("CREATE SCHEMA \(host.quoted)")
        try await catalog.run("CREATE TABLE \(host.quoted).users (id bigint PRIMARY KEY)")
        let keys = try PostgresForeignKeys(users: .init(schema: host.name, table: "users", type: .bigint))
        let migrator = PostgresMigrator(schema: catalog.schema, foreignKeys: keys)
        let error = await expect(.invalidFields) { try await migrator.migrate(catalog.pool) }
        #expect(error?.fields.map(\.name) == ["uploadedBy"])
        #expect(try await catalog.repository.video(id: video.id) == video)
        try await catalog.run("INSERT INTO \(host.quoted).users VALUES (42)")
        try await migrator.migrate(catalog.pool)
        #expect(try await catalog.repository.video(id: video.id) == video)
        await expect(.invalidFields) { try await catalog.repository.insert(sample(session: nil, user: "43")) }
    }
}

/// A schema of the app beside the catalog's.
struct PostgresSchemaName {
    let name: String

    var quoted: String { "\"\(name)\"" }

    static func host(of catalog: TestCatalog) -> PostgresSchemaName {
        PostgresSchemaName(name: "host of \(catalog.schema.name)")
    }
}
#endif
