public import VideoCatalog

extension PostgresSchema {
    /// Returns an SQL script that upgrades the tables of an earlier version while your app reads and writes them.
    ///
    /// ``PostgresMigrator`` upgrades in one transaction, in which it creates indexes. Until that transaction ends, no
    /// other one can read or write videos, which takes minutes for millions of rows. This script creates the same
    /// indexes with `CONCURRENTLY`, so other transactions wait only while a column is added. Run it with `psql`, in a
    /// direct connection to the server and not in a transaction:
    ///
    ///     psql --set=ON_ERROR_STOP=1 --file=upgrade.sql "$DATABASE_URL"
    ///
    /// The last statement records the new version. Until then, processes of the earlier version keep working, and the
    /// migrator of the new version throws. Afterward it's the other way around, so deploy the new version then, or run
    /// the last statement on its own at that moment.
    ///
    /// A statement that changes a table or renames an index fails if it can't lock it within three seconds. If a
    /// statement fails, drop the invalid index that it may have left behind. Then run the first three statements, which
    /// turn timeouts off, and everything from the failed one on, including a `BEGIN` before it.
    ///
    /// - Parameter version: The version of the tables, which `schema_versions` holds.
    /// - Returns: The statements, each ending with a semicolon. Without any if the version is the newest one.
    /// - Throws: A `CatalogError` with the code `invalidArgument` if there is no such version.
    public func upgradeScript(from version: Int) throws(CatalogError) -> String {
        guard (1...SchemaVersion.newest).contains(version) else {
            throw CatalogError(
                .invalidArgument, "Invalid version: expected 1 to \(SchemaVersion.newest), not \(version).")
        }
        let opening = """
            -- Upgrades the tables of VideoCatalogPostgres from version \(version) to \(SchemaVersion.newest).
            --
            -- Run it outside of a transaction. It turns off timeouts of the role or the database, which would end it early.
            SET statement_timeout = 0;
            SET lock_timeout = 0;
            SELECT set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout';
            """
        let steps = SchemaVersion.all.filter { $0.number > version }
        guard !steps.isEmpty else { return "" }
        let statements = steps.flatMap { step in
            step.statements(self).flatMap(Self.concurrent) + [SchemaVersion.recordVersion(step.number, in: self)]
        }
        return ([opening] + statements.map { $0 + ";" }).joined(separator: "\n\n") + "\n"
    }

    /// Returns the statements that do the same without locking others out for more than a moment.
    private static func concurrent(_ statement: String) -> [String] {
        // Others would wait behind a statement that waits for the table. One that creates an index waits for
        // transactions that others have open, and nobody waits for it. The limit is more than the second after which a
        // server ends an automatic vacuum that a statement waits for.
        if statement.hasPrefix("ALTER") { return ["BEGIN", "SET LOCAL lock_timeout = '3s'", statement, "COMMIT"] }
        let lines = statement.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            for command in ["CREATE INDEX ", "CREATE UNIQUE INDEX ", "DROP INDEX "] where line.hasPrefix(command) {
                return command + "CONCURRENTLY " + line.dropFirst(command.count)
            }
            return String(line)
        }
        return [lines.joined(separator: "\n")]
    }
}
