#if Postgres
public import VideoCatalog

/// The host's tables that videos refer to.
///
/// With them, the server refuses a video of a session or a user that is not there, and the host's deletion of a row to
/// which a video refers, be it live or soft-deleted. Videos are never deleted along with the host's rows: their objects
/// would remain in the bucket, and nobody would know of them.
public struct PostgresForeignKeys: Sendable, Hashable {
    /// What `session_id` refers to.
    public var sessions: Reference?
    /// What `uploaded_by` refers to.
    public var users: Reference?

    /// Names the tables.
    ///
    /// - Parameters:
    ///   - sessions: What `session_id` refers to, if anything.
    ///   - users: What `uploaded_by` refers to, if anything.
    public init(sessions: Reference? = nil, users: Reference? = nil) {
        self.sessions = sessions
        self.users = users
    }

    /// The type of a column that is referred to.
    ///
    /// The catalog keeps identifiers as text. For the other types, it adds a generated column of that type, which has the
    /// foreign key, and takes only texts that are the type's own form.
    public enum KeyType: String, Sendable, Hashable, CaseIterable {
        /// `text` or `varchar`: any identifier.
        case text
        /// `uuid`: identifiers are UUIDs in lower case.
        case uuid
        /// `bigint`, `integer` or `smallint`: identifiers are whole numbers in decimal.
        case bigint
    }

    /// A column of the host's with a primary key or a unique constraint.
    public struct Reference: Sendable, Hashable {
        /// The schema's name.
        public let schema: String
        /// The table's name.
        public let table: String
        /// The column's name.
        public let column: String
        /// The column's type.
        public let type: KeyType

        /// Names a column.
        ///
        /// - Parameters:
        ///   - schema: The schema's name; each name exactly as the server has it, 1 to 63 bytes.
        ///   - table: The table's name.
        ///   - column: The column's name.
        ///   - type: The column's type.
        /// - Throws: `CatalogError` with the code `invalidArgument`.
        public init(
            schema: String = "public", table: String, column: String = "id", type: KeyType
        ) throws(CatalogError) {
            try PostgresIdentifier.check(schema, as: "the name of the schema that is referred to")
            try PostgresIdentifier.check(table, as: "the name of the table that is referred to")
            try PostgresIdentifier.check(column, as: "the name of the column that is referred to")
            (self.schema, self.table, self.column, self.type) = (schema, table, column, type)
        }

        /// The table as SQL has it.
        var quotedTable: String { PostgresIdentifier.quoted(schema) + "." + PostgresIdentifier.quoted(table) }
    }
}
#endif
