#if Postgres
/// A foreign key of the catalog's, to be added if it is not there.
struct ForeignKeyStep: Sendable {
    /// The column of the identifier as text: `session_id` or `uploaded_by`.
    let column: String
    let reference: PostgresForeignKeys.Reference
    let schema: PostgresSchema

    static func all(_ keys: PostgresForeignKeys, in schema: PostgresSchema) -> [ForeignKeyStep] {
        [("session_id", keys.sessions), ("uploaded_by", keys.users)].compactMap { column, reference in
            reference.map { ForeignKeyStep(column: column, reference: $0, schema: schema) }
        }
    }

    var constraint: String { "videos_\(column)_fkey" }

    /// Gives one row if the constraint is there: whether it refers to the table that was asked for.
    ///
    /// The name of the host's table is a parameter, and NULL comes of one that does not exist.
    var lookup: PostgresStatement {
        PostgresStatement(
            """
            SELECT confrelid = coalesce(to_regclass($1), 0::oid) FROM pg_catalog.pg_constraint
            WHERE conrelid = to_regclass($2) AND conname = $3
            """, [.text(reference.quotedTable), .text(schema.videos), .text(constraint)], isReusable: false)
    }

    var statements: [String] {
        let referring = reference.type == .text ? column : column + "_key"
        return generatedColumn(referring) + [
            """
            ALTER TABLE \(schema.videos) ADD CONSTRAINT \(constraint) FOREIGN KEY (\(referring))
                REFERENCES \(reference.quotedTable) (\(PostgresIdentifier.quoted(reference.column)))
            """,
            // The server looks here when the host deletes a row of its own.
            "CREATE INDEX videos_\(column)_referring ON \(schema.videos) (\(referring))",
        ]
    }

    /// A text of another form gives NULL, which the check then refuses by its name; a failing cast would not say which
    /// column it was.
    private func generatedColumn(_ name: String) -> [String] {
        guard let expression = key else { return [] }
        return [
            """
            ALTER TABLE \(schema.videos) ADD COLUMN \(name) \(reference.type.rawValue)
                GENERATED ALWAYS AS (\(expression)) STORED
            """,
            """
            ALTER TABLE \(schema.videos) ADD CONSTRAINT videos_\(column)_form
                CHECK (\(column) IS NULL OR \(name) IS NOT NULL)
            """,
        ]
    }

    private var key: String? {
        switch reference.type {
        case .text: nil
        case .uuid:
            "CASE WHEN \(column) ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN \(column)::uuid END"
        case .bigint:
            "CASE WHEN \(column) !~ '^(0|-?[1-9][0-9]{0,18})$' THEN NULL"
                + " WHEN \(column)::numeric BETWEEN -9223372036854775808 AND 9223372036854775807"
                + " THEN \(column)::bigint END"
        }
    }
}
#endif
