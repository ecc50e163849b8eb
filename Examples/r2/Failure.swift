#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// The failure of a command: a message for people and an exit status for scripts.
struct Failure: Error {
    let message: String
    let status: Int32

    init(_ message: String, status: Int32 = ExitStatus.failed) {
        self.message = message
        self.status = status
    }

    /// Creates the failure for an error of the library.
    init(_ error: any Error) {
        switch error {
        case let error as Failure: self = error
        case let error as Output.WriteError: self.init(error.message, status: ExitStatus.outputFailed)
        case let error as R2ConfigError: self.init(error.description, status: ExitStatus.configuration)
        case let error as R2ValidationError: self.init(error.message.asSentence, status: ExitStatus.usage)
        case let error as R2FileError: self.init(error.description.asSentence, status: ExitStatus.noInput)
        case let error as R2Error: self.init(error.description.asSentence, status: Self.status(of: error))
        case let error as TransferError: self.init(error)
        default: self.init("\(error)".asSentence)
        }
    }

    private init(_ error: TransferError) {
        // The closure and the stream of a transfer are the command's own.
        if let underlying = error.underlyingError, underlying is Output.WriteError || underlying is Failure {
            self.init(underlying)
            return
        }
        if error.code == .requestFailed, let underlying = error.underlyingError, !(underlying is TransferError) {
            let failure = Failure(underlying)
            let cleanup = error.cleanupError.map { " " + Self.message(ofCleanup: $0) } ?? ""
            self.init(failure.message + cleanup, status: failure.status)
            return
        }
        var message = Self.message(of: error).asSentence
        // The underlying error may repeat the message.
        if let underlying = error.underlyingError, !"\(underlying)".contains(error.message) {
            message += " " + "\(underlying)".asSentence
        }
        if let cleanup = error.cleanupError { message += " " + Self.message(ofCleanup: cleanup) }
        self.init(message, status: Self.status(of: error))
    }

    /// Returns the error's message, with advice that the command can follow.
    private static func message(of error: TransferError) -> String {
        switch error.code {
        case .sourceTooLong:
            "The input is longer than 10,000 parts: use a larger --part-size, such as 64M for up to 625 GiB"
        case .sourceTooShort:
            "The file ended before the size that its file system reports: use r2 put - KEY < FILE"
        default: error.message
        }
    }

    /// Returns the sentence about a cleanup that failed after a transfer.
    static func message(ofCleanup error: any Error) -> String {
        "The cleanup failed: " + "\(error)".asSentence
    }

    private static func status(of error: TransferError) -> Int32 {
        switch error.code {
        case .sourceFailed, .sourceChanged, .sourceTooLong, .sourceTooShort: ExitStatus.noInput
        case .targetFailed, .diskFull, .partialFileLost: ExitStatus.cannotCreate
        case .invalidOptions: ExitStatus.usage
        default: error.r2Error.map(status(of:)) ?? ExitStatus.failed
        }
    }

    private static func status(of error: R2Error) -> Int32 {
        switch error.code {
        case .noSuchBucket: ExitStatus.configuration
        case .accessDenied, .unauthorized, .invalidAccessKeyID, .signatureDoesNotMatch, .expiredToken:
            ExitStatus.notPermitted
        default: error.isRetryable ? ExitStatus.tryAgain : ExitStatus.failed
        }
    }
}

extension AsyncParsableCommand {
    /// Runs the command's work.
    ///
    /// Prints the message of an error, and exits with its status.
    func reportingFailures(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let status as ExitCode {
            throw status
        } catch {
            let failure = Failure(error)
            Terminal.write("r2: \(failure.message)")
            throw ExitCode(failure.status)
        }
    }
}

extension String {
    /// The string as a sentence, with an uppercase first letter, unless it starts with a name, and a final period.
    fileprivate var asSentence: String {
        let isName = prefix { $0 != " " && $0 != ":" }.dropFirst().contains { $0.isUppercase }
        let text = isName ? self : prefix(1).uppercased() + dropFirst()
        return text + (text.hasSuffix(".") ? "" : ".")
    }
}
#endif
