#if Storage
public import R2Kit

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An error that ended a transfer, with the token to resume it if anything is left.
public struct TransferError: Error, Sendable {
    /// The kind of failure.
    ///
    /// An open set: later versions may add codes.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's stable name, such as `sourceChanged`.
        public let description: String

        init(_ name: String) { description = name }
    }

    /// The kind of failure.
    public let code: Code
    /// A message that says what went wrong and what to do.
    public let message: String
    /// The error behind this one: an `R2Error` of a failed request, an ``R2FileError``, or an error thrown by a stream.
    public let underlyingError: (any Error)?
    /// The token to resume the upload, or `nil` if nothing is left or the upload used a single request.
    public internal(set) var uploadToken: R2Upload.ResumeToken?
    /// The token to resume the download, or `nil` if nothing is left.
    public internal(set) var downloadToken: R2Download.ResumeToken?
    /// The error that stopped the cleanup after the failure, if any.
    ///
    /// An upload that couldn't be aborted still has its ``uploadToken``.
    public internal(set) var cleanupError: (any Error)?

    init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        underlyingError = underlying
    }

    /// The error of the failed request, if a request failed.
    public var r2Error: R2Error? { underlyingError as? R2Error }
}

extension TransferError.Code {
    /// The task was cancelled, or the client's shutdown reached its time limit.
    ///
    /// After a shutdown, ``TransferError/r2Error`` has the code `ClientShutDown`.
    public static let cancelled = Self("cancelled")
    /// A request failed, including all its retries.
    public static let requestFailed = Self("requestFailed")
    /// The upload's precondition didn't hold.
    public static let preconditionFailed = Self("preconditionFailed")
    /// An option is out of range, or options contradict each other.
    ///
    /// Nothing was sent.
    public static let invalidOptions = Self("invalidOptions")
    /// The source doesn't exist, isn't a regular file, or can't be read, or the stream threw an error.
    public static let sourceFailed = Self("sourceFailed")
    /// The source has changed since the upload started.
    public static let sourceChanged = Self("sourceChanged")
    /// The stream is longer than its announced length, or too long for its part size.
    public static let sourceTooLong = Self("sourceTooLong")
    /// The stream ended before its announced length, or a file before the size that its file system reports.
    public static let sourceTooShort = Self("sourceTooShort")
    /// The upload doesn't exist: it was aborted, or completed with other content.
    public static let uploadNotFound = Self("uploadNotFound")
    /// The parts in R2 have different sizes, or don't match the source's size.
    public static let partsDoNotFit = Self("partsDoNotFit")
    /// The server doesn't list the parts of an upload, of which only the ID is known.
    ///
    /// R2 does. Cloudflare's local R2 doesn't.
    public static let partsNotListed = Self("partsNotListed")
    /// R2 completed the upload, but the object doesn't consist of the uploaded parts.
    public static let unexpectedResult = Self("unexpectedResult")
    /// The object was changed or deleted after the download started, or doesn't have the requested ETag.
    public static let objectChanged = Self("objectChanged")
    /// The file system is full, or the quota is exhausted.
    public static let diskFull = Self("diskFull")
    /// The file can't be written, or the download's closure threw an error.
    public static let targetFailed = Self("targetFailed")
    /// The download's partial file is missing, or doesn't match the resume token.
    public static let partialFileLost = Self("partialFileLost")
    /// The transfer has already run.
    public static let alreadyRun = Self("alreadyRun")
}

extension TransferError: CustomStringConvertible, LocalizedError {
    /// The code, the message, and the underlying errors.
    public var description: String {
        var text = "\(code): \(message)"
        // The underlying error may repeat the message.
        if let underlyingError, !"\(underlyingError)".contains(message) { text += " \(underlyingError)" }
        if let cleanupError { text += " The cleanup failed, too: \(cleanupError)" }
        return text
    }

    /// The same string as ``description``.
    public var errorDescription: String? { description }
}

extension TransferError {
    /// Returns the error with the client's shutdown as its reason, if the shutdown cancelled the transfer.
    func addingShutdown(of client: R2Client) -> TransferError {
        guard code == .cancelled, client.core.gate.hasCancelledCalls else { return self }
        let reason = R2Error(.clientShutDown, "The client was shut down before the transfer ended.")
        return TransferError(.cancelled, message, underlying: reason)
    }
}
#endif
