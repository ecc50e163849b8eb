#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An error of the PostgreSQL server or of the connection to it.
///
/// It holds no connection string. Of the server's report it holds the primary message alone, which names tables and
/// constraints. The detail is left out, since it can contain values.
public struct PostgresSessionError: LocalizedError, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of errors, which decide whether the server may have run the statement.
    public enum Kind: Sendable, Hashable {
        /// No connection could be opened, or none was free in time. Nothing was sent.
        case notConnected
        /// The connection was already closed before the statement was sent. The statement can run on another
        /// connection.
        case connectionClosed
        /// The connection was lost after the statement was sent. The server may have run it.
        case connectionLost
        /// The server rejected the statement. ``PostgresSessionError/sqlState`` has the reason.
        case server
        /// The response doesn't follow PostgreSQL's protocol, or the driver can't handle it.
        case protocolViolation
    }

    /// The kind of the error.
    public let kind: Kind
    /// The SQLSTATE, which has five characters, or `nil` if the server sent none.
    public let sqlState: String?
    /// The primary message, and what to do about the error.
    public let message: String
    /// The name of the violated constraint or unique index, if the server sent one.
    public let constraint: String?

    /// Creates an error from that of a driver.
    ///
    /// - Parameters:
    ///   - kind: The kind of the error. ``Kind/server`` for every error that the server reports with the severity
    ///     ERROR. ``Kind/connectionLost`` for FATAL and PANIC, after which the server closes the connection.
    ///   - sqlState: The SQLSTATE (field `C` of the protocol), if the server sent one.
    ///   - message: The primary message (field `M`).
    ///   - constraint: The name of the violated constraint (field `n`), if the server sent one.
    public init(_ kind: Kind, sqlState: String? = nil, message: String, constraint: String? = nil) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
        self.constraint = constraint
    }

    /// A Boolean value that indicates whether PostgreSQL rolled the transaction back in favor of another one, and asks
    /// to run it again: SQLSTATE 40001 or 40P01.
    public var isSerializationFailure: Bool { kind == .server && (sqlState == "40001" || sqlState == "40P01") }

    /// The SQLSTATE and the message.
    public var description: String { (sqlState.map { "PostgreSQL \($0): " } ?? "PostgreSQL: ") + message }

    /// The same as ``description``.
    public var errorDescription: String? { description }
}

extension PostgresSessionError {
    /// A Boolean value that indicates whether a unique index already has such a row.
    var isDuplicate: Bool { sqlState == "23505" }

    /// A Boolean value that indicates whether a constraint or a trigger rejected a row.
    ///
    /// Constraints have the SQLSTATE class 23. A trigger's `RAISE EXCEPTION` has P0001 by default.
    var isRefusal: Bool {
        kind == .server && (sqlState?.utf8.starts(with: "23".utf8) == true || sqlState == "P0001")
    }

    /// A Boolean value that indicates whether the connection is lost or about to be closed by the server.
    var isConnectionFailure: Bool {
        kind == .connectionLost || kind == .connectionClosed || sqlState?.utf8.starts(with: "08".utf8) == true
            || ["57P01", "57P02", "57P05"].contains(sqlState)
    }

    /// A Boolean value that indicates whether the server can't have run the statement.
    ///
    /// The server ends an idle session with 57P05 or 25P03 only while it has received no statement.
    var isUnsent: Bool {
        kind == .connectionClosed || kind == .connectionLost && (sqlState == "57P05" || sqlState == "25P03")
    }

    /// A Boolean value that indicates whether the server couldn't run a prepared statement, but runs it if it is
    /// prepared again: the statement is gone, or a table that it reads has changed.
    package var isStaleStatement: Bool {
        kind == .server && (sqlState == "26000" || sqlState == "0A000" || sqlState == "42P05")
    }

    /// Returns the cause for which the server ended a session, and what to do, or `nil` for other SQLSTATEs.
    package static func sessionEnd(_ sqlState: String) -> String? {
        switch sqlState {
        case "25P03":
            "The server ended the session and rolled its transaction back, because the transaction was idle for longer "
                + "than idle_in_transaction_session_timeout. Do slow work outside of transactions, or raise the timeout."
        case "25P04":
            "The server ended the session and rolled its transaction back, because the transaction took longer than "
                + "transaction_timeout. Use shorter transactions, or raise the timeout."
        case "57P05":
            "The server ended the session, because it was idle for longer than idle_session_timeout. Try again."
        case "57P01", "57P02":
            "The server ended the session, because it shuts down or an administrator asked for it. Try again."
        default: nil
        }
    }
}
