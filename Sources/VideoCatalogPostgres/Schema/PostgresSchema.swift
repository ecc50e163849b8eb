#if Postgres
public import VideoCatalog

/// Where the catalog's tables are.
public struct PostgresSchema: Sendable, Hashable {
    /// The name of the schema that has the tables; they share it with nothing else.
    public let name: String

    /// The schema `video_catalog`.
    public static let standard = PostgresSchema(unchecked: "video_catalog")

    /// Names a schema.
    ///
    /// - Parameter name: 1 to 63 bytes of UTF-8 without NUL, exactly as the server is to have it: it is always quoted.
    /// - Throws: `CatalogError` with the code `invalidArgument`.
    public init(name: String) throws(CatalogError) {
        try PostgresIdentifier.check(name, as: "the schema's name")
        self.init(unchecked: name)
    }

    private init(unchecked name: String) { self.name = name }

    /// The statements that make the tables, as a text to read or to run by hand.
    public var sql: String { SchemaVersion.text(for: self) }

    /// The schema's name as SQL has it.
    var quoted: String { PostgresIdentifier.quoted(name) }

    /// The table of videos as SQL has it.
    var videos: String { quoted + ".videos" }

    /// The table of versions as SQL has it.
    var versions: String { quoted + ".schema_versions" }

    /// A number of this schema's own, for the advisory lock of its migration: FNV-1a over the name.
    var lockKey: Int64 {
        let start: UInt64 = 0xCBF2_9CE4_8422_2325
        return Int64(bitPattern: ("video_catalog:" + name).utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }
}

/// Names in SQL.
enum PostgresIdentifier {
    /// PostgreSQL cuts longer names off, so that two of them may become one.
    static let longest = 63

    static func check(_ name: String, as what: String) throws(CatalogError) {
        guard (1...longest).contains(name.utf8.count), !name.utf8.contains(0) else {
            throw CatalogError(.invalidArgument, "\(what) must have 1 to \(longest) bytes of UTF-8, without NUL")
        }
    }

    static func quoted(_ name: String) -> String {
        let mark = UInt8(ascii: "\"")
        let inner = name.utf8.flatMap { $0 == mark ? [mark, mark] : [$0] }
        return String(decoding: [mark] + inner + [mark], as: UTF8.self)
    }
}
#endif
