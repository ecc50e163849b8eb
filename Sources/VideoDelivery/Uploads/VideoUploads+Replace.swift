#if Delivery
internal import R2Kit
public import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension VideoUploads {
    /// Begins the upload of a new file for a video that is `ready` or `failed`, or continues it.
    ///
    /// The old file stays in place, and is played, until ``complete(_:attempt:by:)`` has verified the new one. If the
    /// new one fails, the old one stays. A second call with the same token returns the same upload.
    ///
    /// When the new file is ready, the renditions of the old one leave the row, and so does the thumbnail if it is in
    /// the folder of the old file: make new ones. Housekeeping deletes the objects.
    ///
    /// - Parameters:
    ///   - video: The video.
    ///   - file: The new file, as the client describes it.
    ///   - token: A string of 1 to 255 bytes that the client makes for this upload, such as a random UUID.
    ///   - user: The user who calls.
    ///   - transport: The way in which the client sends the file.
    ///   - limits: The limits for the uploader of the video, or `nil` for those of the policy.
    /// - Returns: The upload.
    /// - Throws: A ``VideoDeliveryError`` with the code `notFound`, `typeNotAllowed`, `sizeNotAllowed`,
    ///   `invalidArgument`, `invalidState`, `uploadInProgress`, `uploadLimitExceeded`, `differentFile`,
    ///   `uploadCanceled`, `uploadExpired` or `verificationFailed`. The errors of the presigner, of R2 and of the
    ///   catalog.
    public func replace(
        _ video: Video.ID, with file: UploadFile, token: String, by user: UserID,
        transport: UploadTransport = .foreground, limits: UploadLimits? = nil
    ) async throws -> UploadAttempt {
        try await telemetry.measure("replace", of: video) {
            let type = try check(file)
            let token = try UploadToken(token, of: user).text
            return try await retryingConflicts(on: video) {
                let row = try await managedRow(video, user)
                let note = AttemptNote(row.metadata[UploadMetadata.replacement])
                if let note, note.text == token {
                    return try await continueReplacement(
                        note.attempt, of: row, file, type, transport, within: limits ?? policy.limits)
                }
                guard row.replacement == nil else {
                    throw VideoDeliveryError(
                        .uploadInProgress,
                        "Upload in progress: another replacement of the file of the video \(video) isn't finished. "
                            + "Complete or cancel it first.",
                        video: video)
                }
                guard row.state == .ready || row.state.kind == .failed else {
                    throw VideoDeliveryError(
                        .invalidState,
                        "Invalid state: the file of the video \(video) can be replaced when it is ready or failed. "
                            + "It is \(row.state.kind.rawValue).",
                        video: video)
                }
                // The catalog keeps the last place for the key of the old file or of this upload.
                guard row.replacedKeys.count < RepositorySupport.Limits.replacedKeyCount else {
                    throw VideoDeliveryError(
                        .invalidState,
                        "Invalid state: too many earlier files of the video \(video) wait for their deletion. "
                            + "Replace the file again when housekeeping has deleted them, usually after a day.",
                        video: video)
                }
                return try await beginReplacement(
                    of: row, file, type, token: token, transport, within: limits ?? policy.limits)
            }
        }
    }

    private func beginReplacement(
        of row: Video, _ file: UploadFile, _ type: VideoFileType, token: String, _ transport: UploadTransport,
        within limits: UploadLimits
    ) async throws -> UploadAttempt {
        let attempt = UUID()
        let request = try signFile(
            key: keys.upload(of: row.id, attempt: attempt), byteSize: file.byteSize, contentType: type.contentType,
            transport, at: clock())
        let replacement = Video.Upload(
            objectKey: try keys.file(of: row.id, attempt: attempt).rawValue, partSize: try partSize(for: file),
            byteSize: file.byteSize, contentType: type.contentType)
        let added = UploadUsage(openUploads: 1, openBytes: file.byteSize)
        if limits != .none {
            let usage = try await catalog.uploadUsage(of: row.uploadedBy)
            try check(usage + added, adding: added, limits, row)
        }
        let begun: Video
        do {
            var edited = row
            edited.upload = replacement
            edited.setReplacement(file, AttemptNote(attempt, token))
            var changes = VideoChanges(from: row, to: edited)
            // Set also if it is the date of an earlier upload, because the catalog would clear it otherwise.
            changes.uploadExpiresAt = .set(Self.date(request.expiresAt, plus: options.uploadGrace))
            begun = try await catalog.update(row.id, expecting: row.version, changes)
        } catch let error as CatalogError where error.meansRowChanged {
            throw RowChanged()
        } catch let error as CatalogError where error.code == .invalidFields {
            throw VideoDeliveryError.invalidFields(error, row.id)
        }
        guard let upload = try RowUpload(begun, keys: keys) else { throw RowChanged() }
        do {
            // The catalog doesn't limit replacements. Looking again afterward catches those that begin together.
            if limits != .none {
                try check(try await catalog.uploadUsage(of: row.uploadedBy), adding: added, limits, row)
            }
        } catch {
            await takeBack(begun, to: row)
            throw error
        }
        telemetry.uploadBegan(upload)
        if upload.plan == nil { return makeAttempt(upload, request: request) }
        return try await continueParts(of: upload, transport, isNew: true)
    }

    /// Takes back a replacement that the limits don't allow.
    private func takeBack(_ begun: Video, to row: Video) async {
        do {
            _ = try await catalog.update(begun) { begun in
                begun.upload = nil
                begun.metadata = row.metadata
            }
        } catch let error as CatalogError where error.meansRowChanged {
            // Another change came first. If that was the end of the replacement, there is nothing to do.
            _ = try? await catalog.update(row.id) { changed in
                if changed.upload?.objectKey == begun.upload?.objectKey { changed.endReplacement() }
            }
        } catch {
            // The replacement expires.
        }
    }

    private func continueReplacement(
        _ attempt: UUID, of row: Video, _ file: UploadFile, _ type: VideoFileType, _ transport: UploadTransport,
        within limits: UploadLimits
    ) async throws -> UploadAttempt {
        switch try target(in: row, attempt: attempt) {
        case .current(let upload):
            try Self.check(
                file, type, against: row, byteSize: upload.byteSize, contentType: upload.contentType,
                fingerprint: UploadMetadata.replacementFingerprint)
            // The call that began it may be about to take it back.
            if upload.plan != nil, upload.uploadID == nil, limits != .none {
                let usage = try await catalog.uploadUsage(of: row.uploadedBy)
                try check(usage, adding: UploadUsage(openUploads: 1, openBytes: file.byteSize), limits, row)
            }
            return try await continueUpload(upload, transport)
        case .overdue, .expired: throw VideoDeliveryError.expired(row.id)
        case .finished:
            try Self.check(file, type, against: row, byteSize: row.byteSize, contentType: row.contentType)
            return UploadAttempt(of: row, attempt: attempt, phase: .ready)
        case .failed(let failure): throw VideoDeliveryError.failed(row.id, failure)
        case .superseded: throw VideoDeliveryError.canceled(row.id)
        }
    }

    /// Checks the usage of an uploader with a replacement.
    private func check(
        _ total: UploadUsage, adding added: UploadUsage, _ limits: UploadLimits, _ row: Video
    ) throws(VideoDeliveryError) {
        let bytes = UploadUsage(openBytes: total.openBytes) + UploadUsage(openBytes: total.storedBytes)
        let excess: String
        if let limit = limits.openUploads, total.openUploads > limit {
            excess = "\(total.openUploads) open uploads, and \(limit) are allowed"
        } else if let limit = limits.openBytes, total.openBytes > limit {
            excess = "\(total.openBytes) bytes in open uploads, and \(limit) are allowed"
        } else if let limit = limits.totalBytes, bytes.openBytes > limit {
            excess = "\(bytes.openBytes) bytes in uploads and videos, and \(limit) are allowed"
        } else {
            return
        }
        throw .limitExceeded(
            "Upload limit exceeded: with this file, the uploader would have \(excess). "
                + "Finish or delete other uploads first.",
            row.id,
            UploadUsage(
                openUploads: total.openUploads - added.openUploads, openBytes: total.openBytes - added.openBytes,
                storedBytes: total.storedBytes))
    }
}
#endif
