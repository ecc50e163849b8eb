#if Storage
internal import R2Kit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// An operation that fails when it is repeated after it has been carried out, and can tell that from other failures.
protocol LostAnswerRecovery: R2Operation {
    /// What the operation came to.
    /// - Parameters:
    ///   - error: The server's answer to a repetition.
    ///   - began: When the first of the tries began, by the server's clock; one of them may have been carried out.
    ///   - client: Answers questions.
    /// - Returns: The output; `nil` if it is not certain that an earlier try has done the work.
    func recoveredOutput(from error: R2Error, since began: Date, _ client: R2Client) async -> Output?
}

extension DeleteObject: LostAnswerRecovery {
    /// What is not there any more has been deleted; a missing bucket is another matter.
    func recoveredOutput(from error: R2Error, since began: Date, _ client: R2Client) async -> Void? {
        error.code == .noSuchKey ? () : nil
    }
}

extension AbortMultipartUpload: LostAnswerRecovery {
    /// What is not there any more has been aborted.
    ///
    /// It may have been completed by somebody else; it is over either way.
    func recoveredOutput(from error: R2Error, since began: Date, _ client: R2Client) async -> Void? {
        // Some servers call a missing upload a missing key.
        error.code == .noSuchUpload || error.code == .noSuchKey ? () : nil
    }
}
#endif
