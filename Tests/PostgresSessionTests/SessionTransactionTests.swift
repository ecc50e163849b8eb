import Foundation
import Synchronization
import Testing
import VideoCatalog
import VideoCatalogPostgres

/// Transactions and retries that come with the protocols.
@Suite(.againstPostgres, .serialized)
struct SessionTransactionTests {
    private struct AppError: Error {}

    private func makeRepository() async throws -> PostgresVideoRepository {
        PostgresVideoRepository(try await TestServer.sessions.value, schema: try await TestServer.makeSchema())
    }

    private func video(_ key: String) -> NewVideo { NewVideo(title: "Lecture", objectKey: key, uploadedBy: "42") }

    private func count(_ repository: PostgresVideoRepository) async throws -> Int {
        try await repository.count(matching: VideoQuery())
    }

    @Test func `a commit keeps the changes, and an error takes them back`() async throws {
        let repository = try await makeRepository()
        let kept = try await repository.withTransaction { videos, _ in try await videos.insert(video("kept")) }
        #expect(try await repository.video(id: kept.id) == kept)
        await #expect(throws: AppError.self) {
            try await repository.withTransaction { videos, _ in
                try await videos.insert(video("lost"))
                throw AppError()
            }
        }
        #expect(try await count(repository) == 1)
    }

    @Test func `a transaction with a failed statement isn't committed`() async throws {
        let repository = try await makeRepository()
        let error = await #expect(throws: CatalogError.self) {
            try await repository.withTransaction { videos, session in
                try await videos.insert(video("lost"))
                _ = try? await session.run("SELECT 1/0")
            }
        }
        #expect(error?.message.contains("25P02") == true)
        #expect(try await count(repository) == 0)
    }

    @Test func `an error of the catalog leaves the transaction usable`() async throws {
        let repository = try await makeRepository()
        try await repository.insert(video("taken"))
        try await repository.withTransaction { videos, _ in
            let error = await #expect(throws: CatalogError.self) { try await videos.insert(video("taken")) }
            #expect(error?.code == .objectKeyTaken)
            try await videos.insert(video("free"))
        }
        #expect(try await count(repository) == 2)
    }

    @Test func `a transaction within a transaction is a part of it`() async throws {
        let repository = try await makeRepository()
        await #expect(throws: AppError.self) {
            try await repository.withTransaction { outer, session in
                try await outer.withTransaction { inner, _ in try await inner.insert(video("one")) }
                do {
                    try await outer.withTransaction { inner, _ in
                        try await inner.insert(video("two"))
                        throw AppError()
                    }
                } catch is AppError {
                    let remaining = try await count(outer)
                    #expect(remaining == 1)
                    throw AppError()
                }
            }
        }
        #expect(try await count(repository) == 0)
    }

    @Test func `a transaction in a session without one is committed or rolled back`() async throws {
        let repository = try await makeRepository()
        let session = try SocketSession(url: try await TestServer.url)
        let bound = repository.bound(to: session)
        try await bound.withTransaction { videos, _ in try await videos.insert(video("kept")) }
        await #expect(throws: AppError.self) {
            try await bound.withTransaction { videos, _ in
                try await videos.insert(video("lost"))
                throw AppError()
            }
        }
        #expect(try await count(repository) == 1)
    }

    @Test func `transactions that collide run again`() async throws {
        let repository = try await makeRepository()
        let id = try await repository.insert(video("one")).id
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<5 {
                @Sendable func tag(_ videos: PostgresVideoRepository) async throws -> Video {
                    let current = try await videos.requiredVideo(id: id)
                    return try await videos.update(current) { $0.tags.append("\(number)") }
                }
                group.addTask {
                    let retries = PostgresRetryPolicy(attempts: 60)
                    try await repository.withTransaction(isolation: .serializable, retries: retries) { videos, _ in
                        // Some collide in a nested transaction.
                        guard number % 2 == 1 else { return try await tag(videos) }
                        return try await videos.withTransaction { inner, _ in try await tag(inner) }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await repository.requiredVideo(id: id).version == 6)
    }

    @Test func `a session that is broken at the beginning is replaced once`() async throws {
        let source = BreakingSource(try await TestServer.sessions.value)
        let repository = PostgresVideoRepository(source, schema: try await TestServer.makeSchema())
        try await repository.withTransaction { videos, _ in try await videos.insert(video("one")) }
        #expect(source.failures.withLock { $0 } == 1)
        // A single statement is repeated, too, since it wasn't sent.
        source.failures.withLock { $0 = 0 }
        try await repository.insert(video("two"))
        #expect(source.failures.withLock { $0 } == 1)
        #expect(try await count(repository) == 2)
    }

    @Test(arguments: ["26000", "42P05", "0A000"])
    func `a statement outside of a transaction that a session has lost runs again`(sqlState: String) async throws {
        let source = ForgetfulSource(try await TestServer.sessions.value, sqlState: sqlState)
        let repository = PostgresVideoRepository(source, schema: try await TestServer.makeSchema())
        let inserted = try await repository.insert(video("one"))
        #expect(try await repository.video(id: inserted.id) == inserted)
        #expect(try await repository.update(inserted) { $0.title = "Another" }.version == 2)
        #expect(source.seen.withLock { $0.count } >= 4)
    }
}

/// A source whose sessions lose each prepared statement once.
private final class ForgetfulSource: PostgresSessionSource {
    private struct Session: PostgresSession {
        let session: any PostgresSession
        let source: ForgetfulSource

        func query(_ statement: PostgresStatement) async throws -> PostgresResult {
            if statement.isReusable, source.seen.withLock({ $0.insert(statement.sql).inserted }) {
                throw PostgresSessionError(.server, sqlState: source.sqlState, message: "It isn't prepared.")
            }
            return try await session.query(statement)
        }
    }

    let seen = Mutex(Set<String>())
    private let sqlState: String
    private let source: any PostgresSessionSource

    init(_ source: any PostgresSessionSource, sqlState: String) { (self.source, self.sqlState) = (source, sqlState) }

    func withSession<Value: Sendable>(
        _ body: @escaping @Sendable (any PostgresSession) async throws -> Value
    ) async throws -> Value {
        try await source.withSession { session in try await body(Session(session: session, source: self)) }
    }
}

/// A source whose first session is closed.
private final class BreakingSource: PostgresSessionSource {
    private struct Closed: PostgresSession {
        func query(_ statement: PostgresStatement) async throws -> PostgresResult {
            throw PostgresSessionError(.connectionClosed, message: "The connection is closed.")
        }
    }

    let failures = Mutex(0)
    private let source: any PostgresSessionSource

    init(_ source: any PostgresSessionSource) { self.source = source }

    func withSession<Value: Sendable>(
        _ body: @escaping @Sendable (any PostgresSession) async throws -> Value
    ) async throws -> Value {
        let isFirst = failures.withLock { failures in
            defer { failures = 1 }
            return failures == 0
        }
        return isFirst ? try await body(Closed()) : try await source.withSession(body)
    }
}
