#if Postgres
import Foundation
import Testing
import VideoCatalog

@testable import VideoCatalogLibPQ
@testable import VideoCatalogPostgres

@Suite(.againstPostgres) struct ValueTests {
    private func connection() async throws -> LibPQConnection {
        try await LibPQConnection.open(PostgresServer.shared.configuration())
    }

    /// A value, and how PostgreSQL writes it.
    struct Sample: Sendable {
        let value: PostgresValue
        let type: String
        let text: String?
    }

    static let samples: [Sample] = [
        Sample(value: .text("caf\u{e9} \u{1F3AC} ' \" \\ $1"), type: "text", text: "caf\u{e9} \u{1F3AC} ' \" \\ $1"),
        Sample(value: .text(""), type: "text", text: ""),
        Sample(
            value: .text(String(repeating: "x", count: 1_000_000)), type: "text",
            text: String(repeating: "x", count: 1_000_000)),
        Sample(value: .text(nil), type: "text", text: nil),
        Sample(value: .int8(.max), type: "bigint", text: "9223372036854775807"),
        Sample(value: .int8(.min), type: "bigint", text: "-9223372036854775808"),
        Sample(value: .int8(nil), type: "bigint", text: nil),
        Sample(value: .float8(-0.1), type: "double precision", text: "-0.1"),
        Sample(value: .float8(.greatestFiniteMagnitude), type: "double precision", text: "1.7976931348623157e+308"),
        Sample(value: .float8(nil), type: "double precision", text: nil),
        Sample(value: .bool(true), type: "boolean", text: "true"),
        Sample(value: .bool(false), type: "boolean", text: "false"),
        Sample(value: .bool(nil), type: "boolean", text: nil),
        Sample(
            value: .uuid(UUID(uuid: (0, 17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 204, 221, 238, 255))),
            type: "uuid", text: "00112233-4455-6677-8899-aabbccddeeff"),
        Sample(value: .uuid(nil), type: "uuid", text: nil),
        Sample(value: .timestamp(.first), type: "timestamptz", text: "1970-01-01 00:00:00+00"),
        Sample(value: .timestamp(.last), type: "timestamptz", text: "2099-12-31 23:59:59.999999+00"),
        Sample(value: .timestamp(nil), type: "timestamptz", text: nil),
        Sample(value: .jsonb(#"{"a": [1, null, "\u00e9"]}"#), type: "jsonb", text: "{\"a\": [1, null, \"\u{e9}\"]}"),
        Sample(value: .jsonb(nil), type: "jsonb", text: nil),
        Sample(value: .textArray([]), type: "text[]", text: "{}"),
        Sample(value: .textArray(["a", "", "b,\"c", "NULL"]), type: "text[]", text: #"{a,"","b,\"c","NULL"}"#),
        Sample(value: .uuidArray([]), type: "uuid[]", text: "{}"),
        Sample(
            value: .uuidArray([UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))]), type: "uuid[]",
            text: "{01020304-0506-0708-090a-0b0c0d0e0f10}"),
    ]

    @Test(arguments: [true, false]) func `every value reaches the server unchanged`(isReusable: Bool) async throws {
        let connection = try await connection()
        try await connection.run("SET timezone = 'UTC'")
        for sample in Self.samples {
            let sql = "SELECT $1::\(sample.type)::text, $1::\(sample.type)"
            let result = try await connection.run(sql, sample.value, isReusable: isReusable)
            #expect(result.text() == sample.text, "\(sample.type)")
            #expect((result.bytes(0, 1) == nil) == (sample.text == nil), "\(sample.type)")
        }
    }

    @Test func `results are in the binary format, row by row`() async throws {
        let result = try await connection().run(
            "SELECT n, CASE WHEN n = 2 THEN NULL ELSE '' END, 'é' FROM generate_series(1, 3) n")
        #expect(result.rowCount == 3)
        #expect(result.columnCount == 3)
        #expect(result.affectedRows == 3)
        #expect(result.bytes(0, 0) == [0, 0, 0, 1])
        #expect(result.bytes(2, 0) == [0, 0, 0, 3])
        #expect(result.bytes(0, 1) == [])
        #expect(result.bytes(1, 1) == nil)
        #expect(result.bytes(2, 2) == [0xc3, 0xa9])
        #expect(result.bytes(3, 0) == nil)
    }

    @Test func `changed rows are counted`() async throws {
        let connection = try await connection()
        try await connection.run("CREATE TEMP TABLE numbers (n bigint)")
        #expect(try await connection.run("INSERT INTO numbers SELECT generate_series(1, 25)").affectedRows == 25)
        #expect(try await connection.run("UPDATE numbers SET n = n WHERE n > $1", .int8(20)).affectedRows == 5)
        #expect(try await connection.run("DELETE FROM numbers").affectedRows == 25)
        #expect(try await connection.run("SELECT n FROM numbers").rowCount == 0)
    }

    @Test func `megabytes are sent and received`() async throws {
        let text = String(repeating: "0123456789abcdef", count: 1 << 20)
        let result = try await connection().run("SELECT $1::text || $1::text", .text(text))
        #expect(result.bytes(0, 0)?.count == 2 * text.utf8.count)
    }

    @Test func `an error of the server has its SQLSTATE and constraint, and no value`() async throws {
        let connection = try await connection()
        try await connection.run("CREATE TEMP TABLE keys (id bigint CONSTRAINT keys_unique PRIMARY KEY)")
        try await connection.run("INSERT INTO keys VALUES (7)")
        let taken = await failure { try await connection.run("INSERT INTO keys VALUES ($1)", .int8(7)) }
        #expect(taken?.kind == .server)
        #expect(taken?.sqlState == "23505")
        #expect(taken?.constraint == "keys_unique")
        let value = await failure { try await connection.run("SELECT $1::text::bigint", .text("hush-hush")) }
        #expect(value?.sqlState == "22P02")
        #expect(value.map { "\($0)".contains("hush") } == false)
        let syntax = await failure { try await connection.run("SELEKT 1") }
        #expect(syntax?.sqlState == "42601")
        let zero = await failure { try await connection.run("SELECT 1\0; DROP TABLE keys") }
        #expect(zero?.kind == .server)
        let copy = await failure { try await connection.run("COPY keys TO STDOUT") }
        #expect(copy?.kind == .protocolViolation)
    }
}
#endif
