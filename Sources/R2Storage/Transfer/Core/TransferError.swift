#if Storage
public import R2Kit

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Why a transfer failed, and what is left of it.
public struct TransferError: Error, Sendable {
    /// What kind of failure it was.
    ///
    /// An open set: later versions may add codes.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's stable name, such as `sourceChanged`.
        public let description: String

        init(_ name: String) { description = name }
    }

    /// What kind of failure it was.
    public let code: Code
    /// What went wrong, and what to do.
    public let message: String
    /// The error behind it: an `R2Error` for a request that failed, an ``R2FileError``, or what a stream threw.
    public let underlyingError: (any Error)?
    /// What the upload can be resumed with; `nil` if nothing is left of it, or it was none in parts.
    public internal(set) var uploadToken: UploadToken?
    /// What the download can be resumed with; `nil` if nothing is left of it.
    public internal(set) var downloadToken: DownloadToken?
    /// Why what should have been removed could not be.
    ///
    /// An upload that could not be aborted still has its ``uploadToken``.
    public internal(set) var cleanupError: (any Error)?

    init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        underlyingError = underlying
    }

    /// The error of the request that failed, if it was one.
    public var r2Error: R2Error? { underlyingError as? R2Error }
}

extension TransferError {
    /// The error, with the reason if the transfer was not cancelled by its task but by the client's shutdown.
    func because(of client: R2Client) -> TransferError {
        guard code == .cancelled, client.core.gate.hasCutOff else { return self }
        let reason = R2Error(.clientShutDown, "the client was shut down before the transfer had ended")
        return TransferError(.cancelled, message, underlying: reason)
    }
}

extension TransferError.Code {
    /// The task was cancelled, or the client's shutdown did not wait any longer: then ``TransferError/r2Error`` has the
    /// code `ClientShutDown`.
    public static let cancelled = Self("cancelled")
    /// A request failed, with all its retries.
    public static let requestFailed = Self("requestFailed")
    /// A condition of the upload did not hold when it was completed.
    public static let conditionFailed = Self("conditionFailed")
    /// An option is none that R2 takes, or options exclude each other; nothing was sent.
    public static let invalidOptions = Self("invalidOptions")
    /// The source is not there, is no regular file, or cannot be read; or the stream threw an error.
    public static let sourceFailed = Self("sourceFailed")
    /// The source is not what it was when the upload began.
    public static let sourceChanged = Self("sourceChanged")
    /// The stream is longer than was announced, or than its parts reach.
    public static let sourceTooLong = Self("sourceTooLong")
    /// The stream ended before the announced length.
    public static let sourceTooShort = Self("sourceTooShort")
    /// There is no such upload: it was aborted, or completed as something else.
    public static let uploadNotFound = Self("uploadNotFound")
    /// The parts of the upload are not of one size, or not of this source's size.
    public static let partsDoNotFit = Self("partsDoNotFit")
    /// R2 answered a completion with an object that is not made of these parts.
    public static let unexpectedResult = Self("unexpectedResult")
    /// The object was changed or deleted since the download began, or never was the version that was asked for.
    public static let objectChanged = Self("objectChanged")
    /// The file system is full, or the quota used up.
    public static let diskFull = Self("diskFull")
    /// The file cannot be written, or what the download was handed over to threw an error.
    public static let targetFailed = Self("targetFailed")
    /// The partial file of the download is gone, or is none of its object's.
    public static let partialFileLost = Self("partialFileLost")
    /// The transfer has been run already.
    public static let alreadyRun = Self("alreadyRun")
}

extension TransferError: CustomStringConvertible, LocalizedError {
    /// The code, the message and the errors behind it.
    public var description: String {
        var text = "\(code): \(message)"
        // It may say the same in the same words.
        if let underlyingError, !"\(underlyingError)".contains(message) { text += " (\(underlyingError))" }
        if let cleanupError { text += "; cleaning up failed: \(cleanupError)" }
        return text
    }

    /// The same as ``description``.
    public var errorDescription: String? { description }
}
#endif
