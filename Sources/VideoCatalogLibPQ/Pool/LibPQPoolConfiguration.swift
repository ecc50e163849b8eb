#if Postgres
internal import CLibPQ
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The configuration of a connection pool: the server, the limits, and the timeouts.
///
/// Its description never shows the connection string, which may contain a password.
public struct LibPQPoolConfiguration: Sendable {
    /// A connection string or URI, in the syntax of libpq.
    ///
    /// TLS (`sslmode=verify-full`), several hosts, service files, password files and the `PG…` environment variables
    /// work as in libpq. But `client_encoding` is always UTF8, and ``connectTimeout`` replaces `connect_timeout`.
    public var connectionString: String
    /// The maximum number of connections, from 1 to 10,000.
    ///
    /// The default is 8.
    public var maximumConnections = 8
    /// The maximum time that a task waits for a connection, from 1 ms to 1 day.
    ///
    /// The default is 10 seconds.
    public var waitLimit: Duration = .seconds(10)
    /// The maximum time that a host may take to accept a connection, from 1 ms to 1 hour.
    ///
    /// The default is 5 seconds.
    public var connectTimeout: Duration = .seconds(5)
    /// The maximum time that a statement may take, from 1 ms to 1 day.
    ///
    /// With `nil`, the default, the server decides.
    ///
    /// Each new connection sets it with `SET statement_timeout`. A pooler in transaction mode doesn't keep the setting.
    /// Configure the timeout in the pooler, or for the user.
    public var statementTimeout: Duration?
    /// The time after which an idle connection is closed, from 1 ms to 1 day.
    ///
    /// The default is 5 minutes.
    public var idleTimeout: Duration = .seconds(300)
    /// A Boolean value that indicates whether reusable statements are prepared.
    ///
    /// The default is `true`.
    ///
    /// Set it to `false` behind a pooler in transaction mode that doesn't support prepared statements.
    public var preparesStatements = true
    /// The name that the server shows in `pg_stat_activity`.
    ///
    /// With `nil`, the default, it is that of the connection string, or else `r2kit`.
    public var applicationName: String?

    /// Creates a configuration with the default limits and timeouts.
    ///
    /// - Parameter connectionString: A connection string or URI in the syntax of libpq, such as
    ///   `postgresql://app@db.example/videos?sslmode=verify-full`.
    public init(connectionString: String) { self.connectionString = connectionString }

    /// Checks all settings.
    ///
    /// - Throws: A ``LibPQConfigurationError`` that names the invalid setting.
    public func validate() throws(LibPQConfigurationError) {
        try validateConnectionString()
        guard (1...10_000).contains(maximumConnections) else {
            throw LibPQConfigurationError("maximumConnections", "expected 1 to 10,000")
        }
        try Self.check(waitLimit, "waitLimit", maximum: .seconds(86_400), "1 day")
        try Self.check(connectTimeout, "connectTimeout", maximum: .seconds(3_600), "1 hour")
        if let statementTimeout {
            try Self.check(statementTimeout, "statementTimeout", maximum: .seconds(86_400), "1 day")
        }
        try Self.check(idleTimeout, "idleTimeout", maximum: .seconds(86_400), "1 day")
        if let applicationName, applicationName.utf8.contains(0) || applicationName.utf8.count > 63 {
            throw LibPQConfigurationError("applicationName", "expected at most 63 bytes without NUL")
        }
    }

    private func validateConnectionString() throws(LibPQConfigurationError) {
        // libpq's message isn't passed on, since it quotes the string.
        var message: UnsafeMutablePointer<CChar>?
        let options = connectionString.utf8.contains(0) ? nil : PQconninfoParse(connectionString, &message)
        PQfreemem(message)
        guard let options else {
            throw LibPQConfigurationError(
                "connectionString",
                "expected a URI (postgresql://user@host/database) or keywords and values (host=… dbname=…) in the syntax "
                    + "of libpq. Percent-encode special characters in a URI")
        }
        PQconninfoFree(options)
    }

    private static func check(
        _ duration: Duration, _ setting: String, maximum: Duration, _ maximumText: String
    ) throws(LibPQConfigurationError) {
        guard duration >= .milliseconds(1), duration <= maximum else {
            throw LibPQConfigurationError(setting, "expected 1 ms to \(maximumText)")
        }
    }
}

extension LibPQPoolConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The settings without the connection string.
    public var description: String {
        "LibPQPoolConfiguration(connectionString: …, maximumConnections: \(maximumConnections), "
            + "waitLimit: \(waitLimit))"
    }

    /// The settings without the connection string.
    public var debugDescription: String { description }

    /// A mirror that shows the description only.
    public var customMirror: Mirror { Mirror(self, children: [("description", description)]) }
}

/// An invalid setting of a ``LibPQPoolConfiguration``.
public struct LibPQConfigurationError: LocalizedError, Sendable, Hashable, CustomStringConvertible {
    /// The name of the setting, a property of ``LibPQPoolConfiguration``.
    public let setting: String
    /// The values that were expected.
    public let message: String

    /// Creates an error for a setting.
    ///
    /// - Parameters:
    ///   - setting: The name of the setting.
    ///   - message: The values that were expected.
    public init(_ setting: String, _ message: String) {
        self.setting = setting
        self.message = message
    }

    /// The setting and the values that were expected.
    public var description: String { "Invalid \(setting): \(message)." }

    /// The same as ``description``.
    public var errorDescription: String? { description }
}
#endif
