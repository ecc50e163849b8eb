#if Postgres
/// A step from one version of the tables to the next.
///
/// A version that was published never changes: what is to be different goes into the next one.
struct SchemaVersion: Sendable {
    let number: Int
    /// One statement each, without a semicolon.
    let statements: @Sendable (PostgresSchema) -> [String]

    static let all = [SchemaVersion(number: 1, statements: firstSchema)]
    static let newest = 1

    /// Every statement of every version, as a script.
    static func text(for schema: PostgresSchema) -> String {
        let opening = """
            -- The tables of VideoCatalogPostgres, as its migrator makes them.
            --
            -- To make them by hand, run this script in one transaction, in a database whose encoding is UTF8.
            -- The migrator then finds the version and leaves everything as it is.
            """
        let steps = all.flatMap { version in
            version.statements(schema) + [recording(version.number, in: schema)]
        }
        let beginning = [creatingSchema(schema), creatingVersions(schema)]
        return ([opening] + (beginning + steps).map { $0 + ";" }).joined(separator: "\n\n") + "\n"
    }

    /// Makes the place for everything else.
    static func creatingSchema(_ schema: PostgresSchema) -> String { "CREATE SCHEMA IF NOT EXISTS \(schema.quoted)" }

    /// Makes the table in which versions are written down.
    static func creatingVersions(_ schema: PostgresSchema) -> String {
        """
        CREATE TABLE IF NOT EXISTS \(schema.versions) (
            version bigint PRIMARY KEY,
            applied_at timestamptz NOT NULL DEFAULT now()
        )
        """
    }

    /// Writes down that a version is there.
    static func recording(_ number: Int, in schema: PostgresSchema) -> String {
        "INSERT INTO \(schema.versions) (version) VALUES (\(number))"
    }
}
#endif
