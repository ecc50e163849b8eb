import Foundation
import Testing
import VideoCatalog
import VideoCatalogPostgres

/// Values as literals, and rows in the text format.
@Suite(.againstPostgres, .serialized)
struct TextFormatTests {
    static let values: [(PostgresValue, String?)] = [
        (.text("caf\u{e9} \u{1F3AC} ' \" \\ \\' $1\n"), "caf\u{e9} \u{1F3AC} ' \" \\ \\' $1\n"), (.text(""), ""),
        (.text(nil), nil), (.int8(.min), "-9223372036854775808"), (.float8(-0.1), "-0.1"),
        (.float8(.greatestFiniteMagnitude), "1.7976931348623157e+308"), (.float8(.infinity), "Infinity"),
        (.float8(-.infinity), "-Infinity"), (.float8(.nan), "NaN"), (.bool(true), "true"), (.bool(nil), nil),
        (
            .uuid(UUID(uuid: (0, 17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 204, 221, 238, 255))),
            "00112233-4455-6677-8899-aabbccddeeff"
        ),
        (.timestamp(.first), "1970-01-01 00:00:00+00"), (.timestamp(.last), "2099-12-31 23:59:59.999999+00"),
        (.jsonb(#"{"a": "\\ '"}"#), #"{"a": "\\ '"}"#), (.textArray([]), "{}"),
        (.textArray(["a", "", "b,\"c", "NULL", "d\\e'"]), #"{a,"","b,\"c","NULL","d\\e'"}"#), (.uuidArray([]), "{}"),
    ]

    @Test(arguments: ["on", "off"])
    func `the server reads literals as the values`(_ conformingStrings: String) async throws {
        let session = try SocketSession(url: try await TestServer.url)
        try await session.run("SET standard_conforming_strings = \(conformingStrings)")
        try await session.run("SET TimeZone = 'UTC'")
        for (value, text) in Self.values {
            let result = try await session.run("SELECT ($1)::text, pg_typeof($1)", value)
            #expect(result.string() == text, "\(value)")
            #expect(result.string(0, 1) == value.typeName.replacing("timestamptz", with: "timestamp with time zone"))
        }
    }

    @Test(arguments: ["UTC", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati", "Africa/Monrovia"])
    func `timestamps are the same in every time zone`(_ zone: String) async throws {
        let schema = try await TestServer.makeSchema()
        let session = try SocketSession(url: try await TestServer.url)
        try await session.run("SET TimeZone = '\(zone)'")
        let repository = PostgresVideoRepository(session: session, schema: schema)
        for seconds in [0, 0.000_001, 1, 951_782_399.5, 1_772_357_400.123_456, 4_102_444_799.999_999] {
            var new = NewVideo(title: "Lecture", objectKey: "\(seconds)", uploadedBy: "42")
            new.uploadedAt = Date(timeIntervalSince1970: seconds)
            let video = try await repository.insert(new)
            #expect(try await repository.video(id: video.id) == video)
        }
    }

    @Test(arguments: [
        ("tags", "ARRAY['a', NULL]"), ("tags", "ARRAY[['a'], ['b']]"), ("created_at", "'infinity'"),
        ("ready_at", "'1969-12-31T23:59:59Z'"), ("delete_after", "'2100-01-01T00:00:00Z'"), ("metadata", "'[]'"),
        ("ready_at", "'12026-01-01T00:00:00Z'"), ("ready_at", "'0044-03-15 BC'"),
    ])
    func `an invalid value is reported with its column`(_ column: String, _ value: String) async throws {
        let schema = try await TestServer.makeSchema()
        let session = try SocketSession(url: try await TestServer.url)
        let repository = PostgresVideoRepository(session: session, schema: schema)
        let id = try await repository.insert(NewVideo(title: "Lecture", objectKey: "one", uploadedBy: "42")).id
        try await session.run("UPDATE \"\(schema.name)\".videos SET \(column) = \(value)")
        let error = await #expect(throws: CatalogError.self) { try await repository.video(id: id) }
        #expect(error?.code == .corruptRow && error?.message.contains(column) == true)
    }

    @Test func `an error has its SQLSTATE and its constraint`() async throws {
        let session = try SocketSession(url: try await TestServer.url)
        try await session.run("CREATE TEMP TABLE keys (id bigint CONSTRAINT keys_unique PRIMARY KEY)")
        #expect(try await session.run("INSERT INTO keys VALUES ($1)", .int8(7)).affectedRows == 1)
        let error = await #expect(throws: PostgresSessionError.self) {
            try await session.run("INSERT INTO keys VALUES ($1)", .int8(7))
        }
        #expect(error?.kind == .server && error?.sqlState == "23505" && error?.constraint == "keys_unique")
    }
}
