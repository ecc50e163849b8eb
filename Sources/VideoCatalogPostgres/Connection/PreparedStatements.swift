#if Postgres
#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The statements that are prepared in a connection, at most so many: the least recently used one gives way.
struct PreparedStatements {
    /// How many a connection keeps.
    static let limit = 64

    private struct Entry {
        let sql: String
        let types: [UInt32]
        let name: String
    }

    /// The one used last comes first: there, most are found at the first look.
    private var entries: [Entry] = []
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
        guard let place = place(of: statement) else { return .missing }
        if place > 0 { entries.insert(entries.remove(at: place), at: 0) }
        guard entries[0].types.elementsEqual(statement.parameters.lazy.map(\.typeOID)) else { return .otherTypes }
        return .prepared(entries[0].name)
    }

    /// Notes a statement that has been prepared.
    mutating func add(_ statement: PostgresStatement, name: String) {
        if let place = place(of: statement) { entries.remove(at: place) }
        entries.insert(Entry(sql: statement.sql, types: statement.parameters.map(\.typeOID), name: name), at: 0)
    }

    /// Makes room for one more.
    ///
    /// In a transaction only its own name has to be free, and the rest waits: a pooler that keeps statements may not know
    /// one by our name, and the transaction would fail.
    ///
    /// - Returns: The name of a statement that gives way, to be deallocated and then forgotten; `nil` once none is left.
    mutating func makeRoom(for name: String, inTransaction: Bool) -> String? {
        guard !inTransaction else { return doomed.contains(name) ? name : nil }
        if doomed.isEmpty, entries.count >= Self.limit { doomed.append(entries.removeLast().name) }
        return doomed.last
    }

    /// Notes that a statement has been deallocated.
    mutating func forget(_ name: String) { doomed.removeAll { $0 == name } }

    /// Forgets a statement, which is deallocated before the next one is prepared.
    mutating func doom(_ statement: PostgresStatement) {
        if let place = place(of: statement) { doomed.append(entries.remove(at: place).name) }
    }

    /// Forgets all, because the server has.
    mutating func removeAll() {
        entries.removeAll()
        doomed = []
    }

    private func place(of statement: PostgresStatement) -> Int? {
        entries.firstIndex { $0.sql.hasBytes(of: statement.sql) }
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

extension String {
    /// Whether both are the same bytes; mostly they are so because they are the same piece of memory.
    fileprivate func hasBytes(of other: String) -> Bool {
        let isSame = utf8.withContiguousStorageIfAvailable { own in
            other.utf8.withContiguousStorageIfAvailable { other in
                guard own.count == other.count, let first = own.baseAddress, let second = other.baseAddress else {
                    return own.count == other.count
                }
                return first == second || memcmp(first, second, own.count) == 0
            }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}
#endif
