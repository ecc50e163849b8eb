public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A parameter of a statement.
///
/// A driver binds ``binary`` with the type ``typeOID``. One that sends SQL without parameters inserts ``literal``
/// instead.
public enum PostgresValue: Sendable, Hashable {
    /// A `text`.
    case text(String?)
    /// A `bigint`.
    case int8(Int64?)
    /// A `double precision`.
    case float8(Double?)
    /// A `boolean`.
    case bool(Bool?)
    /// A `uuid`.
    case uuid(UUID?)
    /// A `timestamptz`.
    case timestamp(CatalogTimestamp?)
    /// A `jsonb`, as JSON text.
    case jsonb(String?)
    /// A one-dimensional `text[]`.
    case textArray([String])
    /// A one-dimensional `uuid[]`.
    case uuidArray([UUID])

    /// The object identifier of the type, which is the same on every server.
    public var typeOID: UInt32 {
        switch self {
        case .text: 25
        case .int8: 20
        case .float8: 701
        case .bool: 16
        case .uuid: 2950
        case .timestamp: 1184
        case .jsonb: 3802
        case .textArray: 1009
        case .uuidArray: 2951
        }
    }

    /// The name of the type in SQL, such as `bigint`.
    public var typeName: String {
        switch self {
        case .text: "text"
        case .int8: "bigint"
        case .float8: "double precision"
        case .bool: "boolean"
        case .uuid: "uuid"
        case .timestamp: "timestamptz"
        case .jsonb: "jsonb"
        case .textArray: "text[]"
        case .uuidArray: "uuid[]"
        }
    }
}

// MARK: - Binary format

extension PostgresValue {
    /// The number of microseconds from 1970 to 2000, PostgreSQL's epoch.
    static let epoch: Int64 = 946_684_800_000_000

    /// The value in PostgreSQL's binary format, or `nil` for NULL.
    public var binary: [UInt8]? {
        var bytes = [UInt8]()
        return appendBinary(to: &bytes) ? bytes : nil
    }

    /// Appends the value in PostgreSQL's binary format.
    ///
    /// - Returns: `false` for NULL, which appends nothing.
    package func appendBinary(to bytes: inout [UInt8]) -> Bool {
        switch self {
        case .text(let string?): bytes.append(contentsOf: string.utf8)
        case .int8(let number?): bytes.append(bigEndian: number)
        case .float8(let number?): bytes.append(bigEndian: number.bitPattern)
        case .bool(let flag?): bytes.append(flag ? 1 : 0)
        case .uuid(let id?): bytes.append(id)
        case .timestamp(let time?): bytes.append(bigEndian: time.microseconds &- Self.epoch)
        case .jsonb(let json?):
            // The version of the format.
            bytes.append(1)
            bytes.append(contentsOf: json.utf8)
        case .textArray(let strings): bytes.append(strings, elementType: 25) { $0.append(contentsOf: $1.utf8) }
        case .uuidArray(let ids): bytes.append(ids, elementType: 2950) { $0.append($1) }
        case .text(nil), .int8(nil), .float8(nil), .bool(nil), .uuid(nil), .timestamp(nil), .jsonb(nil): return false
        }
        return true
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func append(_ id: UUID) { Swift.withUnsafeBytes(of: id.uuid) { append(contentsOf: $0) } }

    /// Appends an array, which has one dimension, or none if it is empty.
    fileprivate mutating func append<Value>(
        _ values: [Value], elementType: Int32, _ appendValue: (inout [UInt8], Value) -> Void
    ) {
        append(bigEndian: Int32(values.isEmpty ? 0 : 1))
        // No element is NULL.
        append(bigEndian: Int32(0))
        append(bigEndian: elementType)
        guard !values.isEmpty else { return }
        append(bigEndian: Int32(clamping: values.count))
        // The index of the first element.
        append(bigEndian: Int32(1))
        for value in values {
            let start = count
            append(bigEndian: Int32(0))
            appendValue(&self, value)
            let length = Int32(clamping: count - start - 4)
            Swift.withUnsafeBytes(of: length.bigEndian) { replaceSubrange(start..<start + 4, with: $0) }
        }
    }
}

// MARK: - Text format

extension PostgresValue {
    /// The value in PostgreSQL's text format, or `nil` for NULL.
    public var text: String? {
        switch self {
        case .text(let string), .jsonb(let string): string
        case .int8(let number): number.map { "\($0)" }
        case .float8(let number): number.map { $0.isInfinite ? ($0 < 0 ? "-Infinity" : "Infinity") : "\($0)" }
        case .bool(let flag): flag.map { $0 ? "t" : "f" }
        case .uuid(let id): id.map { $0.uuidString.lowercased() }
        case .timestamp(let time): time?.description
        case .textArray(let strings): "{" + strings.map(Self.arrayElement).joined(separator: ",") + "}"
        case .uuidArray(let ids): "{" + ids.map { $0.uuidString.lowercased() }.joined(separator: ",") + "}"
        }
    }

    /// The value as an SQL expression, such as `E'it\'s'::text` or `NULL::uuid`.
    ///
    /// The quoting is safe whatever the session's `standard_conforming_strings`. A string must not contain NUL, which
    /// PostgreSQL can't store.
    public var literal: String {
        guard let text else { return "NULL::\(typeName)" }
        let escaped = text.utf8.flatMap { byte in
            byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), byte] : [byte]
        }
        return "E'\(String(decoding: escaped, as: UTF8.self))'::\(typeName)"
    }

    private static func arrayElement(_ string: String) -> String {
        let escaped = string.utf8.flatMap { byte in
            byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), byte] : [byte]
        }
        return "\"\(String(decoding: escaped, as: UTF8.self))\""
    }
}
