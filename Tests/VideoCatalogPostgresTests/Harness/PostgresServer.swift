#if Postgres
import Foundation
import Testing

extension Trait where Self == ConditionTrait {
    /// For every suite that needs a server.
    ///
    /// Whoever asks for these tests gets them: then a server that cannot be had is a failure.
    static var needsPostgres: Self {
        .enabled(
            if: ["R2KIT_POSTGRES_URL", "R2KIT_INTEGRATION", "CI"].contains {
                !(ProcessInfo.processInfo.environment[$0] ?? "").isEmpty
            },
            "set R2KIT_INTEGRATION=1 to test against a PostgreSQL of the tests' own, or R2KIT_POSTGRES_URL to name one")
    }
}

/// The server that all tests share: the one that `R2KIT_POSTGRES_URL` names, or else one of the tests' own.
actor PostgresServer {
    private static let instance = PostgresServer()
    private var started: Task<OwnServer, any Error>?

    /// The connection string.
    static func url() async throws -> String {
        if let url = ProcessInfo.processInfo.environment["R2KIT_POSTGRES_URL"] { return url }
        return try await instance.server().url
    }

    private func server() async throws -> OwnServer {
        if let started { return try await started.value }
        // Whatever happens to this process: the script stops the server when its owner has gone.
        let task = Task { try await OwnServer.start(isDurable: false) }
        started = task
        return try await task.value
    }
}
#endif
