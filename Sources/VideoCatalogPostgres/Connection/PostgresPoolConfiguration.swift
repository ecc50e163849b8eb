#if Postgres
import CLibPQ

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// How to reach a PostgreSQL server, and how many connections to keep.
///
/// Its description never shows the connection string, which may hold a password.
public struct PostgresPoolConfiguration: Sendable {
    /// A connection string or URI as libpq reads it.
    ///
    /// TLS (`sslmode=verify-full`), several hosts, service files, password files and the `PG…` environment variables
    /// work as they do there. `client_encoding` is always UTF8, and ``connectTimeout`` counts, not `connect_timeout`.
    public var connectionString: String
    /// How many connections there are at most, from 1 to 10,000; by default 8.
    public var maximumConnections = 8
    /// How long a task waits for a connection at most, from 1 ms to 1 day; by default 10 s.
    public var waitLimit: Duration = .seconds(10)
    /// How long a host may take to answer a new connection, from 1 ms to 1 hour; by default 5 s.
    public var connectTimeout: Duration = .seconds(5)
    /// How long a statement may take, from 1 ms to 1 day; `nil`, the default, leaves it to the server.
    ///
    /// It is set with `SET statement_timeout` when a connection is opened. A pooler in transaction mode does not keep
    /// it: set it there, or for the user.
    public var statementTimeout: Duration?
    /// How long a connection may be idle before it is closed, from 1 ms to 1 day; by default 5 minutes.
    public var idleTimeout: Duration = .seconds(300)
    /// Whether statements that come again and again are prepared; by default they are.
    ///
    /// Turn it off behind a pooler in transaction mode that does not know about prepared statements.
    public var preparesStatements = true
    /// The name that the server shows in `pg_stat_activity`; `nil`, the default, takes it from the connection string,
    /// and else is `r2kit`.
    public var applicationName: String?

    /// Takes a connection string; everything else has defaults.
    ///
    /// - Parameter connectionString: As libpq reads it, such as `postgresql://app@db.example/videos?sslmode=verify-full`.
    public init(connectionString: String) { self.connectionString = connectionString }

    /// Checks all settings.
    ///
    /// - Throws: ``PostgresConfigurationError``, which names the setting.
    public func validate() throws(PostgresConfigurationError) {
        try validateConnectionString()
        guard (1...10_000).contains(maximumConnections) else {
            throw PostgresConfigurationError("maximumConnections", "must be from 1 to 10,000")
        }
        try Self.check(waitLimit, "waitLimit", through: .seconds(86_400), "1 day")
        try Self.check(connectTimeout, "connectTimeout", through: .seconds(3_600), "1 hour")
        if let statementTimeout {
            try Self.check(statementTimeout, "statementTimeout", through: .seconds(86_400), "1 day")
        }
        try Self.check(idleTimeout, "idleTimeout", through: .seconds(86_400), "1 day")
        if let applicationName, applicationName.utf8.contains(0) || applicationName.utf8.count > 63 {
            throw PostgresConfigurationError("applicationName", "must have 63 bytes at most, and no NUL character")
        }
    }

    private func validateConnectionString() throws(PostgresConfigurationError) {
        // What libpq says about it would quote it.
        var message: UnsafeMutablePointer<CChar>?
        let options = connectionString.utf8.contains(0) ? nil : PQconninfoParse(connectionString, &message)
        PQfreemem(message)
        guard let options else {
            throw PostgresConfigurationError(
                "connectionString",
                "must be a URI (postgresql://user@host/database) or keywords and values (host=… dbname=…) as libpq reads "
                    + "them; percent-encode what is special in a URI")
        }
        PQconninfoFree(options)
    }

    private static func check(
        _ duration: Duration, _ setting: String, through limit: Duration, _ limitText: String
    ) throws(PostgresConfigurationError) {
        guard duration >= .milliseconds(1), duration <= limit else {
            throw PostgresConfigurationError(setting, "must be from 1 ms to \(limitText)")
        }
    }
}

extension PostgresPoolConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The settings without the connection string.
    public var description: String {
        "PostgresPoolConfiguration(connectionString: …, maximumConnections: \(maximumConnections), waitLimit: \(waitLimit))"
    }

    /// The settings without the connection string.
    public var debugDescription: String { description }

    /// Shows what the description does.
    public var customMirror: Mirror { Mirror(self, children: [("description", description)]) }
}

/// A setting that cannot be.
public struct PostgresConfigurationError: LocalizedError, Sendable, Hashable, CustomStringConvertible {
    /// The setting's name, as in ``PostgresPoolConfiguration``.
    public let setting: String
    /// What was expected of it.
    public let message: String

    /// Names a setting and what was expected of it.
    ///
    /// - Parameters:
    ///   - setting: The setting's name.
    ///   - message: What was expected of it.
    public init(_ setting: String, _ message: String) {
        self.setting = setting
        self.message = message
    }

    /// The setting and what was expected of it.
    public var description: String { "\(setting) \(message)" }

    /// The same as ``description``.
    public var errorDescription: String? { description }
}
#endif
