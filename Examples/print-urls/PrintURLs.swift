import ArgumentParser
import R2Kit

/// Prints URLs that upload to and play from an R2 bucket.
@main
struct PrintURLs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print-urls",
        abstract: "Prints presigned URLs that upload and play one object of an R2 bucket.",
        discussion: """
            The account, bucket and access key come from the environment: \
            \(R2Config.environmentVariables.joined(separator: ", ")). \
            If none of them is set, a sample account signs URLs that only show the format.

            The URLs are bearer tokens: anyone who has one can use it until it expires.
            """)

    @Argument(help: "The object's key, such as videos/lecture-1.mp4.")
    var key: String?

    @Option(
        parsing: .unconditional,
        help: "The exact size of the upload, in bytes. Above 100 MiB, the parts of a multipart upload are printed too.")
    var size: Int64?

    @Option(help: "The media type of the upload, such as video/mp4.")
    var contentType: String?

    @Option(parsing: .unconditional, help: "The part size of a multipart upload, in bytes.")
    var partSize: Int64?

    @Option(name: .customLong("upload-id"), help: "The UploadId from the response of CreateMultipartUpload.")
    var uploadID: String?

    @Flag(help: "Print JSON instead of text.")
    var json = false

    @Option(help: "Print the bucket's CORS rules for web pages of this origin, instead of URLs.")
    var cors: [String] = []

    mutating func validate() throws {
        guard key != nil || !cors.isEmpty else {
            throw ValidationError("Give an object key, such as videos/lecture-1.mp4, or --cors with an origin.")
        }
        guard size != nil || (partSize == nil && uploadID == nil) else {
            throw ValidationError("--part-size and --upload-id need --size, which determines the parts.")
        }
    }

    /// Runs the command, and checks that everything it prints was written, including the help.
    static func main() {
        do {
            do {
                try requireTextArguments()
                var command = try parseAsRoot()
                try command.run()
            } catch  where exitCode(for: error).isSuccess {
                try Output.print(fullMessage(for: error))
            }
        } catch {
            exit(withError: error)
        }
    }

    /// Throws if an argument isn't UTF-8, which a key has to be.
    ///
    /// Otherwise, URLs would be signed for a key with replacement characters.
    private static func requireTextArguments() throws {
        for index in 0..<Int(CommandLine.argc) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            guard String(validatingCString: argument) != nil else {
                throw Failure(description: "Argument \(index) isn't UTF-8, but keys are.")
            }
        }
    }

    func run() throws {
        do {
            guard cors.isEmpty, let key else {
                try Output.print(CORSConfiguration.browserUploads(from: cors).json)
                return
            }
            let account = try Account.fromEnvironment()
            let urls = try URLSet(
                presigner: R2Presigner(account.config), key: try ObjectKey(key), size: size, contentType: contentType,
                partSize: partSize, uploadID: try uploadID.map { try UploadID($0) })
            // On standard error, so that standard output has only the JSON.
            if account.isSample, json { Output.warn(Account.sampleNotice) }
            try Output.print(json ? urls.json() : urls.text(account: account))
        } catch let error as R2ValidationError {
            throw Failure(description: error.message)
        }
    }
}

/// An error with a message for people.
struct Failure: Error, CustomStringConvertible {
    let description: String
}
