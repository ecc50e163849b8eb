#if Delivery
internal import R2Kit
internal import R2Storage
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension VideoUploads {
    /// Cancels an upload, unless the whole file has arrived.
    ///
    /// R2 is asked first, because clients also cancel after a completion whose response was lost. The row of a first
    /// upload is deleted, so that its reservation ends, and its URLs store nothing anymore: parts are aborted, and an
    /// empty object takes the place of a file that was to be sent in one request. Housekeeping removes that object when
    /// the URLs have expired.
    ///
    /// - Parameters:
    ///   - video: The video.
    ///   - attempt: The upload, or `nil` for the video's latest.
    ///   - user: The user who calls.
    /// - Returns: ``UploadCancellation/canceled``, also for an upload that was canceled before, or
    ///   ``UploadCancellation/kept(_:)`` with the row of a video whose file has arrived.
    /// - Throws: A ``VideoDeliveryError`` with the code `notFound`, `superseded`, `invalidState` or `conflict`. The
    ///   errors of R2 and of the catalog.
    @discardableResult
    public func cancel(
        _ video: Video.ID, attempt: UUID? = nil, by user: UserID
    ) async throws -> UploadCancellation {
        try await telemetry.measure("cancel", of: video) {
            var attempt = attempt
            return try await retryingConflicts(on: video) {
                guard let row = try await catalog.video(id: video, includingDeleted: true) else {
                    throw VideoDeliveryError.notFound(video)
                }
                try await authorization.check(user, row)
                guard !row.isDeleted else {
                    try await closeDeleted(row)
                    return .canceled
                }
                switch try target(in: row, attempt: attempt) {
                case .finished, .failed: return .kept(row)
                case .superseded:
                    guard let attempt, try await closeReplaced(attempt, in: row) else {
                        throw VideoDeliveryError.superseded(video)
                    }
                    return .canceled
                case .expired:
                    try await deleteRow(row)
                    return .canceled
                case .current(let upload), .overdue(let upload):
                    attempt = upload.attempt
                    return try await cancel(upload)
                }
            }
        }
    }

    private func cancel(_ upload: RowUpload) async throws -> UploadCancellation {
        guard !upload.isVerifying else { return .kept(upload.row) }
        if upload.isReplacement, try await head(upload.file) != nil { return .kept(upload.row) }
        if upload.plan == nil {
            guard try await close(upload) else { return .kept(try await keep(upload)) }
            do {
                // The copy of a replacement comes before the end of its upload, so the file may be there by now.
                if upload.isReplacement, try await head(upload.file) != nil { throw RowChanged() }
                try await end(upload)
            } catch is RowChanged {
                await reopen(upload)
                throw RowChanged()
            }
            return .canceled
        }
        switch try await arrival(of: upload) {
        case .file: return .kept(try await keep(upload))
        case .parts(let parts) where upload.missingParts(in: parts).isEmpty: return .kept(try await keep(upload))
        default: try await end(upload)
        }
        await discard(upload)
        return .canceled
    }

    /// Closes the upload of a deleted row again, because an earlier call may have stopped after the deletion.
    private func closeDeleted(_ row: Video) async throws {
        guard row.state == .pendingUpload || row.state == .uploading, let upload = try RowUpload(row, keys: keys)
        else { return }
        if upload.plan == nil { _ = try await close(upload) } else { await discard(upload) }
    }

    /// Closes a canceled replacement again, whose row no longer names its multipart upload.
    ///
    /// - Returns: `false` if the row doesn't name the file of the attempt among its replaced keys.
    private func closeReplaced(_ attempt: UUID, in row: Video) async throws -> Bool {
        let key = try keys.file(of: row.id, attempt: attempt)
        guard row.replacedKeys.contains(where: { $0.utf8.elementsEqual(key.rawValue.utf8) }) else { return false }
        for try await upload in client.listMultipartUploads(prefix: key.rawValue) where upload.key == key {
            try await client.abortMultipartUpload(upload.uploadID, key: key)
        }
        return true
    }

    /// Marks a first upload that has arrived as `verifying`, so that housekeeping completes it if nobody else does.
    private func keep(_ upload: RowUpload) async throws -> Video {
        var upload = upload
        try await markVerifying(&upload)
        return upload.row
    }

    /// Ends a canceled upload in the catalog, unless the row was changed since it was read.
    private func end(_ upload: RowUpload) async throws {
        if upload.isReplacement {
            do { _ = try await catalog.update(upload.row) { $0.endReplacement() } } catch let error as CatalogError
                where error.meansRowChanged
            { throw RowChanged() }
        } else {
            try await deleteRow(upload.row)
        }
        telemetry.uploadCanceled(upload)
    }

    private func deleteRow(_ row: Video) async throws {
        do { _ = try await catalog.delete(row.id, expecting: row.version) } catch let error as CatalogError
            where error.meansRowChanged
        { throw RowChanged() }
    }

    /// Deletes the object that closed an upload, if another caller had completed the upload before.
    private func reopen(_ upload: RowUpload) async {
        await performOptional("reopen the upload", of: upload) {
            let row = try await catalog.video(id: upload.row.id, includingDeleted: true)
            guard let row, row.objectKey.utf8.elementsEqual(upload.file.rawValue.utf8), row.state == .ready
            else { return }
            try await client.delete(upload.uploadKey)
        }
    }

    /// Finishes the cancellation of an upload whose key is closed.
    ///
    /// - Returns: The error to throw.
    func finishCancellation(of upload: RowUpload) async throws -> VideoDeliveryError {
        try await end(upload)
        return .canceled(upload.row.id)
    }
}
#endif
