public import VideoCatalog

/// Tables of your app that videos refer to by foreign keys.
///
/// With them, the server rejects a video of a session or user that doesn't exist. It also rejects the deletion of a row
/// to which a video refers, even a deleted one. Videos are never deleted together with your app's rows, since their
/// objects would remain in the bucket unnoticed.
public struct PostgresForeignKeys: Sendable, Hashable {
    /// The column that `session_id` refers to.
    public var sessions: Reference?
    /// The column that `uploaded_by` refers to.
    public var users: Reference?

    /// Creates a set of foreign keys.
    ///
    /// - Parameters:
    ///   - sessions: The column that `session_id` refers to, if any.
    ///   - users: The column that `uploaded_by` refers to, if any.
    public init(sessions: Reference? = nil, users: Reference? = nil) {
        self.sessions = sessions
        self.users = users
    }

    /// The type of a referenced column.
    ///
    /// The catalog stores identifiers as text. For the other types, a migration adds a generated column of that type,
    /// which has the foreign key. The catalog then accepts only identifiers in the canonical form of that type.
    public enum KeyType: String, Sendable, Hashable, CaseIterable {
        /// `text` or `varchar`, for any identifiers.
        case text
        /// `uuid`, for UUIDs in lowercase.
        case uuid
        /// `bigint`, `integer` or `smallint`, for decimal integers.
        case bigint
    }

    /// A column of your app with a primary key or a unique constraint.
    public struct Reference: Sendable, Hashable {
        /// The name of the schema.
        public let schema: String
        /// The name of the table.
        public let table: String
        /// The name of the column.
        public let column: String
        /// The type of the column.
        public let type: KeyType

        /// Creates a reference to a column.
        ///
        /// Each name is 1 to 63 bytes of UTF-8 without NUL, exactly as the server stores it.
        ///
        /// - Parameters:
        ///   - schema: The name of the schema.
        ///   - table: The name of the table.
        ///   - column: The name of the column.
        ///   - type: The type of the column.
        /// - Throws: A `CatalogError` with the code `invalidArgument`.
        public init(
            schema: String = "public", table: String, column: String = "id", type: KeyType
        ) throws(CatalogError) {
            try PostgresIdentifier.check(schema, as: "name of the referenced schema")
            try PostgresIdentifier.check(table, as: "name of the referenced table")
            try PostgresIdentifier.check(column, as: "name of the referenced column")
            (self.schema, self.table, self.column, self.type) = (schema, table, column, type)
        }

        /// The quoted name of the table.
        var quotedTable: String { PostgresIdentifier.quoted(schema) + "." + PostgresIdentifier.quoted(table) }
    }
}

/// A foreign key of the table of videos, which a migration adds if it is missing.
struct ForeignKeyStep: Sendable {
    /// The column that holds the identifier as text: `session_id` or `uploaded_by`.
    let column: String
    let reference: PostgresForeignKeys.Reference
    let schema: PostgresSchema

    static func all(_ keys: PostgresForeignKeys, in schema: PostgresSchema) -> [ForeignKeyStep] {
        [("session_id", keys.sessions), ("uploaded_by", keys.users)].compactMap { column, reference in
            reference.map { ForeignKeyStep(column: column, reference: $0, schema: schema) }
        }
    }

    var constraint: String { "videos_\(column)_fkey" }

    /// A statement that returns one row if the constraint exists, with `true` if it refers to the expected table.
    ///
    /// The name of the app's table is a parameter, and `to_regclass` returns NULL if the table doesn't exist.
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
            // The server searches this index when the app deletes a row.
            "CREATE INDEX videos_\(column)_referring ON \(schema.videos) (\(referring))",
        ]
    }

    /// Returns the statements that add a column of the key's type.
    ///
    /// The column is NULL for an identifier of another form. A check with a name of its own then rejects the row. The
    /// error of a failing cast would not name the column.
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
