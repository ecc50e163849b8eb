#if Postgres
import Synchronization
import Testing

@testable import VideoCatalogPostgres

extension PostgresResult {
    /// The bytes of a cell, or `nil` for NULL.
    func bytes(_ row: Int, _ column: Int) -> [UInt8]? { self[row, column].map(Array.init) }

    /// A cell as a string.
    func text(_ row: Int = 0, _ column: Int = 0) -> String? {
        bytes(row, column).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A cell as an integer of any width.
    func integer(_ row: Int = 0, _ column: Int = 0) -> Int? {
        bytes(row, column).map { bytes in
            let isNegative = (bytes.first ?? 0) >= 128
            return Int(truncatingIfNeeded: bytes.reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) })
        }
    }
}

/// A value that several tasks share.
final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    @discardableResult
    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result { value.withLock { body(&$0) } }
}

extension PostgresSession {
    @discardableResult
    func run(_ sql: String, _ parameters: PostgresValue..., isReusable: Bool = true) async throws -> PostgresResult {
        try await query(PostgresStatement(sql, parameters, isReusable: isReusable))
    }
}

/// Returns the error that a function throws.
///
/// Records an issue if it throws none.
func failure(
    of body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async -> PostgresSessionError? {
    do {
        try await body()
        Issue.record("no error was thrown", sourceLocation: sourceLocation)
    } catch let error as PostgresSessionError {
        return error
    } catch {
        Issue.record("another error was thrown: \(error)", sourceLocation: sourceLocation)
    }
    return nil
}

/// Waits until a condition holds.
///
/// Records an issue after two minutes.
func eventually(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("timed out waiting until: \(what)", sourceLocation: sourceLocation)
}
#endif
