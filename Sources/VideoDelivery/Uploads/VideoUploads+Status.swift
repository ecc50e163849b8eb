#if Delivery
internal import R2Kit
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension VideoUploads {
    /// Returns the state of an upload, in the catalog and at R2.
    ///
    /// R2 is asked only if the upload is under way.
    ///
    /// - Parameters:
    ///   - video: The video.
    ///   - attempt: The upload, or `nil` for the video's latest.
    ///   - user: The user who calls.
    /// - Returns: The state.
    /// - Throws: A ``VideoDeliveryError`` with the code `notFound`, `uploadCanceled`, `superseded` or `invalidState`.
    ///   The errors of R2 and of the catalog.
    public func status(
        of video: Video.ID, attempt: UUID? = nil, by user: UserID
    ) async throws -> UploadStatus {
        try await telemetry.measure("status", of: video) {
            let row = try await managedRow(video, user)
            switch try target(in: row, attempt: attempt) {
            case .current(let upload): return try await status(of: upload, isOverdue: false)
            case .overdue(let upload): return try await status(of: upload, isOverdue: true)
            case .finished: return status(of: row, attempt, .ready, receivedBytes: row.byteSize ?? 0)
            case .failed(let failure): return status(of: row, attempt, .failed, failure)
            case .expired: return status(of: row, attempt, .expired)
            case .superseded: throw VideoDeliveryError.superseded(video)
            }
        }
    }

    private func status(of upload: RowUpload, isOverdue: Bool) async throws -> UploadStatus {
        var parts: [ListParts.Part] = []
        var missing: [PartPlan.Part] = []
        var received: Int64 = 0
        var hasArrived = false
        switch try await arrival(of: upload) {
        case .closed: throw VideoDeliveryError.canceled(upload.row.id)
        case .nothing: missing = upload.missingParts(in: [])
        case .uploaded(let object), .file(let object):
            received = object.contentLength
            hasArrived = true
        case .parts(let found):
            parts = found
            missing = upload.missingParts(in: found)
            received = found.reduce(0) { $0 + $1.size }
            hasArrived = missing.isEmpty
        }
        let phase: UploadPhase =
            upload.isVerifying ? .verifying : isOverdue ? .expired : hasArrived ? .arrived : .waiting
        return UploadStatus(
            video: upload.row, attempt: upload.attempt, isReplacement: upload.isReplacement, phase: phase,
            failure: nil, byteSize: upload.byteSize, receivedBytes: received,
            receivedParts: parts.map(ReceivedPart.init), missingParts: missing,
            expiresAt: upload.isVerifying ? nil : upload.row.uploadExpiresAt)
    }

    private func status(
        of row: Video, _ attempt: UUID?, _ phase: UploadPhase, _ failure: VideoFailure? = nil,
        receivedBytes: Int64 = 0
    ) -> UploadStatus {
        UploadStatus(
            video: row, attempt: attempt ?? keys.location(of: row.objectKey)?.attempt, isReplacement: false,
            phase: phase, failure: failure, byteSize: row.byteSize, receivedBytes: receivedBytes, receivedParts: [],
            missingParts: [], expiresAt: nil)
    }
}
#endif
