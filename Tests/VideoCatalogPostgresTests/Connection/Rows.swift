#if Postgres
import Synchronization
import Testing

@testable import VideoCatalogPostgres

extension PostgresResult {
    /// A cell's bytes; `nil` for NULL.
    func bytes(_ row: Int, _ column: Int) -> [UInt8]? { self[row, column].map(Array.init) }

    /// A cell's bytes as text.
    func text(_ row: Int = 0, _ column: Int = 0) -> String? {
        bytes(row, column).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A cell's bytes as an integer of any width.
    func integer(_ row: Int = 0, _ column: Int = 0) -> Int? {
        bytes(row, column).map { bytes in
            let isNegative = (bytes.first ?? 0) >= 128
            return Int(truncatingIfNeeded: bytes.reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) })
        }
    }
}

/// A value that several tasks change.
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

/// What a body throws; records an issue if it throws nothing.
func failure(
    of body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async -> PostgresError? {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as PostgresError {
        return error
    } catch {
        Issue.record("something else was thrown: \(error)", sourceLocation: sourceLocation)
    }
    return nil
}

/// Asks again and again until something is so; records an issue after two minutes.
func eventually(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("it never came to this: \(what)", sourceLocation: sourceLocation)
}
#endif
