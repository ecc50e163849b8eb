#if Postgres
public import VideoCatalog
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A parameter of a statement.
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
    case timestamp(CatalogInstant?)
    /// A `jsonb`, as JSON text.
    case jsonb(String?)
    /// A `text[]` of one dimension.
    case textArray([String])
    /// A `uuid[]` of one dimension.
    case uuidArray([UUID])

    /// The type's object identifier, the same on every server.
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
}
#endif
