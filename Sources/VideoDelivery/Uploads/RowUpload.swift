#if Delivery
internal import R2Kit
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The unfinished upload of a row, as this module writes it.
///
/// The row holds the key of the file from the start. An upload in parts writes to that key. An upload in one request
/// writes to a key of its own, which follows from it, and has no part size.
struct RowUpload: Sendable {
    var row: Video
    let attempt: UUID
    let isReplacement: Bool
    let byteSize: Int64
    let contentType: String
    /// The plan of the parts, or `nil` for an upload in one request.
    let plan: PartPlan?
    /// The identifier of the multipart upload, or `nil` if it doesn't exist yet.
    let uploadID: UploadID?
    /// The key of the file.
    let file: ObjectKey
    /// The key that a client sends the file to in one request.
    let uploadKey: ObjectKey

    /// Creates the upload of a row, or returns `nil` if this module wrote no upload into the row.
    init?(_ row: Video, keys: VideoKeys) throws(R2ValidationError) {
        guard let upload = row.upload, let location = keys.location(of: upload.objectKey), !location.isUpload,
            location.video == row.id
        else { return nil }
        let isReplacement = row.replacement != nil
        guard let byteSize = isReplacement ? upload.byteSize : row.byteSize,
            let contentType = isReplacement ? upload.contentType : row.contentType
        else { return nil }
        self.row = row
        attempt = location.attempt
        self.isReplacement = isReplacement
        self.byteSize = byteSize
        self.contentType = contentType
        plan = try upload.partSize.map { size throws(R2ValidationError) in
            try PartPlan(totalLength: byteSize, partLength: size)
        }
        uploadID = try upload.id.map { id throws(R2ValidationError) in try UploadID(id) }
        file = try keys.file(of: row.id, attempt: location.attempt)
        uploadKey = try keys.upload(of: row.id, attempt: location.attempt)
    }

    /// A Boolean value that indicates whether all bytes were there and the upload only waits for its verification.
    var isVerifying: Bool { row.state == .verifying }

    /// Returns a Boolean value that indicates whether the upload is too late.
    func isOverdue(at now: Date) -> Bool { !isVerifying && row.uploadExpiresAt.map { $0 <= now } ?? false }

    /// Returns the parts of the plan that a list of parts doesn't contain in their full length.
    func missingParts(in parts: [ListParts.Part]) -> [PartPlan.Part] {
        guard let plan else { return [] }
        let sizes = Dictionary(parts.map { ($0.number, $0.size) }) { _, last in last }
        return plan.parts.filter { sizes[$0.number] != $0.length }
    }
}

/// The upload of a row that a call concerns.
enum UploadTarget {
    /// The upload is under way.
    case current(RowUpload)
    /// The upload is under way, but its time is over.
    case overdue(RowUpload)
    /// The video can be played, and this upload brought its file.
    case finished
    /// The file of this upload can't be played.
    case failed(VideoFailure)
    /// Housekeeping ended the upload.
    case expired
    /// The video has another upload by now, or this one was canceled.
    case superseded
}

extension VideoUploads {
    /// Returns the upload that a call concerns.
    ///
    /// - Parameters:
    ///   - row: The live row of the video.
    ///   - attempt: The upload that the caller named, or `nil` for the latest.
    /// - Returns: The upload and its state.
    /// - Throws: A ``VideoDeliveryError`` with the code `invalidState` if another program uploads the video.
    func target(in row: Video, attempt: UUID?) throws -> UploadTarget {
        if let upload = try RowUpload(row, keys: keys), attempt == nil || upload.attempt == attempt {
            switch row.state {
            case .pendingUpload, .uploading, .verifying, .ready:
                return upload.isOverdue(at: clock()) ? .overdue(upload) : .current(upload)
            case .failed(let reason):
                if upload.isReplacement { return upload.isOverdue(at: clock()) ? .overdue(upload) : .current(upload) }
                return .failed(VideoFailure(rawValue: reason))
            case .expired: return .expired
            }
        }
        let isFileOfRow = keys.location(of: row.objectKey).map { !$0.isUpload && $0.attempt == attempt } ?? false
        guard attempt == nil || isFileOfRow else {
            if let note = AttemptNote(row.metadata[UploadMetadata.failure]), note.attempt == attempt {
                return .failed(VideoFailure(rawValue: note.text))
            }
            if let attempt, let failure = try failure(ofFirst: attempt, in: row) { return .failed(failure) }
            return .superseded
        }
        switch row.state {
        case .ready: return .finished
        case .failed(let reason): return .failed(VideoFailure(rawValue: reason))
        case .expired: return .expired
        case .pendingUpload, .uploading, .verifying:
            throw VideoDeliveryError(
                .invalidState,
                "Invalid state: the upload of the video \(row.id) wasn't begun with these options. "
                    + "Use the key prefix that it was begun with, or finish it where it was begun.",
                video: row.id)
        }
    }

    /// Returns the reason why the first upload of a video failed, if its row has no room for a note.
    ///
    /// Without a replacement, the only file that the row can have replaced is that of the first upload.
    private func failure(ofFirst attempt: UUID, in row: Video) throws(R2ValidationError) -> VideoFailure? {
        guard case .failed(let reason) = row.state, row.metadata[UploadMetadata.failure] == nil,
            row.metadata[UploadMetadata.replacement] == nil
        else { return nil }
        let file = try keys.file(of: row.id, attempt: attempt).rawValue
        guard row.replacedKeys.contains(where: { $0.utf8.elementsEqual(file.utf8) }) else { return nil }
        return VideoFailure(rawValue: reason)
    }
}
#endif
