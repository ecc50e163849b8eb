#if Delivery
internal import R2Kit
internal import R2Storage
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The requests that clients send.
extension VideoUploads {
    private func lifetime(_ transport: UploadTransport) -> Duration {
        transport == .background ? options.backgroundURLLifetime : options.urlLifetime
    }

    /// Signs the request that sends a whole file: exactly this size and type, and only once.
    func signFile(
        key: ObjectKey, byteSize: Int64, contentType: String, _ transport: UploadTransport, at now: Date
    ) throws(R2ValidationError) -> PresignedRequest {
        let isWhole = byteSize <= UploadConstraints.maximumContentLength
        let constraints = UploadConstraints(
            contentType: contentType, contentLength: isWhole ? byteSize : nil, precondition: .ifAbsent)
        return try presigner.presignUpload(
            to: key, constraints: constraints, expiresIn: lifetime(transport), at: now)
    }

    /// Signs parts of an upload.
    func signParts(
        _ parts: [PartPlan.Part], of id: UploadID, key: ObjectKey, _ transport: UploadTransport, at now: Date
    ) throws(R2ValidationError) -> [UploadPartRequest] {
        let requests = try presigner.presignParts(parts, of: id, key: key, expiresIn: lifetime(transport), at: now)
        return zip(parts, requests).map { part, request in
            UploadPartRequest(number: part.number, offset: part.offset, length: part.length, request: request)
        }
    }

    /// Returns an upload with the requests for what R2 doesn't have yet.
    func continueUpload(_ upload: RowUpload, _ transport: UploadTransport) async throws -> UploadAttempt {
        if upload.isVerifying { return makeAttempt(upload, phase: .verifying) }
        guard !upload.isOverdue(at: clock()) else { throw VideoDeliveryError.expired(upload.row.id) }
        guard upload.plan == nil else { return try await continueParts(of: upload, transport, isNew: false) }
        switch try await arrival(of: upload) {
        case .closed: throw VideoDeliveryError.canceled(upload.row.id)
        case .uploaded, .file: return makeAttempt(upload, phase: .arrived)
        case .nothing, .parts:
            let request = try signFile(
                key: upload.uploadKey, byteSize: upload.byteSize, contentType: upload.contentType, transport,
                at: clock())
            return makeAttempt(try await extend(upload, until: request.expiresAt), request: request)
        }
    }

    /// Returns an upload in parts, after creating the multipart upload if R2 doesn't have it.
    func continueParts(
        of upload: RowUpload, _ transport: UploadTransport, isNew: Bool
    ) async throws -> UploadAttempt {
        var upload = upload
        var received: [ListParts.Part] = []
        switch isNew ? .nothing : try await arrival(of: upload) {
        case .file: return makeAttempt(upload, phase: .arrived)
        case .parts(let parts): received = parts
        case .nothing, .uploaded, .closed: upload = try await createMultipartUpload(upload)
        }
        guard let id = upload.uploadID else { throw RowChanged() }
        let missing = upload.missingParts(in: received)
        let count = transport == .background ? missing.count : options.partsPerResponse
        let requests = try signParts(Array(missing.prefix(count)), of: id, key: upload.file, transport, at: clock())
        if let end = requests.first?.request.expiresAt { upload = try await extend(upload, until: end) }
        return makeAttempt(
            upload, phase: missing.isEmpty ? .arrived : .waiting, parts: requests, received: received)
    }

    /// Creates a multipart upload and stores its identifier in the row.
    private func createMultipartUpload(_ upload: RowUpload) async throws -> RowUpload {
        let id = try await client.createMultipartUpload(
            upload.file, properties: ObjectProperties(contentType: upload.contentType))
        do {
            let row = try await update(upload) { row in
                row.upload?.id = id.rawValue
                if row.state == .pendingUpload { row.state = .uploading }
            }
            guard let created = try RowUpload(row, keys: keys) else { throw RowChanged() }
            return created
        } catch {
            // Another call may have created one, too. Nobody knows this one, unless the row does.
            let current = try? await catalog.video(id: upload.row.id, includingDeleted: true)
            if let current, current.upload?.id != id.rawValue {
                await performOptional("abort the multipart upload", of: upload) {
                    try await client.abortMultipartUpload(id, key: upload.file)
                }
            }
            throw error
        }
    }

    /// Makes sure that an upload doesn't expire before its URLs and some time for the requests.
    ///
    /// The row is written only once in half of the grace, however often a client asks for parts.
    func extend(_ upload: RowUpload, until end: Date) async throws -> RowUpload {
        if let date = upload.row.uploadExpiresAt, Self.date(end, plus: options.uploadGrace / 2) <= date {
            return upload
        }
        var upload = upload
        let expiresAt = Self.date(end, plus: options.uploadGrace)
        upload.row = try await update(upload) { row in
            row.uploadExpiresAt = max(row.uploadExpiresAt ?? expiresAt, expiresAt)
        }
        return upload
    }

    /// Returns an upload as its client needs to know it.
    func makeAttempt(
        _ upload: RowUpload, phase: UploadPhase = .waiting, request: PresignedRequest? = nil,
        parts: [UploadPartRequest] = [], received: [ListParts.Part] = []
    ) -> UploadAttempt {
        UploadAttempt(
            video: upload.row.id, attempt: upload.attempt, contentType: upload.contentType,
            byteSize: upload.byteSize, phase: phase, request: request, partSize: upload.plan?.partLength,
            partCount: upload.plan?.count, parts: parts, receivedParts: received.map(ReceivedPart.init),
            expiresAt: phase == .verifying ? nil : upload.row.uploadExpiresAt)
    }
}

extension ReceivedPart {
    init(_ part: ListParts.Part) {
        number = part.number
        length = part.size
    }
}

extension UploadAttempt {
    /// Creates an upload that is over.
    init(of row: Video, attempt: UUID, phase: UploadPhase) {
        self.init(
            video: row.id, attempt: attempt, contentType: row.contentType ?? "", byteSize: row.byteSize ?? 0,
            phase: phase, request: nil, partSize: nil, partCount: nil, parts: [], receivedParts: [], expiresAt: nil)
    }
}
#endif
