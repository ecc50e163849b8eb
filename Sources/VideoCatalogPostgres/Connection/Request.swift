#if Postgres
import CLibPQ
#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What is sent to the server in one go.
enum Request {
    /// A statement that is not prepared.
    case once(PostgresStatement)
    /// Prepares a statement under a name.
    case prepare(name: String, PostgresStatement)
    /// Runs what is prepared under a name.
    case prepared(name: String, PostgresStatement)

    /// Hands the request to libpq, which sends what the socket takes.
    ///
    /// - Returns: Why it was not even tried; `nil` if all is well.
    func send(_ connection: OpaquePointer, _ buffer: inout ParameterBuffer) -> PostgresError? {
        switch self {
        case .once(let statement), .prepare(_, let statement):
            // libpq would send what comes before it, and run that.
            guard !statement.sql.utf8.contains(0) else {
                return .refused("the statement has a NUL character: remove it")
            }
        case .prepared: break
        }
        let status: Int32
        switch self {
        case .once(let statement):
            guard buffer.fill(statement.parameters) else { return .tooLong }
            status = buffer.withPointers {
                PQsendQueryParams(connection, statement.sql, $0.count, $0.types, $0.values, $0.lengths, $0.formats, 1)
            }
        case .prepare(let name, let statement):
            let types: [Oid] = statement.parameters.map(\.typeOID)
            status = PQsendPrepare(connection, name, statement.sql, Int32(clamping: types.count), types)
        case .prepared(let name, let statement):
            guard buffer.fill(statement.parameters) else { return .tooLong }
            status = buffer.withPointers {
                PQsendQueryPrepared(connection, name, $0.count, $0.values, $0.lengths, $0.formats, 1)
            }
        }
        if status == 1 { return nil }
        return PQstatus(connection) == CONNECTION_OK
            ? .refused("libpq does not take the statement: it may have 65,535 parameters at most") : .closed
    }
}

extension PostgresError {
    fileprivate static func refused(_ message: String) -> PostgresError { PostgresError(.server, message: message) }

    fileprivate static let tooLong = refused("a parameter is longer than the 1 GiB that PostgreSQL takes")
}
#endif
