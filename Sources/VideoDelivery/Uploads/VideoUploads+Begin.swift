#if Delivery
internal import R2Kit
public import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension VideoUploads {
    /// Begins the upload of a new video, or continues it.
    ///
    /// Checks the policy, inserts the video as `pendingUpload` within the limits of its uploader, and signs requests
    /// for the client. A second call with the same token returns the same upload with new requests for what is missing,
    /// also after an error, a restart or the loss of a multipart upload at R2.
    ///
    /// - Parameters:
    ///   - file: The file, as the client describes it.
    ///   - title: The title of the video: 1 to 500 bytes of UTF-8.
    ///   - sessionID: The course session that the video belongs to.
    ///   - token: A string of 1 to 255 bytes that the client makes for this upload, such as a random UUID.
    ///   - uploader: The user who uploads the video.
    ///   - transport: The way in which the client sends the file.
    ///   - limits: The limits for this uploader, or `nil` for those of the policy.
    /// - Returns: The upload. Its phase is `waiting` if there are bytes to send.
    /// - Throws: A ``VideoDeliveryError`` with the code `typeNotAllowed`, `sizeNotAllowed`, `invalidArgument`,
    ///   `uploadLimitExceeded`, `differentFile`, `uploadCanceled`, `uploadExpired` or `verificationFailed`. An
    ///   `R2ValidationError` if the URLs would outlive the credentials. An `R2Error` or a `CatalogError` if R2 or the
    ///   catalog can't be reached: repeat the call with the same token.
    public func begin(
        _ file: UploadFile, title: String, sessionID: CourseSessionID? = nil, token: String, by uploader: UserID,
        transport: UploadTransport = .foreground, limits: UploadLimits? = nil
    ) async throws -> UploadAttempt {
        try await telemetry.measure("begin", identify: \.video) {
            let type = try check(file)
            let video = try UploadToken(token, of: uploader).video
            let partSize = try partSize(for: file)
            let attempt = UUID()
            var new = NewVideo(
                title: title, objectKey: try keys.file(of: video, attempt: attempt).rawValue, uploadedBy: uploader,
                id: video, sessionID: sessionID, contentType: type.contentType, byteSize: file.byteSize)
            new.upload = Video.Upload(objectKey: new.objectKey, partSize: partSize)
            new.metadata = file.metadata
            return try await retryingConflicts(on: video) {
                let now = clock()
                // Signing comes first, so that no row is left behind if the credentials don't last.
                let request = try signFile(
                    key: keys.upload(of: video, attempt: attempt), byteSize: file.byteSize,
                    contentType: type.contentType,
                    transport, at: now)
                new.uploadExpiresAt = Self.date(request.expiresAt, plus: options.uploadGrace)
                guard let row = try await insert(new, as: video, within: limits ?? policy.limits) else {
                    let row = try await existingRow(video, uploader)
                    return try await continueFirstUpload(of: row, file, type, transport)
                }
                guard let upload = try RowUpload(row, keys: keys) else { throw RowChanged() }
                telemetry.uploadBegan(upload)
                if upload.plan == nil { return makeAttempt(upload, request: request) }
                return try await continueParts(of: upload, transport, isNew: true)
            }
        }
    }

    /// Inserts a video, or returns `nil` if a video has its identifier.
    private func insert(
        _ new: NewVideo, as video: Video.ID, within limits: UploadLimits
    ) async throws -> Video? {
        do {
            return try await catalog.insert(new, within: limits)
        } catch let error as CatalogError {
            switch error.code {
            case .idTaken: return nil
            case .outcomeUnknown: throw RowChanged()
            case .uploadLimitExceeded: throw VideoDeliveryError.limitExceeded(error.message, video, error.usage)
            case .invalidFields: throw VideoDeliveryError.invalidFields(error, video)
            default: throw error
            }
        }
    }

    private func existingRow(_ video: Video.ID, _ user: UserID) async throws -> Video {
        guard let row = try await catalog.video(id: video, includingDeleted: true) else { throw RowChanged() }
        // The app may have given the video to another user.
        try await authorization.check(user, row)
        guard !row.isDeleted else { throw VideoDeliveryError.canceled(video) }
        return row
    }

    private func continueFirstUpload(
        of row: Video, _ file: UploadFile, _ type: VideoFileType, _ transport: UploadTransport
    ) async throws -> UploadAttempt {
        let isReplaced = row.replacement != nil || row.metadata[UploadMetadata.replacement] != nil
        guard let upload = try RowUpload(row, keys: keys), !upload.isReplacement else {
            if let error = Self.finalError(of: row) { throw error }
            guard row.state == .ready, let location = keys.location(of: row.objectKey) else {
                throw VideoDeliveryError(
                    .invalidState,
                    "Invalid state: the video \(row.id) has no upload that can be continued, because the app changed "
                        + "its row. Begin again with a new token.",
                    video: row.id)
            }
            if !isReplaced {
                try Self.check(file, type, against: row, byteSize: row.byteSize, contentType: row.contentType)
            }
            return UploadAttempt(of: row, attempt: location.attempt, phase: .ready)
        }
        if let error = Self.finalError(of: row) { throw error }
        try Self.check(file, type, against: row, byteSize: upload.byteSize, contentType: upload.contentType)
        return try await continueUpload(upload, transport)
    }

    /// Returns the error for a first upload that ended without a video, or `nil`.
    private static func finalError(of row: Video) -> VideoDeliveryError? {
        switch row.state {
        case .failed(let reason): .failed(row.id, VideoFailure(rawValue: reason))
        case .expired: .expired(row.id)
        default: nil
        }
    }

    /// Checks that a file is the one that an upload was begun with, whose fingerprint the row has under a name.
    static func check(
        _ file: UploadFile, _ type: VideoFileType, against row: Video, byteSize: Int64?, contentType: String?,
        fingerprint name: String = UploadMetadata.fingerprint
    ) throws(VideoDeliveryError) {
        guard file.byteSize == byteSize else {
            throw .differentFile(
                row.id, "it has \(file.byteSize) bytes and not \(byteSize.map(String.init) ?? "the same number")")
        }
        guard type.contentType == contentType else {
            throw .differentFile(row.id, "its type is \(type.contentType) and not \(contentType ?? "the same")")
        }
        if let known = row.metadata[name], let fingerprint = file.fingerprint,
            !known.utf8.elementsEqual(fingerprint.utf8)
        {
            throw .differentFile(row.id, "its first bytes differ")
        }
    }
}

