#if Postgres
internal import VideoCatalog

/// Makes the catalog's tables, and brings those of an earlier version up to date.
///
/// It may be run at every start, by many processes at once: an advisory lock lets one go first, everything happens in one
/// transaction, and what is there already is left alone. Versions only move forward.
public struct PostgresMigrator: Sendable {
    private let schema: PostgresSchema
    private let foreignKeys: PostgresForeignKeys

    /// Describes what is to be there.
    ///
    /// - Parameters:
    ///   - schema: Where the tables are.
    ///   - foreignKeys: The host's tables that videos refer to. Foreign keys that are added later hold for the rows that
    ///     are there, too. None is ever removed.
    public init(schema: PostgresSchema = .standard, foreignKeys: PostgresForeignKeys = PostgresForeignKeys()) {
        self.schema = schema
        self.foreignKeys = foreignKeys
    }

    /// Makes what is missing, over a connection of a pool.
    ///
    /// - Parameter pool: The pool. Its user must be allowed to create the schema or, where it is there, tables in it; once
    ///   everything is there, nothing of the kind.
    /// - Throws: What ``migrate(_:)-(PostgresSession)`` throws.
    public func migrate(_ pool: PostgresPool) async throws {
        do {
            try await pool.withConnection { connection in try await migrate(connection) }
        } catch let error as PostgresError {
            throw error.visible(during: .write)
        }
    }

    /// Makes what is missing, in a session.
    ///
    /// If the session is in a transaction, everything becomes part of that; otherwise, it is a transaction of its own.
    ///
    /// - Parameter session: The session.
    /// - Throws: `CatalogError`: `schemaTooNew` if a later version of this package was here, `storeFailure`
    ///   if the database's encoding is not UTF8, `invalidArgument` for a foreign key that refers to another table than it
    ///   did, `invalidFields` for one that the rows break. Nothing is changed then.
    public func migrate(_ session: any PostgresSession) async throws {
        do {
            try await PostgresRetryPolicy(attempts: 8).run {
                do {
                    try await SessionTransaction.run(in: session) { try await makeWhatIsMissing(in: session) }
                } catch let error as PostgresError where Self.duplicates.contains(error.sqlState) {
                    throw PostgresError(.server, sqlState: "40001", message: error.message)
                }
            }
        } catch let error as PostgresError {
            throw error.visible(during: .write)
        }
    }

    /// The table, the schema or the row is there by now: what the second of two migrations is told by servers whose
    /// advisory locks do nothing.
    private static let duplicates: Set<String?> = ["42P06", "42P07", "23505"]

    private func makeWhatIsMissing(in session: any PostgresSession) async throws {
        // A name that is no table's gives NULL, and asks for no privilege.
        let lock = PostgresStatement("SELECT pg_advisory_xact_lock($1)", [.int8(schema.lockKey)], isReusable: false)
        _ = try await session.query(lock)
        try await checkEncoding(in: session)
        let present = try await version(in: session)
        guard present <= SchemaVersion.newest else { throw CatalogError.schemaTooNew(present) }
        if present == 0 {
            // `IF NOT EXISTS` asks for the privilege to create schemas even where the schema is there.
            if try await !hasSchema(in: session) { try await session.run(SchemaVersion.creatingSchema(schema)) }
            try await session.run(SchemaVersion.creatingVersions(schema))
        }
        for version in SchemaVersion.all where version.number > present {
            for sql in version.statements(schema) { try await session.run(sql) }
            try await session.run(SchemaVersion.recording(version.number, in: schema))
        }
        for step in ForeignKeyStep.all(foreignKeys, in: schema) { try await add(step, in: session) }
    }

    private func checkEncoding(in session: any PostgresSession) async throws {
        let question = PostgresStatement("SELECT current_setting('server_encoding')", isReusable: false)
        let encoding = try await session.query(question)[0, 0].map { String(decoding: $0, as: UTF8.self) }
        guard encoding == "UTF8" else {
            throw CatalogError(
                .storeFailure,
                "the database's encoding is \(encoding ?? "unknown"): the catalog needs one that was created with UTF8")
        }
    }

    private func hasSchema(in session: any PostgresSession) async throws -> Bool {
        let lookup = PostgresStatement(
            "SELECT to_regnamespace($1) IS NOT NULL", [.text(schema.quoted)], isReusable: false)
        return try await session.query(lookup)[0, 0]?.first == 1
    }

    /// 0 if there are no tables.
    private func version(in session: any PostgresSession) async throws -> Int {
        let lookup = PostgresStatement(
            "SELECT to_regclass($1) IS NOT NULL", [.text(schema.versions)], isReusable: false)
        guard try await session.query(lookup)[0, 0]?.first == 1 else { return 0 }
        return try await session.query(SchemaCheck.question(schema)).onlyInteger ?? 0
    }

    private func add(_ step: ForeignKeyStep, in session: any PostgresSession) async throws {
        let present = try await session.query(step.lookup)
        guard present.rowCount == 0 else {
            guard present[0, 0]?.first == 1 else {
                throw CatalogError(
                    .invalidArgument,
                    "\(step.column) has a foreign key to another table: drop the constraint \(step.constraint) first")
            }
            return
        }
        for sql in step.statements { try await session.run(sql) }
    }
}

extension PostgresSession {
    fileprivate func run(_ sql: String) async throws { _ = try await query(PostgresStatement(sql, isReusable: false)) }
}
#endif
