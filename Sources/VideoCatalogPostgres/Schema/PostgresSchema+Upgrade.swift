public import VideoCatalog

extension PostgresSchema {
    /// Returns an SQL script that upgrades the tables of an earlier version while your app reads and writes them.
    ///
    /// ``PostgresMigrator`` upgrades in one transaction, in which it creates indexes. Until that transaction ends, no
    /// other one can read or write videos, which takes minutes for millions of rows. This script creates the same
    /// indexes with `CONCURRENTLY`, so other transactions wait only while a column is added. Run it with `psql`,
    /// outside of a transaction, before you deploy the version of this package that needs the tables:
    ///
    ///     psql --set=ON_ERROR_STOP=1 --file=upgrade.sql "$DATABASE_URL"
    ///
    /// Processes of the earlier version keep working until the last statement, which records the new version. A
    /// statement that changes the table itself fails if it can't lock the table within a second. If a statement fails,
    /// drop the invalid index that it may have left behind, and run the rest of the script from there.
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
            -- Run it outside of a transaction.
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
        // transactions that others have open, and nobody waits for it.
        if statement.hasPrefix("ALTER") {
            return ["SET lock_timeout = '1s'", statement, "RESET lock_timeout"]
        }
        let lines = statement.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            for command in ["CREATE INDEX ", "CREATE UNIQUE INDEX ", "DROP INDEX "] where line.hasPrefix(command) {
                return command + "CONCURRENTLY " + line.dropFirst(command.count)
            }
            return String(line)
        }
        return [lines.joined(separator: "\n")]
    }
}
