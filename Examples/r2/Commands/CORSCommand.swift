#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// Shows or sets the bucket's CORS rules.
struct CORSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cors", abstract: "Shows, sets or removes the bucket's CORS rules.",
        discussion: """
            It takes a token with admin rights. Without one, set the rules in the dashboard: --dry-run prints them as it \
            takes them.
            """)

    @Option(help: "Let pages of this origin upload and play, and no others; any number of times.")
    var origin: [String] = []

    @Flag(help: "Remove the rules.")
    var remove = false

    @Flag(help: "Print the rules that would be set.")
    var dryRun = false

    mutating func validate() throws {
        guard !remove || origin.isEmpty else { throw ValidationError("Give --remove or --origin, not both.") }
        guard !dryRun || !origin.isEmpty else { throw ValidationError("--dry-run needs --origin.") }
    }

    func run() async throws {
        try await reporting {
            let rules = origin.isEmpty ? nil : try CORSConfiguration.browserUploads(from: origin)
            if let rules, dryRun { return print(rules.json) }
            let client = R2Client(try R2Config())
            if let rules {
                try await client.putBucketCORS(rules)
            } else if remove {
                try await client.deleteBucketCORS()
            } else if let rules = try await client.bucketCORS() {
                print(rules.json)
            } else {
                Terminal.say("r2: The bucket has no CORS rules: browsers cannot use it.")
            }
        }
    }
}
#endif
