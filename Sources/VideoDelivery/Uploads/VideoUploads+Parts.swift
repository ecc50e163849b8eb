#if Delivery
internal import R2Kit
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension VideoUploads {
    /// Signs requests for parts of an upload: the next ones, or those whose URLs expired.
    ///
    /// R2 isn't asked which parts it has. A client that doesn't know calls ``status(of:attempt:by:)`` before.
    ///
    /// - Parameters:
    ///   - numbers: The part numbers. At most ``VideoDeliveryOptions/partsPerResponse``, unless the transport is
    ///     `background`.
    ///   - video: The video.
    ///   - attempt: The upload, or `nil` for the video's latest.
    ///   - user: The user who calls.
    ///   - transport: The way in which the client sends the file.
    /// - Returns: The requests, in the order of the numbers.
    /// - Throws: A ``VideoDeliveryError`` with the code `notFound`, `invalidArgument` for a number that the upload
    ///   doesn't have, `invalidState` for an upload in one request or one that has arrived, `uploadLost`,
    ///   `uploadCanceled`, `uploadExpired`, `verificationFailed` or `superseded`. The errors of the presigner and of
    ///   the catalog.
    public func parts(
        _ numbers: [Int], of video: Video.ID, attempt: UUID? = nil, by user: UserID,
        transport: UploadTransport = .foreground
    ) async throws -> [UploadPartRequest] {
        try await telemetry.measure("parts", of: video) {
            try await retryingConflicts(on: video) {
                let upload = try openUpload(of: try await managedRow(video, user), attempt: attempt)
                guard let plan = upload.plan, !upload.isVerifying else {
                    throw VideoDeliveryError(
                        .invalidState,
                        upload.isVerifying
                            ? "Invalid state: all parts of the video \(video) have arrived. Complete the upload."
                            : "Invalid state: the file of the video \(video) is sent in one request, not in parts. "
                                + "Begin again with the same token for a new request.",
                        video: video)
                }
                guard let id = upload.uploadID else { throw VideoDeliveryError.lost(video) }
                guard transport == .background || numbers.count <= options.partsPerResponse,
                    numbers.allSatisfy({ (1...plan.count).contains($0) }), Set(numbers).count == numbers.count
                else {
                    throw VideoDeliveryError(
                        .invalidArgument,
                        "Invalid part numbers: expected at most \(options.partsPerResponse) different numbers from 1 to "
                            + "\(plan.count).",
                        video: video)
                }
                let parts = try numbers.map { try plan.part($0) }
                let requests = try signParts(parts, of: id, key: upload.file, transport, at: clock())
                if let end = requests.first?.request.expiresAt { _ = try await extend(upload, until: end) }
                return requests
            }
        }
    }

    /// Returns the upload that a call concerns, which must be under way.
    func openUpload(of row: Video, attempt: UUID?) throws -> RowUpload {
        switch try target(in: row, attempt: attempt) {
        case .current(let upload): return upload
        case .overdue, .expired: throw VideoDeliveryError.expired(row.id)
        case .failed(let failure): throw VideoDeliveryError.failed(row.id, failure)
        case .superseded: throw VideoDeliveryError.superseded(row.id)
        case .finished:
            throw VideoDeliveryError(
                .invalidState, "Invalid state: the video \(row.id) is ready, and no upload is under way.",
                video: row.id)
        }
    }
}
#endif
