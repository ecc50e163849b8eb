#if Emulator
import R2Emulator

/// An error in the arguments.
struct UsageError: Error {
    let message: String
}

/// The options of the command, from its arguments or the environment.
struct Arguments {
    var options = R2Emulator.Options()
    var accessKeyID = "0123456789abcdef0123456789abcdef"
    var secretAccessKey = "0000000000000000000000000000000000000000000000000000000000r2dev0"
    var showsHelp = false

    /// The options with a value: the flag, the variable, the value's name, the default, and a description.
    private static let settings: [(flag: String, variable: String, value: String, standard: String, text: String)] = [
        ("--port", "R2_EMULATOR_PORT", "PORT", "9000", "The port, or 0 for a free one."),
        ("--host", "R2_EMULATOR_HOST", "ADDRESS", "127.0.0.1", "The address to listen on."),
        ("--bucket", "R2_EMULATOR_BUCKET", "NAMES", "media", "The buckets to create, separated by commas."),
        ("--access-key-id", "R2_EMULATOR_ACCESS_KEY_ID", "ID", "a fixed one", "The access key ID."),
        ("--secret-access-key", "R2_EMULATOR_SECRET_ACCESS_KEY", "SECRET", "a fixed one", "The secret access key."),
        ("--directory", "R2_EMULATOR_DIRECTORY", "PATH", "memory", "The directory to keep objects in."),
        ("--memory", "R2_EMULATOR_MEMORY", "MIB", "1024", "The memory for objects, without a directory."),
        ("--base-path", "R2_EMULATOR_BASE_PATH", "PATH", "none", "The path before the bucket."),
        ("--idle-timeout", "R2_EMULATOR_IDLE_TIMEOUT", "SECONDS", "30", "The time after which idle connections close."),
    ]

    /// Reads the arguments.
    ///
    /// One that is missing is read from the environment.
    init(_ arguments: [String], environment: [String: String]) throws(UsageError) {
        var values: [String: String] = [:]
        for setting in Self.settings {
            // An empty variable counts as unset.
            if let value = environment[setting.variable], !value.isEmpty { values[setting.flag] = value }
        }
        options.port = 9000
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            switch sides[0] {
            case "--help", "-h": showsHelp = true
            case "--allow-remote-access": options.allowsRemoteAccess = true
            case "--no-expect": options.respondsToExpect = false
            case let flag where Self.settings.contains(where: { $0.flag == flag }):
                guard let value = sides.count > 1 ? sides[1] : rest.popFirst() else {
                    throw UsageError(message: "\(flag) needs a value.")
                }
                values[flag] = value
            default: throw UsageError(message: "unknown option \(sides[0]).")
            }
        }
        try apply(values)
    }

    private mutating func apply(_ values: [String: String]) throws(UsageError) {
        if let port = try Self.number(values["--port"], "--port") { options.port = port }
        if let host = values["--host"] { options.host = host }
        if let buckets = values["--bucket"] { options.buckets = buckets.split(separator: ",").map(String.init) }
        if let id = values["--access-key-id"] { accessKeyID = id }
        if let secret = values["--secret-access-key"] { secretAccessKey = secret }
        if let path = values["--base-path"] { options.basePath = path }
        if let mebibytes = try Self.number(values["--memory"], "--memory") {
            guard mebibytes <= 1 << 30 else { throw UsageError(message: "--memory is too large.") }
            options.storage = .memory(capacity: Int64(mebibytes) << 20)
        }
        if let seconds = try Self.number(values["--idle-timeout"], "--idle-timeout") {
            guard (1...86_400).contains(seconds) else {
                throw UsageError(message: "--idle-timeout needs 1 to 86,400 seconds, not \(seconds).")
            }
            options.idleTimeout = .seconds(seconds)
        }
        if let directory = values["--directory"] { options.storage = .directory(directory) }
        options.keys = [R2Emulator.Key(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey)]
    }

    private static func number(_ text: String?, _ flag: String) throws(UsageError) -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw UsageError(message: "\(flag) needs a whole number, not \(text).")
        }
        return number
    }

    static var help: String {
        var lines = [
            "R2 on this machine, for development and tests.", "",
            "usage: r2-emulator [options]", "",
        ]
        for setting in settings {
            lines.append("  \(setting.flag) \(setting.value)")
            lines.append("      \(setting.text) Default: \(setting.standard). Variable: \(setting.variable).")
        }
        lines += [
            "  --allow-remote-access", "      Allow an address that other machines can reach.",
            "  --no-expect", "      Don't respond to Expect: 100-continue, as Cloudflare's edge doesn't.",
            "  --help", "      Show this text.",
        ]
        return lines.joined(separator: "\n")
    }
}
#endif
