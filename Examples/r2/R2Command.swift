import ArgumentParser
import R2Kit

#if Storage
/// Uploads and downloads files.
@main
struct R2Command: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "r2",
        abstract: "Transfers files to and from a Cloudflare R2 bucket.",
        discussion: """
            Set the account, bucket, and access key in the environment: \
            \(R2Config.environmentVariables.filter { !$0.hasPrefix("VIDEO_") }.joined(separator: ", ")).

            An interrupted transfer leaves a state file. To continue, pass it to "r2 resume".

            Exit status: 0 success, 1 failure, 64 invalid arguments, 66 the local file can't be read or has changed, \
            73 the local file can't be written, 74 standard output can't be written, 75 temporary failure of R2 or \
            the connection, or another r2 transfers the file (try again), 77 permission denied, 78 invalid \
            environment, 130 interrupted.

            HTTPS_PROXY, ALL_PROXY, and NO_PROXY select a proxy, as for curl.
            """,
        subcommands: [
            PutCommand.self, GetCommand.self, ResumeCommand.self, ListCommand.self, RemoveCommand.self,
            CheckCommand.self, CORSCommand.self,
        ])

    static func main() async {
        Output.reserveStandardStreams()
        do {
            var command = try parseAsRoot(arguments())
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            guard exitCode(for: error) == .success else { exit(withError: error) }
            // The help is a result.
            do { try Output.line(fullMessage(for: error)) } catch {
                let failure = Failure(error)
                Terminal.write("r2: \(failure.message)")
                exit(withError: ExitCode(failure.status))
            }
        }
    }

    /// The arguments, with `--verbose` after the subcommand, which has the option.
    private static func arguments() -> [String] {
        var arguments = RawArguments.all
        if arguments.count > 1, arguments[0] == "--verbose" { arguments.swapAt(0, 1) }
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].flatMap(RawArguments.separated) + arguments[end...]
    }
}
#else
/// A substitute for builds without the Storage trait.
@main
struct R2Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "r2", abstract: "Transfers files to and from a Cloudflare R2 bucket.")

    @Argument(parsing: .captureForPassthrough)
    var arguments: [String] = []

    func run() throws {
        Terminal.write("r2 was built without the Storage trait. Run it with: swift run --traits Storage r2 …")
        throw ExitCode(ExitStatus.configuration)
    }
}
#endif