/// The rules of the policy.
extension VideoUploads {
    /// Checks a file against the policy.
    ///
    /// - Returns: Its type.
    func check(_ file: UploadFile) throws(VideoDeliveryError) -> VideoFileType {
        guard (1...255).contains(file.name.utf8.count), !file.name.utf8.contains(0) else {
            throw VideoDeliveryError(
                .invalidArgument, "Invalid filename: expected 1 to 255 bytes of UTF-8, without NUL.")
        }
        if let fingerprint = file.fingerprint {
            guard (1...128).contains(fingerprint.utf8.count), !fingerprint.utf8.contains(0) else {
                throw VideoDeliveryError(
                    .invalidArgument,
                    "Invalid fingerprint: expected 1 to 128 bytes of UTF-8, such as a hash in hexadecimal digits.")
            }
        }
        guard let type = policy.type(ofFileNamed: file.name, declaredAs: file.contentType) else {
            let names = policy.types.flatMap(\.fileExtensions).sorted().map { ".\($0)" }.joined(separator: ", ")
            throw VideoDeliveryError(
                .typeNotAllowed, "Type not allowed: expected a video with one of the extensions \(names).")
        }
        let maximum = min(policy.maximumSize, PartPlan.maximumTotalLength)
        guard file.byteSize >= 1, file.byteSize <= maximum else {
            throw VideoDeliveryError(
                .sizeNotAllowed,
                "Size not allowed: expected a file of 1 to \(maximum) bytes, not \(file.byteSize).")
        }
        return type
    }

    /// Returns the part size for a file, or `nil` if it is sent in one request.
    func partSize(for file: UploadFile) throws(R2ValidationError) -> Int64? {
        if file.byteSize <= options.singleRequestLimit { return nil }
        if let size = options.partSize, let plan = try? PartPlan(totalLength: file.byteSize, partLength: size) {
            return plan.partLength
        }
        return try PartPlan(totalLength: file.byteSize).partLength
    }
}

extension UploadFile {
    /// The metadata that a row keeps of a file.
    var metadata: [String: String] {
        var metadata = [UploadMetadata.fileName: name]
        metadata[UploadMetadata.fingerprint] = fingerprint
        return metadata
    }
}

extension VideoDeliveryError {
    static func limitExceeded(_ message: String, _ video: Video.ID, _ usage: UploadUsage?) -> VideoDeliveryError {
        VideoDeliveryError(.uploadLimitExceeded, message, video: video, usage: usage)
    }
}
#endif
