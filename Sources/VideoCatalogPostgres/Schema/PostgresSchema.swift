public import VideoCatalog

/// The PostgreSQL schema that holds the catalog's tables.
public struct PostgresSchema: Sendable, Hashable {
    /// The name of the schema, which must hold nothing else.
    public let name: String

    /// The schema `video_catalog`.
    public static let standard = PostgresSchema(unchecked: "video_catalog")

    /// Creates a schema with a name.
    ///
    /// - Parameter name: The name exactly as the server stores it, since SQL always quotes it: 1 to 63 bytes of UTF-8
    ///   without NUL.
    /// - Throws: A `CatalogError` with the code `invalidArgument`.
    public init(name: String) throws(CatalogError) {
        try PostgresIdentifier.check(name, as: "schema name")
        self.init(unchecked: name)
    }

    private init(unchecked name: String) { self.name = name }

    /// The SQL script that creates the tables, to read or to run by hand.
    public var sql: String { SchemaVersion.script(for: self) }

    /// The quoted name of the schema.
    var quoted: String { PostgresIdentifier.quoted(name) }

    /// The quoted name of the table of videos.
    var videos: String { quoted + ".videos" }

    /// The quoted name of the table by which insertions within limits take turns.
    var uploaders: String { quoted + ".uploaders" }

    /// The quoted name of the table of versions.
    var versions: String { quoted + ".schema_versions" }

    /// The key of the advisory lock for migrations of this schema.
    var lockKey: Int64 { hash("video_catalog:") }

    /// The key of the advisory lock with which purges take turns.
    var purgeLockKey: Int64 { hash("video_catalog_purge:") }

    /// Returns a hash of the name: FNV-1a.
    private func hash(_ prefix: String) -> Int64 {
        let start: UInt64 = 0xCBF2_9CE4_8422_2325
        return Int64(bitPattern: (prefix + name).utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }
}

/// Identifiers in SQL.
enum PostgresIdentifier {
    /// The maximum length in bytes.
    ///
    /// PostgreSQL truncates longer names, so that two of them can become one.
    static let maximumLength = 63

    static func check(_ name: String, as what: String) throws(CatalogError) {
        guard (1...maximumLength).contains(name.utf8.count), !name.utf8.contains(0) else {
            throw CatalogError(
                .invalidArgument, "Invalid \(what): expected 1 to \(maximumLength) bytes of UTF-8 without NUL.")
        }
    }

    static func quoted(_ name: String) -> String {
        let mark = UInt8(ascii: "\"")
        let inner = name.utf8.flatMap { $0 == mark ? [mark, mark] : [$0] }
        return String(decoding: [mark] + inner + [mark], as: UTF8.self)
    }
}
