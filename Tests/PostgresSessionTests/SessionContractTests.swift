import TestSupport
import Testing
import VideoCatalog
import VideoCatalogPostgres
import VideoCatalogTesting

/// The contract of repositories, over a driver of the tests' own.
@Suite(.againstPostgres, .serialized)
struct SessionContractTests {
    @Test(arguments: VideoRepositoryContract.rules)
    func `a repository over foreign sessions keeps the rule`(_ rule: ContractRule) async throws {
        let sessions = try await TestServer.sessions.value
        try await rule.check(timeLimit: .onBusyMachine) { clock in
            PostgresVideoRepository(sessions, schema: try await TestServer.makeSchema(), clock: clock)
        }
    }

    @Test(arguments: VideoRepositoryContract.rules)
    func `a repository in a foreign session keeps the rule`(_ rule: ContractRule) async throws {
        try await rule.check(timeLimit: .onBusyMachine) { clock in
            let session = try SocketSession(url: try await TestServer.url)
            return PostgresVideoRepository(session: session, schema: try await TestServer.makeSchema(), clock: clock)
        }
    }

    @Test(arguments: VideoRepositoryContract.rules)
    func `a repository in a transaction of a foreign session keeps the rule`(_ rule: ContractRule) async throws {
        try await rule.check(timeLimit: .onBusyMachine) { clock in
            let session = try SocketSession(url: try await TestServer.url)
            // Far from UTC, with minutes: the text format shows timestamps in this zone.
            try await session.run("SET TimeZone = 'Asia/Kolkata'")
            try await session.run("BEGIN")
            return PostgresVideoRepository(session: session, schema: try await TestServer.makeSchema(), clock: clock)
        }
    }
}
