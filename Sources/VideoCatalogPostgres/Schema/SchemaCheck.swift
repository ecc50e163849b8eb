#if Postgres
internal import Synchronization
internal import VideoCatalog

/// Whether the tables are of the version that this package knows: looked up once.
final class SchemaCheck: Sendable {
    private let isDone = Atomic(false)

    static func question(_ schema: PostgresSchema) -> PostgresStatement {
        PostgresStatement("SELECT max(version) FROM \(schema.versions)", isReusable: false)
    }

    /// Whether it was found to be so.
    var isPassed: Bool { isDone.load(ordering: .acquiring) }

    nonisolated(nonsending) func run(_ schema: PostgresSchema, by runner: any StatementRunner) async throws {
        let version = try await runner.read(Self.question(schema)).onlyInteger ?? 0
        guard version >= SchemaVersion.newest else { throw CatalogError.schemaMissing }
        guard version <= SchemaVersion.newest else { throw CatalogError.schemaTooNew(version) }
        isDone.store(true, ordering: .releasing)
    }
}

extension CatalogError {
    static let schemaMissing = CatalogError(
        .schemaMissing,
        "the catalog's tables are not there, or those of an earlier version: run PostgresMigrator, with the same schema"
    )

    static func schemaTooNew(_ version: Int) -> CatalogError {
        CatalogError(
            .schemaTooNew,
            "the catalog's tables are of version \(version), and this package knows \(SchemaVersion.newest): update it")
    }
}

extension PostgresResult {
    /// The number in the only cell of a result.
    var onlyInteger: Int? {
        guard let cell = self[0, 0], cell.count == 8 else { return nil }
        return Int(truncatingIfNeeded: cell.reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
    }
}
#endif
