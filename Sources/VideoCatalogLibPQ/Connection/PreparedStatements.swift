#if Postgres
internal import CLibPQ
internal import R2KitSupport
internal import Synchronization
internal import VideoCatalogPostgres
#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

extension LibPQChannel {
    /// Runs a statement by name, and prepares it first if necessary.
    ///
    /// The caller has access to the channel.
    ///
    /// The server may have lost the statement (`DISCARD ALL`, a pooler), or its plan may no longer match the tables.
    /// Then it is prepared again, once. In a transaction, the error has undone what came before. So the transaction is
    /// opened again, but only if this is its first statement.
    nonisolated(nonsending) func runPrepared(_ statement: PostgresStatement) async throws -> PostgresResult {
        do {
            return try await runPreparedOnce(statement)
        } catch let error as PostgresSessionError where error.isStaleStatement {
            guard try await reopenTransaction() else { throw error }
            return try await runPreparedOnce(statement)
        }
    }

    private nonisolated(nonsending) func runPreparedOnce(_ statement: PostgresStatement) async throws -> PostgresResult
    {
        switch state.withLock({ $0.statements.find(statement) }) {
        case .prepared(let name):
            do {
                return try await run(.prepared(name: name, statement))
            } catch let error as PostgresSessionError where error.isStaleStatement {
                state.withLock { state in
                    if error.sqlState == "26000" {
                        state.statements.removeAll()
                    } else {
                        // The others that read the changed table are stale, too. In a transaction, each would fail.
                        state.statements.markAllForDeallocation()
                    }
                }
                guard transactionStatus != PQTRANS_INERROR else { throw error }
                return try await prepareAndRun(statement)
            }
        case .missing: return try await prepareAndRun(statement)
        case .otherTypes: return try await run(.direct(statement))
        }
    }

    private nonisolated(nonsending) func prepareAndRun(_ statement: PostgresStatement) async throws -> PostgresResult {
        // In a failed transaction, nothing can be prepared. The server's error says so.
        guard transactionStatus != PQTRANS_INERROR, !statement.mentionsSettings else {
            return try await run(.direct(statement))
        }
        let name = PreparedStatements.name(of: statement)
        let isInTransaction = transactionStatus != PQTRANS_IDLE
        while let old = state.withLock({ $0.statements.nextToDeallocate(for: name, inTransaction: isInTransaction) }) {
            try await deallocate(old)
            state.withLock { $0.statements.didDeallocate(old) }
        }
        do {
            _ = try await run(.prepare(name: name, statement))
        } catch let error as PostgresSessionError where error.sqlState == "42P05" {
            // Another client of the pooler has prepared a statement with this name, which is therefore the same.
            guard transactionStatus != PQTRANS_INERROR else {
                state.withLock { $0.statements.add(statement, name: name) }
                throw error
            }
        }
        state.withLock { $0.statements.add(statement, name: name) }
        return try await run(.prepared(name: name, statement))
    }

    private nonisolated(nonsending) func deallocate(_ name: String) async throws {
        do {
            _ = try await run(.direct(PostgresStatement("DEALLOCATE \(name)", isReusable: false)))
        } catch let error as PostgresSessionError where error.sqlState == "26000" {
            // It doesn't exist anymore.
        }
    }
}

/// The statements that are prepared in a connection, up to a maximum.
///
/// The least recently used one is dropped first.
struct PreparedStatements {
    /// The maximum number of prepared statements.
    static let limit = 64

    private struct Entry {
        let sql: String
        let types: [UInt32]
        let name: String
    }

    /// The most recently used one comes first, so that most lookups end there.
    private var entries: [Entry] = []
    /// The names of statements that are dropped here, but not yet deallocated in the server.
    private var dropped: [String] = []

    /// The result of looking a statement up.
    enum Lookup {
        /// It is prepared under this name.
        case prepared(String)
        /// It must be prepared first.
        case missing
        /// The same SQL is prepared for parameters of other types.
        case otherTypes
    }

    /// Looks a statement up, and records its use.
    mutating func find(_ statement: PostgresStatement) -> Lookup {
        guard let index = index(of: statement) else { return .missing }
        if index > 0 { entries.insert(entries.remove(at: index), at: 0) }
        guard entries[0].types.elementsEqual(statement.parameters.lazy.map(\.typeOID)) else { return .otherTypes }
        return .prepared(entries[0].name)
    }

    /// Records a statement that was prepared.
    mutating func add(_ statement: PostgresStatement, name: String) {
        if let index = index(of: statement) { entries.remove(at: index) }
        entries.insert(Entry(sql: statement.sql, types: statement.parameters.map(\.typeOID), name: name), at: 0)
    }

    /// Drops the least recently used statement if there is no room for another one.
    ///
    /// In a transaction, only the new name must be free, and all else waits. A pooler that tracks statements may not
    /// know a name, and the error would fail the transaction.
    ///
    /// - Returns: The name of a statement to deallocate, or `nil` if there is none left.
    mutating func nextToDeallocate(for name: String, inTransaction: Bool) -> String? {
        guard !inTransaction else { return dropped.contains(name) ? name : nil }
        if dropped.isEmpty, entries.count >= Self.limit { dropped.append(entries.removeLast().name) }
        return dropped.last
    }

    /// Records that a statement was deallocated.
    mutating func didDeallocate(_ name: String) { dropped.removeAll { $0 == name } }

    /// Drops all statements, which are deallocated before the next one is prepared.
    mutating func markAllForDeallocation() {
        dropped += entries.map(\.name)
        entries.removeAll()
    }

    /// Drops all statements, since the server has lost them.
    mutating func removeAll() {
        entries.removeAll()
        dropped = []
    }

    private func index(of statement: PostgresStatement) -> Int? {
        entries.firstIndex { $0.sql.hasBytes(of: statement.sql) }
    }

    /// Returns a name that is derived from the SQL and the types.
    ///
    /// A pooler may pass a connection of the server, with its prepared statements, on to another client. With a derived
    /// name, a statement that already exists under the name is the same.
    static func name(of statement: PostgresStatement) -> String {
        // FNV-1a with 64 bits, twice, with different start values.
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
        let digits = [first, second].flatMap { number in withUnsafeBytes(of: number.bigEndian) { Array($0) } }
        return "r2kit_" + Hexadecimal.encode(digits)
    }
}

extension PostgresStatement {
    /// A Boolean value that indicates whether the SQL contains `set_config` or `pg_settings`, through which a statement
    /// changes settings without a command tag of its own.
    var mentionsSettings: Bool { mentions("set_config") || mentions("pg_settings") }

    /// Returns a Boolean value that indicates whether the SQL contains a name in lowercase, in any case.
    private func mentions(_ name: StaticString) -> Bool {
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        var rest = sql.utf8[...]
        while let start = rest.firstIndex(where: { $0 | 0x20 == name[0] }) {
            rest = rest[start...]
            if rest.count >= name.count, zip(rest, name).allSatisfy({ $0 == $1 || $0 | 0x20 == $1 }) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
#endif
