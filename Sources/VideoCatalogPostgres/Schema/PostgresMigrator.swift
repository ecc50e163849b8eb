internal import VideoCatalog

/// Creates the catalog's tables, and upgrades those of an earlier version.
///
/// Many processes can run the same migration at once, such as at every start of your app. An advisory lock lets one go
/// first. All changes happen in one transaction, and what already exists stays as it is. Versions only move forward.
///
/// The transaction creates indexes. Until it ends, no other one can read or write videos: minutes for millions of rows.
/// ``PostgresSchema/upgradeScript(from:)`` is the alternative for such tables.
public struct PostgresMigrator: Sendable {
    private let schema: PostgresSchema
    private let foreignKeys: PostgresForeignKeys

    /// Creates a migrator.
    ///
    /// - Parameters:
    ///   - schema: The schema of the tables.
    ///   - foreignKeys: The tables of your app that videos refer to. A foreign key that is added later also applies to
    ///     existing rows. The migrator never removes one.
    public init(schema: PostgresSchema = .standard, foreignKeys: PostgresForeignKeys = PostgresForeignKeys()) {
        self.schema = schema
        self.foreignKeys = foreignKeys
    }

    /// Creates or upgrades the tables, in any session of a source.
    ///
    /// - Parameter source: The source of sessions, such as a connection pool. If something is missing, their user needs
    ///   the privilege to create the schema or, if the schema exists, tables in it.
    /// - Throws: The errors of ``migrate(session:)``.
    public func migrate(_ source: any PostgresSessionSource) async throws {
        do {
            try await source.withSession { session in try await migrate(session: session) }
        } catch let error as PostgresSessionError {
            throw error.translated(during: .write)
        }
    }

    /// Creates or upgrades the tables, in a session.
    ///
    /// The changes are part of the session's open transaction, or else a transaction of their own.
    ///
    /// - Parameter session: The session.
    /// - Throws: A `CatalogError`, after which nothing is changed: `schemaTooNew` if a later version of this package
    ///   created the tables, `schemaMissing` if an upgrade script has begun and not ended, `storeFailure` if the
    ///   encoding of the database isn't UTF8, `invalidArgument` if an existing foreign key refers to another table,
    ///   `invalidFields` if existing rows violate a new foreign key.
    public func migrate(session: any PostgresSession) async throws {
        do {
            try await PostgresRetryPolicy(attempts: 8).run {
                do {
                    try await session.runAtomically { try await createMissing(in: session) }
                } catch let error as PostgresSessionError where Self.duplicates.contains(error.sqlState) {
                    throw PostgresSessionError(.server, sqlState: "40001", message: error.message)
                }
            }
        } catch let error as PostgresSessionError {
            throw error.translated(during: .write)
        }
    }

    /// The errors of the second of two concurrent migrations, on servers whose advisory locks do nothing or beside an
    /// upgrade script: the schema, the table, the row or the column already exists.
    private static let duplicates: Set<String?> = ["42P06", "42P07", "23505", "42701"]

    private func createMissing(in session: any PostgresSession) async throws {
        let lock = PostgresStatement("SELECT pg_advisory_xact_lock($1)", [.int8(schema.lockKey)], isReusable: false)
        _ = try await session.query(lock)
        try await checkEncoding(in: session)
        let present = try await version(in: session)
        guard present <= SchemaVersion.newest else { throw CatalogError.schemaTooNew(present) }
        if present == 1 { try await checkNoScriptRuns(in: session) }
        if present == 0 {
            // `IF NOT EXISTS` needs the privilege to create schemas even if the schema exists.
            if try await !hasSchema(in: session) { try await session.execute(SchemaVersion.createSchema(schema)) }
            try await session.execute(SchemaVersion.createVersions(schema))
        }
        for version in SchemaVersion.all where version.number > present {
            for sql in version.statements(schema) { try await session.execute(sql) }
            try await session.execute(SchemaVersion.recordVersion(version.number, in: schema))
        }
        for step in ForeignKeyStep.all(foreignKeys, in: schema) { try await add(step, in: session) }
    }

    /// Throws if the script of an upgrade to version 2 has begun.
    ///
    /// A migration would wait for its statements, and all reads and writes for the migration.
    private func checkNoScriptRuns(in session: any PostgresSession) async throws {
        let lookup = PostgresStatement(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute "
                + "WHERE attrelid = to_regclass($1) AND attname = 'purge_started_at')",
            [.text(schema.videos)], isReusable: false)
        guard try await session.query(lookup).firstBool == false else {
            throw CatalogError(
                .schemaMissing,
                "A script that upgrades the tables to version 2 has begun: wait until it ends, or run the rest of it.")
        }
    }

    private func checkEncoding(in session: any PostgresSession) async throws {
        let lookup = PostgresStatement("SELECT current_setting('server_encoding')", isReusable: false)
        let encoding = try await session.query(lookup)[0, 0].map { String(decoding: $0, as: UTF8.self) }
        guard encoding == "UTF8" else {
            throw CatalogError(
                .storeFailure,
                "Unsupported encoding of the database, \(encoding ?? "unknown"): create it with the encoding UTF8.")
        }
    }

    private func hasSchema(in session: any PostgresSession) async throws -> Bool {
        let lookup = PostgresStatement(
            "SELECT to_regnamespace($1) IS NOT NULL", [.text(schema.quoted)], isReusable: false)
        return try await session.query(lookup).firstBool == true
    }

    /// Returns the version of the tables, or 0 if there are none.
    private func version(in session: any PostgresSession) async throws -> Int {
        // For a name without a table, `to_regclass` returns NULL and needs no privilege.
        let lookup = PostgresStatement(
            "SELECT to_regclass($1) IS NOT NULL", [.text(schema.versions)], isReusable: false)
        guard try await session.query(lookup).firstBool == true else { return 0 }
        return try await session.query(SchemaVersion.lookup(in: schema)).firstInteger ?? 0
    }

    private func add(_ step: ForeignKeyStep, in session: any PostgresSession) async throws {
        let present = try await session.query(step.lookup)
        guard present.rowCount == 0 else {
            guard present.firstBool == true else {
                throw CatalogError(
                    .invalidArgument,
                    "\(step.column) has a foreign key to another table: drop the constraint \(step.constraint) first."
                )
            }
            return
        }
        for sql in step.statements { try await session.execute(sql) }
    }
}
