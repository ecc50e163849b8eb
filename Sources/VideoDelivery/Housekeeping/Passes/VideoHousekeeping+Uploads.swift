#if Delivery
internal import VideoCatalog

/// Uploads that nobody finishes.
extension VideoHousekeeping {
    /// Completes videos that are stuck in `verifying`.
    ///
    /// A verification that finds no file fails for good after ``VideoDeliveryOptions/verificationGrace``.
    func completeVerifications(into report: inout HousekeepingPass.StepReport) async throws {
        let since = date(before: options.verificationRetryDelay)
        try await handleClaims(.stalledUploads(unchangedSince: since), into: &report) { claim in
            // The task also finds slow uploads in parts, which have a time limit of their own.
            guard claim.video.state == .verifying, let upload = try RowUpload(claim.video, keys: keys) else {
                return .skipped
            }
            return try await complete(upload) == nil ? .skipped : .done
        }
    }

    /// Ends uploads whose time is over.
    func expireUploads(into report: inout HousekeepingPass.StepReport) async throws {
        try await handleClaims(.expiredUploads, into: &report) { claim in
            guard let upload = try RowUpload(claim.video, keys: keys) else { return .skipped }
            switch try await complete(upload) {
            case .ended: return .done
            case nil: return .skipped
            case .notArrived: break
            }
            // Only the row as it was claimed. If a client asked for more parts since, the upload has more time.
            do {
                if upload.isReplacement {
                    try await catalog.update(claim.video) { $0.endReplacement() }
                } else {
                    try await catalog.update(claim.video) { $0.state = .expired }
                }
            } catch let error as CatalogError where error.meansRowChanged {
                return .skipped
            }
            // What can't be deleted now, other steps find: late uploads, stale multipart uploads, replaced objects.
            await uploads.discard(upload)
            return .done
        }
    }

    /// The end of an attempt to complete an upload on behalf of nobody.
    enum Completion {
        /// The upload is over: its video is ready, failed or canceled.
        case ended
        /// Bytes are missing.
        case notArrived
    }

    /// Completes an upload, if its file has arrived.
    ///
    /// - Returns: The result, or `nil` if another caller works on the upload.
    /// - Throws: The errors of R2 and of the catalog.
    func complete(_ upload: RowUpload) async throws -> Completion? {
        do {
            _ = try await uploads.complete(upload.row.id, attempt: upload.attempt, evenIfOverdue: true)
            return .ended
        } catch let error as VideoDeliveryError {
            switch error.code {
            case .notUploaded, .uploadLost: return .notArrived
            case .verificationFailed, .uploadCanceled, .uploadExpired: return .ended
            case .superseded, .conflict, .verificationPending, .notFound: return nil
            default: throw error
            }
        }
    }
}
#endif
