#if Storage
internal import R2Kit
internal import Synchronization

extension UploadSession {
    /// Makes the object of the parts, and looks at what R2 answered.
    func complete(total: Int64) async throws -> UploadResult {
        guard let token = tokens.state.value else { throw CancellationError() }
        let parts = token.parts.sorted { $0.number < $1.number }
        // A stream may end before what R2 has of an earlier one.
        guard token.bytesStored == total else { throw Self.lengthChanged(total, token.bytesStored) }
        let operation = CompleteMultipartUpload(
            token.uploadID, key: key, parts: parts.map { .init($0.number, etag: $0.etag) },
            ifMatch: token.condition?.ifMatch, ifNoneMatch: token.condition?.ifNoneMatch)
        let answer: CompleteMultipartUpload.Output
        do {
            answer = try await client.send(operation)
        } catch let error as R2Error where error.isPreconditionFailed {
            throw TransferError(
                .conditionFailed, "the object under the key is not what the condition wants: nothing was stored",
                underlying: error)
        }
        tokens.change { $0.clear() }
        let etag = try await check(answer.etag, of: parts, total: total)
        return UploadResult(
            key: key, etag: etag, size: total, partCount: parts.count, bytesSent: meter.movedBytes)
    }

    private static func lengthChanged(_ total: Int64, _ stored: Int64) -> TransferError {
        TransferError(
            .sourceChanged, "the source has \(total) bytes, and \(stored) were uploaded: begin a new upload")
    }

    /// Compares the object's tag with its parts'; if it is not of R2's kind, its size.
    private func check(_ etag: ETag?, of parts: [UploadToken.Part], total: Int64) async throws -> ETag {
        if let etag, let count = MultipartETag.partCount(etag) {
            let completed = parts.map { CompleteMultipartUpload.Part($0.number, etag: $0.etag) }
            let expected = options.customerKey == nil ? CompleteMultipartUpload.tag(of: completed) : nil
            guard count == parts.count, expected == nil || expected == etag else {
                let wanted = expected?.description ?? "one of \(parts.count) parts"
                throw unexpected("its tag is \(etag), and not \(wanted)")
            }
            return etag
        }
        let head = try await client.send(HeadObject(key, customerKey: options.customerKey))
        guard head.totalLength == total, etag == nil || etag == head.etag else {
            throw unexpected("it has \(head.totalLength) bytes and the tag \(head.etag), not \(total) bytes")
        }
        return head.etag
    }

    private func unexpected(_ what: String) -> TransferError {
        TransferError(
            .unexpectedResult,
            "R2 completed the upload, but the object is not made of its parts: \(what); upload it again")
    }

    /// An upload that is not there any more because it was completed, although nobody heard of it.
    ///
    /// Nothing is left to be sent of it; the source is still compared with the parts, if nothing else vouches for it.
    func completedBefore(_ start: UploadStart, _ source: SourceFacts) async throws -> Resumption? {
        guard case .token(let token) = start else { return nil }
        let total = token.bytesStored
        guard total > 0, token.totalLength ?? total == total, source.length ?? total == total,
            let plan = try? PartPlan(totalLength: total, partLength: token.partLength),
            Set(token.parts.map(\.number)).count == plan.count, token.parts.count == plan.count,
            token.parts.allSatisfy({ (try? plan.part($0.number))?.length == $0.size }),
            let expected = CompleteMultipartUpload.tag(of: token.parts.map { .init($0.number, etag: $0.etag) }),
            let head = try? await client.send(HeadObject(key, customerKey: options.customerKey)),
            head.etag == expected, head.totalLength == total
        else { return nil }
        // The times of modification have been compared before.
        let isSameFile = token.fileModified != nil && source.modified != nil
        return Resumption(
            uploadID: token.uploadID, partLength: token.partLength, condition: token.condition,
            finished: Dictionary(token.parts.map { ($0.number, $0) }) { $1 }, comparesContent: !isSameFile,
            completed: expected)
    }

    /// Completes the upload, unless that has been done.
    func finish(_ resumption: Resumption?, total: Int64) async throws -> UploadResult {
        guard let resumption, let etag = resumption.completed else { return try await complete(total: total) }
        let expected = resumption.finished.values.reduce(0) { $0 + $1.size }
        guard total == expected else { throw Self.lengthChanged(total, expected) }
        tokens.change { $0.clear() }
        return UploadResult(
            key: key, etag: etag, size: total, partCount: resumption.finished.count, bytesSent: meter.movedBytes)
    }

    /// Leaves behind what the caller chose, and tells what went wrong.
    func failure(_ error: any Error) async -> TransferError {
        var failure = TransferError.upload(error).because(of: client)
        guard let token = tokens.state.value else { return failure }
        guard hasBegun.load(ordering: .relaxed) else {
            // It was resumed, and has changed nothing: what is there stays there, whatever was chosen for failures.
            if failure.code == .uploadNotFound { tokens.change { $0.clear() } }
            failure.uploadToken = tokens.state.value
            return failure
        }
        // R2 itself aborts an upload whose condition does not hold; others may not.
        if options.onFailure == .abort || failure.code == .conditionFailed {
            failure.cleanupError = await cleanup(within: options.abortTimeLimit) { [client, key] in
                do {
                    try await client.send(AbortMultipartUpload(token.uploadID, key: key))
                } catch let error as R2Error where error.isNotFound {
                    // It is gone, which is what was wanted.
                }
            }
            if failure.cleanupError == nil { tokens.change { $0.clear() } }
        }
        failure.uploadToken = tokens.state.value
        return failure
    }
}

extension TransferError {
    static func uploadNotFound(_ error: R2Error) -> TransferError {
        TransferError(
            .uploadNotFound,
            "R2 has no such upload: it was aborted, or completed as something else; begin a new one", underlying: error)
    }

    /// What an error of an upload means.
    static func upload(_ error: any Error) -> TransferError {
        switch error {
        case let error as TransferError: return error
        case is CancellationError: return TransferError(.cancelled, "the upload was cancelled", underlying: error)
        case let error as R2KitError: return TransferError(.invalidOptions, error.message, underlying: error)
        case let error as R2Error where error.code == .cancelled:
            return TransferError(.cancelled, "the upload was cancelled", underlying: error)
        case let error as R2Error where error.code == .noSuchUpload:
            return .uploadNotFound(error)
        case let error as R2Error where error.isPreconditionFailed:
            return TransferError(
                .conditionFailed, "the object under the key is not what the condition wants: nothing was stored",
                underlying: error)
        default: return TransferError(.requestFailed, "a request failed", underlying: error)
        }
    }
}
#endif
