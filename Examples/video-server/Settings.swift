#if Emulator && Delivery && SQLite
import Foundation
import Logging
import R2Kit

/// The settings of the server, from environment variables.
struct Settings: Sendable {
    /// The address to listen on.
    let host: String
    /// The port to listen on, or 0 for a free one.
    let port: Int
    /// The origin of the page as browsers see it, or `nil` for the address that the server listens on.
    let publicOrigin: String?
    /// The directory of the database, of the secret, and of the emulator's objects.
    let dataDirectory: URL
    /// The secret that signs cookies and tokens.
    let secret: [UInt8]
    /// The configuration of R2, or `nil` for the emulator.
    let r2: R2Config?
    /// The connection string of PostgreSQL, or `nil` for SQLite.
    let databaseURL: String?
    /// The port of the emulator, or 0 for a free one.
    let emulatorPort: Int
    /// The maximum size of a file that is sent in one request, in bytes, or `nil` for the default.
    let singleRequestLimit: Int64?
    /// The size of parts, in bytes, or `nil` for the default.
    let partSize: Int64?
    /// The lifetime of upload URLs, or `nil` for the default.
    let urlLifetime: Duration?
    /// The program that makes streams, or `nil` if it isn't installed or isn't wanted.
    let ffmpeg: FFmpeg?
    /// The time in which a request must have arrived, in seconds.
    let requestTimeLimit: Int64
    /// The time in which a client must have taken the next piece of a response, in seconds.
    let responseTimeLimit: Int64
    /// A Boolean value that indicates whether requests and uploads of a person are limited.
    let hasLimits: Bool
    let logLevel: Logger.Level

    /// The logger of the server itself.
    var logger: Logger { Logger(label: "video-server") }

    /// A setting that isn't valid.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// Creates settings from environment variables, creating the data directory and the secret if they don't exist.
    ///
    /// - Throws: A ``Problem`` or an `R2ConfigError` if a variable isn't valid. A ``Problem`` if the directory can't be
    ///   created or written.
    init(environment: [String: String]) throws {
        let environment = environment.filter { !$0.value.isEmpty }
        func number<Value: FixedWidthInteger>(_ name: String, _ range: ClosedRange<Value>) throws -> Value? {
            guard let text = environment[name] else { return nil }
            guard let value = Value(text), range.contains(value) else {
                throw Problem(
                    description: "Invalid \(name): expected a number from \(range.lowerBound) to \(range.upperBound).")
            }
            return value
        }
        func isOn(_ name: String) throws -> Bool {
            switch environment[name] {
            case nil, "on": true
            case "off": false
            default: throw Problem(description: "Invalid \(name): expected on or off.")
            }
        }
        // As in a URL, an address of IPv6 can have brackets.
        host = (environment["HOST"] ?? "127.0.0.1").trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        port = try number("PORT", 0...65_535) ?? 8080
        emulatorPort = try number("EMULATOR_PORT", 0...65_535) ?? 0
        singleRequestLimit = try number("SINGLE_REQUEST_LIMIT", 0...5_000_000_000)
        partSize = try number("PART_SIZE", 5_242_880...5_000_000_000)
        urlLifetime = try number("URL_LIFETIME", 1...604_800).map { (seconds: Int64) in Duration.seconds(seconds) }
        databaseURL = environment["DATABASE_URL"]
        requestTimeLimit = try number("REQUEST_TIME_LIMIT", 1...3600) ?? 30
        responseTimeLimit = try number("RESPONSE_TIME_LIMIT", 1...3600) ?? 60
        hasLimits = try isOn("LIMITS")
        r2 =
            environment.keys.contains { $0.hasPrefix("R2_") || $0 == "CLOUDFLARE_ACCOUNT_ID" }
            ? try R2Config(environment: environment) : nil
        guard r2 != nil || PublicURL.isLoopback(host) else {
            throw Problem(
                description:
                    "Invalid HOST: without R2, only this machine can reach the files, so that other devices could open "
                    + "the page, but not send or play anything. Set the variables of R2, such as R2_BUCKET_NAME, or "
                    + "HOST=127.0.0.1.")
        }
        publicOrigin = try environment["PUBLIC_URL"].map(PublicURL.origin(of:))
        if publicOrigin == nil, ["0.0.0.0", "::"].contains(host) {
            throw Problem(
                description:
                    "Missing PUBLIC_URL: with HOST=\(host), the server listens on every address, so set PUBLIC_URL to "
                    + "the one that browsers open, such as http://192.168.0.10:8080.")
        }
        ffmpeg = try isOn("STREAMS") ? FFmpeg(searchPath: environment["PATH"] ?? "") : nil
        guard let level = Logger.Level(rawValue: environment["LOG_LEVEL"] ?? "info") else {
            throw Problem(description: "Invalid LOG_LEVEL: expected trace, debug, info, notice, warning or error.")
        }
        logLevel = level
        dataDirectory = URL(fileURLWithPath: environment["DATA_DIRECTORY"] ?? "video-server-data", isDirectory: true)
        do {
            try FileManager.default.createDirectory(
                at: dataDirectory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Problem(
                description:
                    "Can't create the directory \(dataDirectory.path): check who may write there, and that no file has "
                    + "this name, or choose another DATA_DIRECTORY.")
        }
        secret = try environment["SESSION_SECRET"].map(Self.checkedSecret) ?? Self.storedSecret(in: dataDirectory)
    }

    private static func checkedSecret(_ text: String) throws -> [UInt8] {
        guard text.utf8.count >= 32 else {
            throw Problem(description: "Invalid SESSION_SECRET: expected at least 32 random characters.")
        }
        return Array(text.utf8)
    }

    /// Returns the secret in a file of the data directory, so that people stay signed in after a restart.
    private static func storedSecret(in directory: URL) throws -> [UInt8] {
        let file = directory.appendingPathComponent("secret")
        if let data = try? Data(contentsOf: file), data.count == 32 { return Array(data) }
        let secret = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
        guard
            FileManager.default.createFile(
                atPath: file.path, contents: Data(secret), attributes: [.posixPermissions: 0o600])
        else { throw Problem(description: "Can't write \(file.path): choose another DATA_DIRECTORY.") }
        return secret
    }
}
#endif
