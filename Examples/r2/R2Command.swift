import ArgumentParser
import R2Kit

#if Storage
/// Moves files to and from an R2 bucket.
@main
struct R2Command: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "r2",
        abstract: "Moves files to and from a bucket of Cloudflare R2.",
        discussion: """
            The account, bucket and access key come from the environment: \
            \(R2Config.environmentVariables.filter { !$0.hasPrefix("VIDEO_") }.joined(separator: ", ")).

            A transfer that is interrupted leaves a state file, from which "r2 resume" goes on.

            Exit status: 0 done, 1 failed, 64 wrong arguments, 66 the local file cannot be read or has changed, 73 the \
            local file cannot be written, 75 R2 or the way to it has trouble (try again), 77 not permitted, 78 the \
            environment is wrong, 130 interrupted.
            """,
        subcommands: [
            PutCommand.self, GetCommand.self, ResumeCommand.self, ListCommand.self, RemoveCommand.self,
            CheckCommand.self, CORSCommand.self,
        ])
}
#else
/// Says what is missing from this build.
@main
struct R2Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "r2", abstract: "Moves files to and from a bucket of Cloudflare R2.")

    @Argument(parsing: .captureForPassthrough)
    var arguments: [String] = []

    func run() throws {
        Terminal.say("r2 was built without the trait Storage. Run it so: swift run --traits Storage r2 …")
        throw ExitCode(ExitStatus.configuration)
    }
}
#endif
