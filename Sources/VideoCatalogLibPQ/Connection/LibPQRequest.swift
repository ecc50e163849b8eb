#if Postgres
internal import CLibPQ
internal import VideoCatalogPostgres

/// A request to the server.
enum LibPQRequest {
    /// Runs a statement without preparing it.
    case direct(PostgresStatement)
    /// Prepares a statement under a name.
    case prepare(name: String, PostgresStatement)
    /// Runs the statement that is prepared under a name.
    case prepared(name: String, PostgresStatement)
    /// Runs several statements, separated by semicolons, in one transaction.
    case script(String)

    /// The SQL of a statement without parameters, which can be repeated at the start of a transaction.
    var repeatableSQL: String? {
        switch self {
        case .direct(let statement), .prepared(_, let statement):
            statement.parameters.isEmpty ? statement.sql : nil
        case .prepare, .script: nil
        }
    }

    /// A Boolean value that indicates whether the statement may change a setting without a command tag that says so.
    var mayChangeSettings: Bool {
        if case .direct(let statement) = self { statement.mentionsSettings } else { false }
    }

    /// Passes the request to libpq, which sends as much as the socket takes.
    ///
    /// - Returns: The error if nothing was sent, or `nil`.
    func send(_ connection: OpaquePointer, _ buffer: inout ParameterBuffer) -> PostgresSessionError? {
        switch self {
        case .direct(let statement), .prepare(_, let statement):
            // libpq would send the SQL up to the NUL.
            guard !statement.sql.utf8.contains(0) else { return .rejected("Invalid SQL: it contains NUL. Remove it.") }
        case .prepared, .script: break
        }
        let status: Int32
        switch self {
        case .direct(let statement):
            guard buffer.fill(statement.parameters) else { return .parameterTooLong }
            status = buffer.withPointers {
                PQsendQueryParams(connection, statement.sql, $0.count, $0.types, $0.values, $0.lengths, $0.formats, 1)
            }
        case .prepare(let name, let statement):
            let types: [Oid] = statement.parameters.map(\.typeOID)
            status = PQsendPrepare(connection, name, statement.sql, Int32(clamping: types.count), types)
        case .prepared(let name, let statement):
            guard buffer.fill(statement.parameters) else { return .parameterTooLong }
            status = buffer.withPointers {
                PQsendQueryPrepared(connection, name, $0.count, $0.values, $0.lengths, $0.formats, 1)
            }
        case .script(let sql): status = PQsendQuery(connection, sql)
        }
        if status == 1 { return nil }
        return PQstatus(connection) == CONNECTION_OK
            ? .rejected("libpq rejected the statement: use at most 65,535 parameters.") : .connectionIsClosed()
    }
}

/// Parameters in PostgreSQL's binary format, in one block of memory that is used again for the next request.
struct ParameterBuffer {
    /// PostgreSQL's maximum length of a value: 1 GiB.
    private static let maximumLength = 1 << 30

    private var bytes: [UInt8] = []
    /// The end of each value in ``bytes``.
    ///
    /// For NULL, the complement (`~`) of the end.
    private var ends: [Int] = []
    private var types: [Oid] = []

    /// Encodes the parameters of the next request.
    ///
    /// - Returns: `false` if one is too long.
    fileprivate mutating func fill(_ parameters: [PostgresValue]) -> Bool {
        if bytes.capacity > 65536 { bytes = [] }
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        types.removeAll(keepingCapacity: true)
        var start = 0
        for parameter in parameters {
            let isNull = !parameter.appendBinary(to: &bytes)
            guard bytes.count - start <= Self.maximumLength else { return false }
            start = bytes.count
            ends.append(isNull ? ~start : start)
            types.append(parameter.typeOID)
        }
        // So that an empty value at the end has an address, too. NULL has none.
        bytes.append(0)
        return true
    }

    /// The arguments of libpq's functions: the types, and for each value its address, length and format.
    fileprivate struct Pointers {
        let count: Int32
        let types: UnsafePointer<Oid>?
        let values: UnsafePointer<UnsafePointer<CChar>?>?
        let lengths: UnsafePointer<Int32>?
        let formats: UnsafePointer<Int32>?
    }

    /// Calls a function of libpq, which copies the parameters.
    fileprivate func withPointers(_ send: (Pointers) -> Int32) -> Int32 {
        let count = ends.count
        guard count > 0 else { return send(Pointers(count: 0, types: nil, values: nil, lengths: nil, formats: nil)) }
        return bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
                    var start = 0
                    for (index, end) in ends.enumerated() {
                        let isNull = end < 0
                        let address = bytes.baseAddress.map { ($0 + start).assumingMemoryBound(to: CChar.self) }
                        values.initializeElement(at: index, to: isNull ? nil : address)
                        // The lengths, then the formats, of which 1 is binary.
                        numbers.initializeElement(at: index, to: isNull ? 0 : Int32(end - start))
                        numbers.initializeElement(at: count + index, to: 1)
                        start = isNull ? ~end : end
                    }
                    return types.withUnsafeBufferPointer { types in
                        send(
                            Pointers(
                                count: Int32(count), types: types.baseAddress,
                                values: UnsafePointer(values.baseAddress),
                                lengths: UnsafePointer(numbers.baseAddress),
                                formats: numbers.baseAddress.map { UnsafePointer($0 + count) }))
                    }
                }
            }
        }
    }
}

extension PostgresSessionError {
    fileprivate static func rejected(_ message: String) -> PostgresSessionError {
        PostgresSessionError(.server, message: message)
    }

    fileprivate static let parameterTooLong = rejected("Parameter too long: PostgreSQL's maximum is 1 GiB.")
}
#endif
