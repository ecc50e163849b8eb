#if Storage
internal import R2Kit
internal import Synchronization

extension UploadSession {
    /// Completes the upload, unless an earlier run has done so, and verifies the object.
    func finish(_ resumption: UploadResumption?, total: Int64) async throws -> UploadResult {
        guard let resumption, let etag = resumption.completed else { return try await complete(total: total) }
        guard total == resumption.finishedBytes else {
            throw Self.lengthChanged(total: total, stored: resumption.finishedBytes)
        }
        latestToken.change { $0.clear() }
        return result(etag: etag, size: total, partCount: resumption.finished.count)
    }

    private func complete(total: Int64) async throws -> UploadResult {
        guard let token = latestToken.state.value else { throw CancellationError() }
        let parts = token.parts.sorted { $0.number < $1.number }.map { CompletedPart($0.number, etag: $0.etag) }
        // A stream may be shorter than the parts of an earlier run.
        guard token.bytesStored == total else {
            throw Self.lengthChanged(total: total, stored: token.bytesStored)
        }
        // If the response is lost, `CompleteMultipartUpload` recovers it: see Retry/LostResponseRecovery.swift.
        let output = try await client.send(
            CompleteMultipartUpload(token.uploadID, key: key, parts: parts, precondition: token.precondition))
        latestToken.change { $0.clear() }
        let etag = try await verify(output.etag, parts: parts, total: total)
        return result(etag: etag, size: total, partCount: parts.count)
    }

    /// Compares the object's ETag with the parts' ETags, or the object's size if the ETag isn't one of R2's.
    private func verify(_ etag: ETag?, parts: [CompletedPart], total: Int64) async throws -> ETag {
        if let etag, !etag.isWeak, let count = MultipartETag.partCount(etag) {
            let expected = options.customerKey == nil ? MultipartETag.object(madeOf: parts) : nil
            guard count == parts.count, expected == nil || expected == etag else {
                let description = expected?.description ?? "one of \(parts.count) parts"
                throw Self.unexpectedResult("expected the ETag \(description), got \(etag)")
            }
            return etag
        }
        let metadata = try await client.send(HeadObject(key, customerKey: options.customerKey))
        guard metadata.totalLength == total, etag == nil || etag?.opaqueValue == metadata.etag.opaqueValue else {
            throw Self.unexpectedResult(
                "expected \(total) bytes, got \(metadata.totalLength) bytes with the ETag \(metadata.etag)")
        }
        return metadata.etag
    }

    private func result(etag: ETag, size: Int64, partCount: Int) -> UploadResult {
        UploadResult(key: key, etag: etag, size: size, partCount: partCount, bytesSent: meter.transferredBytes)
    }

    private static func lengthChanged(total: Int64, stored: Int64) -> TransferError {
        TransferError(
            .sourceChanged, "The source has \(total) bytes, but \(stored) bytes were uploaded: start a new upload.")
    }

    private static func unexpectedResult(_ details: String) -> TransferError {
        TransferError(
            .unexpectedResult,
            "R2 completed the upload, but the object doesn't consist of its parts (\(details)): upload it again.")
    }

    // MARK: Recovery

    /// Recognizes an upload that an earlier run completed without receiving the response.
    ///
    /// Call it when R2 no longer has the upload. It was completed if the object consists of exactly the parts in the
    /// token. Nothing has to be sent then, but the source is still compared with the parts unless it is the same file.
    /// - Returns: The completed upload, or `nil` if it isn't certain that it was completed.
    func recoverCompletion(of start: UploadStart, from source: SourceInfo) async throws -> UploadResumption? {
        guard case .token(let token) = start else { return nil }
        let total = token.bytesStored
        guard total > 0, token.totalLength ?? total == total, source.length ?? total == total,
            let plan = try? PartPlan(totalLength: total, partLength: token.partLength),
            Set(token.parts.map(\.number)).count == plan.count, token.parts.count == plan.count,
            token.parts.allSatisfy({ (try? plan.part($0.number))?.length == $0.size }),
            let expected = MultipartETag.object(madeOf: token.parts.map { CompletedPart($0.number, etag: $0.etag) }),
            let metadata = try? await client.send(HeadObject(key, customerKey: options.customerKey)),
            metadata.etag == expected, metadata.totalLength == total
        else { return nil }
        return UploadResumption(
            uploadID: token.uploadID, partLength: token.partLength, precondition: token.precondition,
            finished: Dictionary(token.parts.map { ($0.number, $0) }) { $1 },
            comparesContent: !token.hasModificationTime(of: source), completed: expected)
    }

    // MARK: Failure

    /// Applies the failure policy, and returns the error that the upload throws.
    func failure(after error: any Error) async -> TransferError {
        var failure = TransferError.upload(error).addingShutdown(of: client)
        guard let token = latestToken.state.value else { return failure }
        guard ownsUpload.load(ordering: .relaxed) else {
            // A resumed upload that failed before changing anything keeps its parts, whatever the policy.
            if failure.code == .uploadNotFound { latestToken.change { $0.clear() } }
            failure.uploadToken = latestToken.state.value
            return failure
        }
        // R2 aborts an upload whose precondition doesn't hold. Other servers may not.
        if options.onFailure == .abort || failure.code == .preconditionFailed {
            failure.cleanupError = await cleanup(within: options.abortTimeLimit) { [client, key] in
                do {
                    try await client.send(AbortMultipartUpload(token.uploadID, key: key))
                } catch let error as R2Error where error.isNotFound {
                    // The upload no longer exists, which is the goal.
                }
            }
            if failure.cleanupError == nil { latestToken.change { $0.clear() } }
        }
        failure.uploadToken = latestToken.state.value
        return failure
    }
}

extension TransferError {
    static func uploadNotFound(_ error: R2Error) -> TransferError {
        TransferError(
            .uploadNotFound,
            "The upload doesn't exist: it was aborted, or completed with other content. Start a new upload.",
            underlying: error)
    }

    /// Creates the error for an upload that ended with `error`.
    static func upload(_ error: any Error) -> TransferError {
        switch error {
        case let error as TransferError: return error
        case is CancellationError: return TransferError(.cancelled, "The upload was canceled.", underlying: error)
        case let error as R2ValidationError:
            return TransferError(.invalidOptions, error.message, underlying: error)
        case let error as R2Error where error.code == .cancelled:
            return TransferError(.cancelled, "The upload was canceled.", underlying: error)
        case let error as R2Error where error.code == .noSuchUpload:
            return .uploadNotFound(error)
        case let error as R2Error where error.isPreconditionFailed:
            return TransferError(
                .preconditionFailed,
                "The object under the key doesn't meet the precondition: nothing was stored, or an earlier attempt "
                    + "whose response was lost stored this very object. Compare its ETag with the content.",
                underlying: error)
        default: return TransferError(.requestFailed, "A request failed.", underlying: error)
        }
    }
}
#endif
