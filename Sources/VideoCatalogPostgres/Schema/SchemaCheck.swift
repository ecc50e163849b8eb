internal import Synchronization
internal import VideoCatalog

/// A check that the tables have the version that this package needs, repeated after an interval.
final class SchemaCheck: Sendable {
    private struct State {
        /// The time at which the last successful check began.
        var passed: ContinuousClock.Instant?
        var isRunning = false
    }

    /// The longest time for which a successful check is valid.
    let interval: Duration
    private let state = Mutex(State())

    /// Creates a check.
    ///
    /// - Parameter interval: The longest time for which a successful check is valid, clamped to 0 through 1 hour.
    init(interval: Duration) { self.interval = min(max(.zero, interval), .seconds(3600)) }

    /// Checks the version, unless the last check is recent enough.
    nonisolated(nonsending) func run(_ schema: PostgresSchema, by runner: any StatementRunner) async throws {
        let now = ContinuousClock.now
        guard begin(now) else { return }
        do {
            let version = try await runner.read(SchemaVersion.lookup(in: schema)).firstInteger ?? 0
            guard version >= SchemaVersion.newest else { throw CatalogError.schemaMissing }
            guard version <= SchemaVersion.newest else { throw CatalogError.schemaTooNew(version) }
            end(passed: now)
        } catch {
            // Whatever the error is, the next operation checks again.
            end(passed: nil)
            throw error
        }
    }

    /// Returns a Boolean value that indicates whether the caller has to check the version.
    ///
    /// In the second half of the interval, one caller checks, while the result is still valid for the others. So most
    /// operations never wait for a check.
    private func begin(_ now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            if let passed = state.passed {
                let age = now - passed
                if age < interval / 2 || age < interval && state.isRunning { return false }
            }
            state.isRunning = true
            return true
        }
    }

    private func end(passed time: ContinuousClock.Instant?) {
        state.withLock { state in
            state.passed = time
            state.isRunning = false
        }
    }
}

extension CatalogError {
    static let schemaMissing = CatalogError(
        .schemaMissing,
        "The catalog's tables don't exist, or have an earlier version: run PostgresMigrator with the same schema.")

    static func schemaTooNew(_ version: Int) -> CatalogError {
        CatalogError(
            .schemaTooNew,
            "The tables have version \(version), but this package supports up to \(SchemaVersion.newest): update it."
        )
    }
}
