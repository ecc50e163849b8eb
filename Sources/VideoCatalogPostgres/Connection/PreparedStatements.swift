#if Postgres
/// The statements that are prepared in a connection, at most so many: the least recently used one gives way.
struct PreparedStatements {
    /// How many a connection keeps.
    static let limit = 64

    private struct Entry {
        let name: String
        let types: [UInt32]
        var lastUse: UInt64
    }

    private var bySQL: [String: Entry] = [:]
    private var uses: UInt64 = 0
    /// Forgotten here, but not yet in the server.
    private var doomed: [String] = []

    /// A statement that may be run by name.
    enum Lookup {
        /// It is prepared under this name.
        case prepared(String)
        /// It has to be prepared first.
        case missing
        /// The text is prepared for parameters of other types.
        case otherTypes
    }

    /// Looks up a statement, and notes that it is used.
    mutating func find(_ statement: PostgresStatement) -> Lookup {
        guard let index = bySQL.index(forKey: statement.sql) else { return .missing }
        uses += 1
        bySQL.values[index].lastUse = uses
        let entry = bySQL.values[index]
        guard entry.types.elementsEqual(statement.parameters.lazy.map(\.typeOID)) else { return .otherTypes }
        return .prepared(entry.name)
    }

    /// Notes a statement that has been prepared.
    mutating func add(_ statement: PostgresStatement, name: String) {
        uses += 1
        bySQL[statement.sql] = Entry(name: name, types: statement.parameters.map(\.typeOID), lastUse: uses)
    }

    /// Makes room for one more.
    ///
    /// - Returns: The names of the statements that give way, to be deallocated.
    mutating func makeRoom() -> [String] {
        if bySQL.count >= Self.limit, let oldest = bySQL.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            bySQL[oldest.key] = nil
            doomed.append(oldest.value.name)
        }
        defer { doomed = [] }
        return doomed
    }

    /// Forgets a statement, which is deallocated before the next one is prepared.
    mutating func doom(_ statement: PostgresStatement) {
        if let entry = bySQL.removeValue(forKey: statement.sql) { doomed.append(entry.name) }
    }

    /// Forgets all, because the server has.
    mutating func removeAll() {
        bySQL.removeAll()
        doomed = []
    }

    /// A name that no other text and types have.
    ///
    /// A pooler may hand a connection of the server, with what is prepared there, to somebody else. With a name made of
    /// the statement itself, whatever is found under it is the same statement.
    static func name(of statement: PostgresStatement) -> String {
        // FNV-1a with 64 bits, twice, from two beginnings.
        var (first, second): (UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 0x6c62_272e_07bb_0142)
        func mix(_ byte: UInt8) {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second ^ UInt64(byte) ^ (first >> 32)) &* 0x100_0000_01b3
        }
        for byte in statement.sql.utf8 { mix(byte) }
        for parameter in statement.parameters {
            mix(0)
            withUnsafeBytes(of: parameter.typeOID.littleEndian) { $0.forEach(mix) }
        }
        func hex(_ number: UInt64) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return "r2kit_" + hex(first) + hex(second)
    }
}
#endif
