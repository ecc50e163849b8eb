#if Postgres
import CLibPQ

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension PostgresResult {
    /// Copies libpq's result, all cells into one array.
    init(copying result: OpaquePointer) {
        let (rows, columns) = (PQntuples(result), PQnfields(result))
        var (ends, size) = ([Int](), 0)
        ends.reserveCapacity(Int(rows) * Int(columns))
        for row in 0..<rows {
            for column in 0..<columns {
                let length = Int(PQgetlength(result, row, column))
                size += length
                // NULL has no length either.
                ends.append(length == 0 && PQgetisnull(result, row, column) == 1 ? ~size : size)
            }
        }
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            for row in 0..<rows {
                for column in 0..<columns {
                    let end = ends[Int(row) * Int(columns) + Int(column)]
                    guard end > count, let target = buffer.baseAddress, let source = PQgetvalue(result, row, column)
                    else {
                        continue
                    }
                    memcpy(target + count, source, end - count)
                    count = end
                }
            }
        }
        self.init(
            rowCount: Int(rows), columnCount: Int(columns), affectedRows: Self.affectedRows(result), bytes: bytes,
            ends: ends)
    }

    /// The number that the server says at the end of a statement; 0 if it says none.
    private static func affectedRows(_ result: OpaquePointer) -> Int {
        guard var digit = PQcmdTuples(result) else { return 0 }
        var number = 0
        while (48...57).contains(digit.pointee) {
            number = number &* 10 &+ Int(digit.pointee - 48)
            digit += 1
        }
        return number
    }
}

extension PostgresError {
    /// What the server refused, as libpq's result has it.
    init(refusal result: OpaquePointer) {
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
        }
        let state = field("C")
        let severity = field("V") ?? field("S")
        guard let state, severity != "FATAL", severity != "PANIC" else {
            self = .lost(sqlState: state)
            return
        }
        self.init(
            .server, sqlState: state, message: Self.message(field("M") ?? "the statement was refused", state),
            constraint: field("n"))
    }

    /// The server's words, without those that quote a value: all of class 22, "data exception", may do so.
    private static func message(_ message: String, _ state: String) -> String {
        state.utf8.starts(with: "22".utf8)
            ? "a value was refused (data exception): see the SQLSTATE in PostgreSQL's Appendix A" : message
    }

    /// The connection broke while a statement was under way.
    static func lost(sqlState: String? = nil) -> PostgresError {
        PostgresError(
            .connectionLost, sqlState: sqlState,
            message: "the connection was lost before the server confirmed the statement")
    }

    /// The connection had been lost or closed before.
    static let closed = PostgresError(.notConnected, message: "the connection is closed: open a new one")

    /// A statement's lease on the server is gone, or its plan does not fit the tables any more: preparing it anew helps.
    var isStaleStatement: Bool { kind == .server && (sqlState == "26000" || sqlState == "0A000") }

    /// Whether trying the whole transaction again is what PostgreSQL asks for: 40001 and 40P01.
    public var isSerializationFailure: Bool { kind == .server && (sqlState == "40001" || sqlState == "40P01") }
}
#endif
