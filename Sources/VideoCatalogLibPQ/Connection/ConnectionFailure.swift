#if Postgres
internal import CLibPQ
internal import VideoCatalogPostgres

/// Errors of failed connection attempts, without libpq's own messages.
///
/// libpq's messages may contain any part of the connection string. For example, in a URI with an unescaped `@` in its
/// password, the host name is a part of the password.
enum ConnectionFailure {
    static func error(_ connection: OpaquePointer) -> PostgresSessionError {
        let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        if let state = sqlState(text) {
            return PostgresSessionError(.notConnected, sqlState: state, message: message(forState: state))
        }
        let cause = causes.first { text.contains($0.pattern) }
        return PostgresSessionError(.notConnected, message: cause?.message ?? unknown)
    }

    /// Returns a Boolean value that indicates whether another attempt may succeed.
    static func isTransient(_ error: PostgresSessionError) -> Bool {
        guard let state = error.sqlState else {
            return !causes.contains { $0.isPermanent && $0.message == error.message }
        }
        // Insufficient resources, operator intervention, connection exceptions, system errors.
        return ["53", "57", "08", "58"].contains { state.utf8.starts(with: $0.utf8) }
    }

    /// Returns the last code of the form `FATAL:  28P01`.
    ///
    /// With several hosts, or after an attempt without TLS, there are more.
    private static func sqlState(_ text: String) -> String? {
        text.split(whereSeparator: \.isWhitespace).last { word in
            word.utf8.count == 5 && word.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
                && word.utf8.contains { (48...57).contains($0) } && text.contains(":  \(word)")
        }.map(String.init)
    }

    private static func message(forState state: String) -> String {
        switch state {
        case "28P01": "Wrong password: check user and password in the connection string."
        case "28000": "The server doesn't allow this login: check user, database, TLS and pg_hba.conf."
        case "3D000": "The database doesn't exist: create it, or check its name in the connection string."
        case "42501": "The user isn't allowed to connect to the database: grant CONNECT."
        case "53300":
            "Too many connections: lower maximumConnections, or raise max_connections or the role's limit."
        case "57P03": "The server is starting, stopping or recovering. Try again in a moment."
        case "57P01", "57P02": "The server is being shut down. Try again when it is back."
        case "0A000", "42704", "22023": "The server rejected a setting in the connection string: check its options."
        // PgBouncer uses this code for all of its errors.
        case "08P01":
            "A pooler rejected the connection: check user, password, database and options in the connection string, "
                + "the pooler's limit of clients, whether it reaches the server, and its log."
        default: "The server rejected the connection: look the SQLSTATE up in PostgreSQL's Appendix A."
        }
    }

    private static let unknown =
        "The connection failed: try the connection string with psql, which shows details that are secret here."

    /// A part of libpq's message, and the message that replaces it.
    private struct Cause {
        let pattern: String
        let message: String
        var isPermanent = false
    }

    private static let notListening =
        "No server is listening at that address: check the host and port, and that the server is running."

    private static let causes = [
        Cause(
            pattern: "certificate verify failed",
            message: "Unknown certificate authority: name the one that signed the server's certificate in sslrootcert.",
            isPermanent: true),
        Cause(
            pattern: "does not match host name",
            message: "The server's certificate is for another host: use the name in the certificate.",
            isPermanent: true),
        Cause(
            pattern: "root certificate file",
            message: "Unreadable sslrootcert: provide the certificate of the authority.", isPermanent: true),
        Cause(
            pattern: "does not support SSL",
            message: "The server doesn't support TLS, which sslmode requires: turn it on in the server.",
            isPermanent: true),
        Cause(pattern: "SSL", message: "The TLS handshake failed: check sslmode and the certificates."),
        Cause(
            pattern: "no password supplied",
            message: "The server requires a password: add one to the connection string or a password file.",
            isPermanent: true),
        Cause(
            pattern: "translate host name",
            message: "Unknown host name: check it in the connection string."),
        Cause(pattern: "refused", message: notListening),
        Cause(pattern: "No such file", message: notListening),
        Cause(pattern: "closed the connection", message: "The server closed the connection at once: check its log."),
        Cause(pattern: "session is", message: "No host meets target_session_attrs."),
    ]
}
#endif
