import Foundation
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogPostgres

/// The PostgreSQL server of these tests, which is started for them, and whose superuser needs no password.
enum TestServer {
    static var url: String {
        get async throws { try await task.value }
    }

    private static let task = Task {
        let settings = try await ServerScript("start-postgres", settingsFile: "postgres.env").start().settings
        guard let url = settings["R2KIT_POSTGRES_URL"] else { throw TestSupportError("the settings have no URL") }
        return url
    }

    /// The pool that all tests share.
    static let sessions = Task { SocketSessionSource(url: try await url) }

    /// Creates tables in a schema of their own.
    static func makeSchema() async throws -> PostgresSchema {
        let schema = try PostgresSchema(name: "t_" + UUID().uuidString.lowercased())
        try await PostgresMigrator(schema: schema).migrate(try await sessions.value)
        return schema
    }
}

extension Trait where Self == ConditionTrait {
    /// A condition for suites that need a PostgreSQL server.
    ///
    /// With CI=true, a missing server is a failure.
    static var againstPostgres: Self {
        .enabled("set R2KIT_INTEGRATION=1, and have PostgreSQL 13 or later, to test against a real server") {
            let environment = ProcessInfo.processInfo.environment
            guard environment["R2KIT_INTEGRATION"] == "1" else { return false }
            do {
                _ = try await TestServer.url
                return true
            } catch {
                if environment["CI"] == "true" { throw error }
                print("There is no PostgreSQL server: \(error)")
                return false
            }
        }
    }
}

extension PostgresSession {
    @discardableResult
    func run(_ sql: String, _ parameters: PostgresValue...) async throws -> PostgresResult {
        try await query(PostgresStatement(sql, parameters, isReusable: false))
    }
}

extension PostgresResult {
    /// A cell as a string, or `nil` for NULL.
    func string(_ row: Int = 0, _ column: Int = 0) -> String? {
        self[row, column].map { String(decoding: $0, as: UTF8.self) }
    }
}
