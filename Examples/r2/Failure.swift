#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// What went wrong: one message for people, one status for scripts.
struct Failure: Error {
    let message: String
    let status: Int32

    init(_ message: String, status: Int32 = ExitStatus.failed) {
        self.message = message
        self.status = status
    }

    /// What an error of the library means to whoever runs the command.
    init(_ error: any Error) {
        switch error {
        case let error as Failure: self = error
        case let error as R2ConfigError: self.init(error.description, status: ExitStatus.configuration)
        case let error as R2KitError: self.init(error.message.asSentence, status: ExitStatus.usage)
        case let error as R2FileError: self.init(error.description.asSentence, status: ExitStatus.noInput)
        case let error as R2Error: self.init(error.description.asSentence, status: Self.status(of: error))
        case let error as TransferError: self.init(error)
        default: self.init("\(error)".asSentence)
        }
    }

    private init(_ error: TransferError) {
        if error.code == .requestFailed, let underlying = error.underlyingError, !(underlying is TransferError) {
            self.init(underlying)
            return
        }
        var message = error.message
        // The underlying error may be all that there is to say, in the same words.
        if let underlying = error.underlyingError, !"\(underlying)".contains(message) { message += " (\(underlying))" }
        if let cleanup = error.cleanupError { message += "; what is left could not be removed: \(cleanup)" }
        self.init(message.asSentence, status: Self.status(of: error))
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
    /// Does the command's work, and ends with what an error means.
    func reporting(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let status as ExitCode {
            throw status
        } catch {
            let failure = Failure(error)
            Terminal.say("r2: \(failure.message)")
            throw ExitCode(failure.status)
        }
    }
}

extension String {
    /// The text as a sentence: its first letter in upper case unless it is a name, a full stop at its end.
    fileprivate var asSentence: String {
        let isName = prefix { $0 != " " && $0 != ":" }.dropFirst().contains { $0.isUppercase }
        let text = isName ? self : prefix(1).uppercased() + dropFirst()
        return text + (text.hasSuffix(".") ? "" : ".")
    }
}
#endif
