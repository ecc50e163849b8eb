#if Postgres
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What the server refused, or how the connection was lost.
///
/// It never holds a connection string, and of the server's words only the primary message, which names tables and
/// constraints but no values; the detail, which may hold values, is left out.
public struct PostgresError: LocalizedError, Sendable, Hashable, CustomStringConvertible {
    /// Where it happened.
    public enum Kind: Sendable, Hashable {
        /// No connection came about, or none was free in time: nothing was sent.
        case notConnected
        /// The connection was lost after a statement was sent: what came of it is not known.
        case connectionLost
        /// The server refused the statement, and ``PostgresError/sqlState`` says why.
        case server
        /// The result was not as PostgreSQL's protocol has it.
        case protocolViolation
    }

    /// Where it happened.
    public let kind: Kind
    /// The five characters of the SQLSTATE, if the server sent one.
    public let sqlState: String?
    /// The primary message, and what to do about it.
    public let message: String
    /// The constraint that was violated, if one was.
    public let constraint: String?

    /// Describes an error of another driver.
    ///
    /// - Parameters:
    ///   - kind: Where it happened.
    ///   - sqlState: The five characters of the SQLSTATE, if the server sent one.
    ///   - message: The primary message.
    ///   - constraint: The constraint that was violated, if one was.
    public init(_ kind: Kind, sqlState: String? = nil, message: String, constraint: String? = nil) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
        self.constraint = constraint
    }

    /// The SQLSTATE and the message.
    public var description: String { (sqlState.map { "PostgreSQL \($0): " } ?? "PostgreSQL: ") + message }

    /// The same as ``description``.
    public var errorDescription: String? { description }
}
#endif
