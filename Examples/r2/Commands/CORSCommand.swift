#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// Shows, sets, or removes the bucket's CORS rules.
struct CORSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cors", abstract: "Shows, sets, or removes the bucket's CORS rules.",
        discussion: """
            Requires an API token with admin permissions. Without one, set the rules in the Cloudflare dashboard: \
            --dry-run prints them in the format that it accepts.
            """)

    @Option(help: "Allow web pages of this origin to upload and play, and no others. Repeat it for several origins.")
    var origin: [String] = []

    @Flag(help: "Remove the rules.")
    var remove = false

    @Flag(help: "Print the rules without setting them.")
    var dryRun = false

    mutating func validate() throws {
        guard !remove || origin.isEmpty else { throw ValidationError("Use either --remove or --origin.") }
        guard !dryRun || !origin.isEmpty else { throw ValidationError("--dry-run requires --origin.") }
    }

    @OptionGroup var connection: ConnectionArguments

    func run() async throws {
        try await reportingFailures {
            let rules = origin.isEmpty ? nil : try CORSConfiguration.browserUploads(from: origin)
            if let rules, dryRun { return try Output.line(rules.json) }
            let client = try connection.client()
            if let rules {
                try await client.putBucketCORS(rules)
            } else if remove {
                try await client.deleteBucketCORS()
            } else if let rules = try await client.getBucketCORS() {
                try Output.line(rules.json)
            } else {
                Terminal.write("r2: The bucket has no CORS rules, so browsers can't use it.")
            }
        }
    }
}
#endif
