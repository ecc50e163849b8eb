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
    /// Completes an upload: makes the file the video's own, verifies it, and makes the video `ready`.
    ///
    /// R2 reports what has arrived, not the client. A file that was sent in one request is copied to its final key,
    /// where no URL can change it, and all checks read the copy. Parts are listed and joined at R2. The row is
    /// `verifying` from the moment when all bytes are there, and stays so until the result is final. A second call,
    /// also at the same time, has the same result. Call it again after any error but `verificationFailed`.
    ///
    /// - Parameters:
    ///   - video: The video.
    ///   - attempt: The upload, or `nil` for the video's latest.
    ///   - user: The user who calls.
    /// - Returns: The row of the video, which is `ready` and has the ETag of the checked object.
    /// - Throws: A ``VideoDeliveryError`` with the code `notUploaded` if bytes are missing, `uploadLost`,
    ///   `verificationPending`, `verificationFailed`, `notFound`, `uploadCanceled`, `uploadExpired`, `superseded`,
    ///   `invalidState` or `conflict`. The errors of R2 and of the catalog.
    @discardableResult
    public func complete(_ video: Video.ID, attempt: UUID? = nil, by user: UserID) async throws -> Video {
        try await telemetry.measure("complete", of: video) {
            try await complete(video, attempt: attempt, evenIfOverdue: false) { row in
                try await authorization.check(user, row)
            }
        }
    }

    /// Completes an upload on behalf of nobody, such as one whose verification stopped.
    ///
    /// - Parameters:
    ///   - video: The video.
    ///   - attempt: The upload, or `nil` for the video's latest.
    ///   - evenIfOverdue: A Boolean value that indicates whether to complete an upload whose time is over.
    /// - Returns: The row of the video, which is `ready`.
    /// - Throws: The errors of ``complete(_:attempt:by:)``.
    func complete(_ video: Video.ID, attempt: UUID? = nil, evenIfOverdue: Bool) async throws -> Video {
        try await complete(video, attempt: attempt, evenIfOverdue: evenIfOverdue) { _ in }
    }

    private func complete(
        _ video: Video.ID, attempt: UUID?, evenIfOverdue: Bool, _ authorize: (Video) async throws -> Void
    ) async throws -> Video {
        // All passes concern the same upload, also if the caller didn't name it and another one begins.
        var attempt = attempt
        var stored: RowUpload?
        let row = try await retryingConflicts(on: video) {
            guard let row = try await catalog.video(id: video, includingDeleted: true) else {
                throw VideoDeliveryError.notFound(video)
            }
            try await authorize(row)
            guard !row.isDeleted else { throw VideoDeliveryError.canceled(video) }
            var upload: RowUpload
            switch try target(in: row, attempt: attempt) {
            case .current(let current): upload = current
            case .overdue(let current):
                guard evenIfOverdue else { throw VideoDeliveryError.expired(video) }
                upload = current
            case .finished: return row
            case .expired: throw VideoDeliveryError.expired(video)
            case .failed(let failure):
                // Another caller ended the upload while this one stored its file, which the row no longer names.
                if let stored { await discard(stored) }
                throw VideoDeliveryError.failed(video, failure)
            case .superseded:
                if let stored { await discard(stored) }
                throw VideoDeliveryError.superseded(video)
            }
            attempt = upload.attempt
            let file = try await storeFile(of: &upload)
            stored = upload
            return try await verify(file, of: upload)
        }
        if let stored, stored.plan == nil {
            await performOptional("delete the upload", of: stored) { try await client.delete(stored.uploadKey) }
        }
        return row
    }

    /// Makes sure that the file is under its final key, where no client can change it.
    ///
    /// - Parameter upload: The upload, whose row becomes `verifying` if it is a first upload and all bytes are there.
    /// - Returns: The metadata of the file.
    /// - Throws: ``RowChanged``. A ``VideoDeliveryError`` if bytes are missing or the file is wrong. The errors of R2
    ///   and of the catalog.
    private func storeFile(of upload: inout RowUpload) async throws -> ObjectMetadata {
        for _ in 0..<5 {
            let arrival = try await arrival(of: upload)
            switch arrival {
            case .file(let file):
                try await markVerifying(&upload)
                return file
            case .nothing: throw try await missingFile(of: upload)
            case .closed: throw try await finishCancellation(of: upload)
            case .uploaded(let object):
                guard object.contentLength == upload.byteSize else { throw try await fail(upload, .wrongSize) }
                try await markVerifying(&upload)
                if let file = try await copy(object, of: upload) { return file }
            case .parts(let parts):
                let missing = upload.missingParts(in: parts)
                guard missing.isEmpty else { throw VideoDeliveryError.notUploaded(upload, missing: missing) }
                try await markVerifying(&upload)
                if let file = try await join(parts, of: upload) { return file }
            }
            try Task.checkCancellation()
        }
        throw VideoDeliveryError.pending(upload.row.id)
    }

    /// Records that all bytes have arrived, so that nobody cancels the upload anymore.
    ///
    /// The row of a replacement keeps its state, because the old file is still played.
    func markVerifying(_ upload: inout RowUpload) async throws {
        guard !upload.isReplacement, !upload.isVerifying else { return }
        upload.row = try await update(upload) { $0.state = .verifying }
    }

    /// Copies a file that a client sent in one request.
    ///
    /// - Returns: The metadata of the copy, or `nil` if what R2 has must be looked at again.
    private func copy(_ object: ObjectMetadata, of upload: RowUpload) async throws -> ObjectMetadata? {
        let operation = CopyObject(
            CopySource(upload.uploadKey), to: upload.file,
            metadata: .replace(ObjectProperties(contentType: upload.contentType)),
            sourceConditions: ObjectConditions(precondition: .ifMatch(object.etag)),
            destinationConditions: ObjectConditions(precondition: .ifAbsent))
        return try await createFile(of: upload) { _ = try await client.send(operation) }
    }

    /// Joins the parts of a multipart upload.
    ///
    /// - Returns: The metadata of the file, or `nil` if what R2 has must be looked at again.
    private func join(_ parts: [ListParts.Part], of upload: RowUpload) async throws -> ObjectMetadata? {
        guard let plan = upload.plan, let id = upload.uploadID else { throw RowChanged() }
        let completed = parts.filter { $0.number <= plan.count }.map(CompletedPart.init)
        return try await createFile(of: upload) {
            try await client.completeMultipartUpload(id, key: upload.file, parts: completed)
        }
    }

    /// Performs an operation that creates the file.
    ///
    /// If it fails, the file may exist all the same: because the response was lost, or because another caller was
    /// faster.
    private func createFile(
        of upload: RowUpload, _ create: () async throws -> Void
    ) async throws -> ObjectMetadata? {
        do {
            try await create()
        } catch let error as R2Error {
            // If this request fails, too, the first error says more.
            if let file = try? await head(upload.file) { return file }
            // The source or the parts aren't those that were listed before.
            guard error.isPreconditionFailed || error.isNotFound || error.code == .invalidPart else { throw error }
            return nil
        }
        return try await head(upload.file)
    }

    /// Returns the error for an upload of which R2 has nothing.
    private func missingFile(of upload: RowUpload) async throws -> any Error {
        let video = upload.row.id
        guard upload.isVerifying else {
            // A multipart upload that has been created can only disappear, and can be created again.
            return upload.uploadID == nil
                ? VideoDeliveryError.notUploaded(upload, missing: upload.missingParts(in: []))
                : VideoDeliveryError.lost(video)
        }
        // All bytes were there. Another caller may be about to store the file.
        let since = upload.row.uploadedAt ?? upload.row.updatedAt
        guard clock() >= Self.date(since, plus: options.verificationGrace) else {
            return VideoDeliveryError.pending(video)
        }
        // Unlike a HEAD, a list tells a bucket that is missing from an object that is.
        for try await object in client.list(prefix: upload.file.rawValue, pageSize: 1) where object.key == upload.file {
            return VideoDeliveryError.pending(video)
        }
        return try await fail(upload, .uploadLost)
    }
}
#endif
