import Foundation
import TestSupport
import VideoCatalogPostgres

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A session over a socket, by the simple query protocol: SQL without parameters, and results in the text format.
///
/// It stands for drivers that have nothing in common with libpq. It implements what `PostgresSession` requires, and no
/// more. See https://www.postgresql.org/docs/current/protocol-flow.html.
final class SocketSession: PostgresSession {
    /// The queue on which this session's calls block.
    private let queue = DispatchQueue(label: "SocketSession")
    private let socket: SocketStream

    /// Opens a session on a server that trusts its user.
    ///
    /// - Parameter url: A URI such as `postgresql://user@127.0.0.1:5432/database`.
    /// - Throws: A `TestSupportError` or a `PostgresSessionError` if the session can't be opened.
    init(url: String) throws {
        guard let parts = URLComponents(string: url), let user = parts.user, let port = parts.port else {
            throw TestSupportError("\(url) doesn't name a user and a port")
        }
        socket = try SocketStream(port: port)
        let settings = ["user", user, "database", String(parts.path.dropFirst()), "client_encoding", "UTF8"]
        let version: [UInt8] = [0, 3, 0, 0]
        try socket.send(nil, version + settings.flatMap { Array($0.utf8) + [0] } + [0])
        do {
            _ = try Self.readResponse(socket)
        } catch let error as PostgresSessionError {
            throw PostgresSessionError(.notConnected, sqlState: error.sqlState, message: error.message)
        }
    }

    func query(_ statement: PostgresStatement) async throws -> PostgresResult {
        try Task.checkCancellation()
        let sql = Self.inserting(statement.parameters, into: statement.sql)
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { [socket] in
                continuation.resume(
                    with: Result {
                        try socket.send("Q", Array(sql.utf8) + [0])
                        return try Self.readResponse(socket)
                    })
            }
        }
    }

    /// Replaces `$1`, `$2`, … by literals.
    private static func inserting(_ parameters: [PostgresValue], into sql: String) -> String {
        var (result, rest) = ("", sql[...])
        while let dollar = rest.firstIndex(of: "$") {
            let digits = rest[rest.index(after: dollar)...].prefix { $0.isASCII && $0.isNumber }
            result += rest[..<dollar]
            if let number = Int(digits), parameters.indices.contains(number - 1) {
                result += parameters[number - 1].literal
            } else {
                result += "$" + digits
            }
            rest = rest[digits.endIndex...]
        }
        return result + rest
    }

    /// Reads messages until the server is ready for the next statement.
    private static func readResponse(_ socket: SocketStream) throws -> PostgresResult {
        var (rows, affectedRows): ([[[UInt8]?]], Int) = ([], 0)
        var error: PostgresSessionError?
        while true {
            var (kind, message) = try socket.receive()
            switch kind {
            case "D": rows.append((0..<message.integer(2)).map { _ in message.cell() })
            case "C": affectedRows = message.string().split(separator: " ").last.flatMap { Int($0) } ?? 0
            case "E": error = PostgresSessionError(&message)
            case "R" where message.integer(4) != 0: throw TestSupportError("the server asks for a password")
            case "Z":
                if let error { throw error }
                return PostgresResult(rows: rows, format: .text, affectedRows: affectedRows)
            default: break
            }
        }
    }
}

extension PostgresSessionError {
    fileprivate init(_ message: inout SocketStream.Message) {
        var fields = [Character: String]()
        while case let code = message.integer(1), code != 0 {
            fields[Character(Unicode.Scalar(UInt8(code)))] = message.string()
        }
        self.init(
            fields["V"] == "ERROR" ? .server : .connectionLost, sqlState: fields["C"],
            message: fields["M"] ?? "", constraint: fields["n"])
    }
}

/// A pool of ``SocketSession``s, which implements what `PostgresSessionSource` requires, and no more.
actor SocketSessionSource: PostgresSessionSource {
    private let url: String
    private var idle: [SocketSession] = []

    init(url: String) { self.url = url }

    nonisolated func withSession<Value: Sendable>(
        _ body: @escaping @Sendable (any PostgresSession) async throws -> Value
    ) async throws -> Value {
        let session = try await borrow()
        do {
            let value = try await body(session)
            await giveBack(session)
            return value
        } catch {
            await giveBack(session)
            throw error
        }
    }

    private func borrow() throws -> SocketSession { try idle.popLast() ?? SocketSession(url: url) }
    private func giveBack(_ session: SocketSession) { idle.append(session) }
}
