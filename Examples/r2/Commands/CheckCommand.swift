#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// Checks the setup.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Checks the bucket, access key, clock, and CORS rules.",
        discussion: """
            Writes, reads, lists, and deletes a small object under .r2kit-probe/. The exit status is 1 if a check fails.
            """)

    @Option(help: "The origin of the web pages that upload and play, such as https://app.example.com.")
    var origin: String?

    @OptionGroup var connection: ConnectionArguments

    func run() async throws {
        try await reportingFailures {
            let report = try await connection.client().checkSetup(origin: origin)
            for finding in report.findings {
                try Output.line("\(finding.severity.rawValue): \(finding.subject): \(finding.message)".printable)
                if let remedy = finding.remedy { try Output.line("    \(remedy)".printable) }
            }
            guard report.isUsable else { throw ExitCode(ExitStatus.failed) }
        }
    }
}
#endif
