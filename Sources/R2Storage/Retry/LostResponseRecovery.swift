#if Storage
internal import R2Kit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// An operation that fails if it is repeated after it was carried out, and can tell that from other failures.
protocol LostResponseRecovery: R2Operation {
    /// Returns the operation's output if an earlier attempt, whose response was lost, has done the work.
    /// - Parameters:
    ///   - error: The server's error for the repeated request.
    ///   - start: The start of the first attempt, on the server's clock.
    ///   - client: A client for requests that check what happened.
    /// - Returns: The output, or `nil` if it isn't certain that an earlier attempt has done the work.
    func recoveredOutput(from error: R2Error, since start: Date, _ client: R2Client) async -> Output?
}

extension DeleteObject: LostResponseRecovery {
    /// An object that no longer exists has been deleted.
    ///
    /// A missing bucket is a different error.
    func recoveredOutput(from error: R2Error, since start: Date, _ client: R2Client) async -> Void? {
        error.code == .noSuchKey ? () : nil
    }
}

extension AbortMultipartUpload: LostResponseRecovery {
    /// An upload that no longer exists has been aborted, or another client has completed it.
    ///
    /// It is over either way.
    func recoveredOutput(from error: R2Error, since start: Date, _ client: R2Client) async -> Void? {
        // Some servers report a missing upload as a missing key.
        error.code == .noSuchUpload || error.code == .noSuchKey ? () : nil
    }
}

extension CompleteMultipartUpload: LostResponseRecovery {
    /// Checks the object if the upload no longer exists or the precondition failed.
    ///
    /// The precondition may have failed because of the object that an earlier attempt created. The object comes from
    /// this upload if its ETag is the one that the parts make, and it was stored after the call started. An older
    /// object may have the same content and other properties, and an ETag that isn't a digest proves nothing. In all
    /// doubtful cases, the error stands.
    func recoveredOutput(from error: R2Error, since start: Date, _ client: R2Client) async -> Output? {
        let mayBeOwnWork = error.isPreconditionFailed || error.code == .noSuchUpload || error.code == .noSuchKey
        guard mayBeOwnWork, let expected = MultipartETag.object(madeOf: parts),
            let metadata = try? await client.sendAdmitted(HeadObject(key))
        else { return nil }
        // HTTP dates are in whole seconds, and a response takes time.
        let tolerance = 5.0
        guard metadata.etag == expected, let stored = metadata.lastModified,
            stored >= start.addingTimeInterval(-tolerance)
        else { return nil }
        return Output(etag: metadata.etag)
    }
}
#endif
