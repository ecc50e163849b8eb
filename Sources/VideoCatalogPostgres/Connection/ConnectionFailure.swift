#if Postgres
import CLibPQ

/// Why no connection came about, in words of our own.
///
/// libpq's words may hold any part of the connection string: in a URI with an unescaped `@` in its password, for one, the
/// host's name is a piece of the password.
enum ConnectionFailure {
    static func error(_ connection: OpaquePointer) -> PostgresError {
        let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        if let state = sqlState(text) {
            return PostgresError(.notConnected, sqlState: state, message: message(forState: state))
        }
        let known = causes.first { text.contains($0.words) }
        return PostgresError(.notConnected, message: known?.message ?? unknown)
    }

    /// Whether trying again may help.
    static func mayPass(_ error: PostgresError) -> Bool {
        guard let state = error.sqlState else { return !permanent.contains(error.message) }
        // Resources, an administrator's intervention, and what breaks within a connection.
        return ["53", "57", "08", "58"].contains { state.utf8.starts(with: $0.utf8) }
    }

    /// The last code of the form `FATAL:  28P01`: with several hosts, or a second try without TLS, there are more.
    private static func sqlState(_ text: String) -> String? {
        text.split(whereSeparator: \.isWhitespace).last { word in
            word.utf8.count == 5 && word.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
                && word.utf8.contains { (48...57).contains($0) } && text.contains(":  \(word)")
        }.map(String.init)
    }

    private static func message(forState state: String) -> String {
        switch state {
        case "28P01": "the server refused the password: check user and password in the connection string"
        case "28000": "the server lets this user in from here in no such way: check user, database, TLS and pg_hba.conf"
        case "3D000": "the database does not exist: create it, or check its name in the connection string"
        case "42501": "the user may not connect to the database: grant CONNECT on it"
        case "53300":
            "the server has too many connections: lower maximumConnections, or raise max_connections or the role's limit"
        case "57P03": "the server is starting, stopping or recovering: try again in a moment"
        case "57P01", "57P02": "the server is being shut down: try again once it is back"
        case "0A000", "42704", "22023": "the server refuses a setting in the connection string: check its options"
        // PgBouncer has this one for whatever it does not like.
        case "08P01":
            "a pooler refused the connection: check user, password, database and options in the connection string, how "
                + "many clients the pooler takes, whether it reaches the server, and its log"
        default: "the server refused the connection: look up the SQLSTATE in PostgreSQL's Appendix A"
        }
    }

    private static let unknown =
        "no connection: try the connection string with psql, which says more than may be said here"

    /// What libpq says, and what is said instead.
    private static let causes: [(words: String, message: String)] = [
        (
            "certificate verify failed",
            "the server's certificate is not of an authority in sslrootcert: name the right one"
        ),
        ("does not match host name", "the server's certificate is for another host: use the name that it has"),
        ("root certificate file", "sslrootcert names no file that can be read: give the authority's certificate"),
        ("does not support SSL", "the server offers no TLS, which sslmode asks for: turn it on there"),
        ("SSL", "TLS could not be agreed on: check sslmode and the certificates"),
        ("no password supplied", "the server asks for a password: add one to the connection string or a password file"),
        ("translate host name", "the host's name cannot be resolved: check it in the connection string"),
        ("refused", "nothing listens at the server's address: check host and port, and that it runs"),
        ("No such file", "nothing listens at the server's address: check host and port, and that it runs"),
        ("closed the connection", "the server closed the connection at once: see its log"),
        ("session is", "none of the hosts is what target_session_attrs asks for"),
    ]

    /// Of these, the ones that no trying again mends.
    private static let permanent: Set<String> = Set(
        causes.filter {
            [
                "certificate verify failed", "does not match host name", "root certificate file",
                "does not support SSL", "no password supplied",
            ].contains($0.words)
        }.map(\.message))
}
#endif
