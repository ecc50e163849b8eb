#if Postgres
internal import CLibPQ
internal import VideoCatalogPostgres
#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

extension PostgresResult {
    /// Creates a copy of libpq's result, with all cells in one array.
    init(copying result: OpaquePointer) {
        let (rows, columns) = (PQntuples(result), PQnfields(result))
        var (ends, size) = ([Int](), 0)
        ends.reserveCapacity(Int(rows) * Int(columns))
        for row in 0..<rows {
            for column in 0..<columns {
                let length = Int(PQgetlength(result, row, column))
                size += length
                // NULL has the length 0, too.
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
            rowCount: Int(rows), columnCount: Int(columns), affectedRows: Self.affectedRows(result),
            format: .binary, bytes: bytes, ends: ends)
    }

    /// Returns the number at the end of the command tag, or 0 if it has none.
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

extension PostgresSessionError {
    /// Creates an error from a failed result.
    init(_ result: OpaquePointer) {
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
        }
        let state = field("C")
        let severity = field("V") ?? field("S")
        guard let state, severity != "FATAL", severity != "PANIC" else {
            self = .connectionLost(sqlState: state)
            return
        }
        self.init(
            .server, sqlState: state, message: Self.message(field("M") ?? "The server rejected the statement.", state),
            constraint: field("n"))
    }

    /// Returns the server's message, unless it may quote a value, as those of class 22 (data exception) do.
    private static func message(_ message: String, _ state: String) -> String {
        state.utf8.starts(with: "22".utf8)
            ? "Invalid value (data exception): look the SQLSTATE up in PostgreSQL's Appendix A." : message
    }

    /// The connection was lost while a statement ran.
    static func connectionLost(sqlState: String? = nil) -> PostgresSessionError {
        PostgresSessionError(
            .connectionLost, sqlState: sqlState,
            message: sqlState.flatMap(sessionEnd)
                ?? "The connection was lost before the server confirmed the statement.")
    }
}
#endif
