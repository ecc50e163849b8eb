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
            73 the local file can't be written, 75 temporary failure of R2 or the connection (try again), \
            77 permission denied, 78 invalid environment, 130 interrupted.
            """,
        subcommands: [
            PutCommand.self, GetCommand.self, ResumeCommand.self, ListCommand.self, RemoveCommand.self,
            CheckCommand.self, CORSCommand.self,
        ])
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
