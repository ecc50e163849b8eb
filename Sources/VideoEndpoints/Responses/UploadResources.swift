#if Delivery
internal import R2Kit
internal import VideoCatalog
internal import VideoDelivery

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// An upload as its client needs to know it.
struct UploadResource: Encodable {
    let video: Video.ID
    let attempt: String
    let contentType: String
    let byteSize: Int64
    let phase: UploadPhase
    let request: PresignedRequest?
    let partSize: Int64?
    let partCount: Int?
    let parts: [UploadPartRequest]
    let receivedParts: [ReceivedPart]
    let expiresAt: Date?

    init(_ upload: UploadAttempt) {
        video = upload.video
        attempt = upload.attempt.uuidString.lowercased()
        contentType = upload.contentType
        byteSize = upload.byteSize
        phase = upload.phase
        request = upload.request
        partSize = upload.partSize
        partCount = upload.partCount
        parts = upload.parts
        receivedParts = upload.receivedParts
        expiresAt = upload.expiresAt
    }
}

/// The signed requests for parts.
struct PartsResource: Encodable {
    let parts: [UploadPartRequest]
}

/// The result of a cancellation.
struct CancellationResource: Encodable {
    /// `false` if the whole file had arrived.
    let canceled: Bool
    /// The video that was kept.
    let video: VideoResource?

    init(_ cancellation: UploadCancellation) {
        switch cancellation {
        case .canceled: (canceled, video) = (true, nil)
        case .kept(let row): (canceled, video) = (false, VideoResource(row))
        }
    }
}

/// The state of an upload.
struct UploadStatusResource: Encodable {
    struct MissingPart: Encodable {
        let number: Int
        let offset: Int64
        let length: Int64
    }

    let video: VideoResource
    let attempt: String?
    let isReplacement: Bool
    let phase: UploadPhase
    let failure: String?
    let byteSize: Int64?
    let receivedBytes: Int64
    let receivedParts: [ReceivedPart]
    let missingParts: [MissingPart]
    let expiresAt: Date?
    /// The server's date, for a client whose own clock may be wrong.
    let serverTime: Date
    let findings: [UploadFinding]

    init(_ status: UploadStatus, at now: Date, findings: [UploadFinding]) {
        video = VideoResource(status.video)
        attempt = status.attempt?.uuidString.lowercased()
        isReplacement = status.isReplacement
        phase = status.phase
        failure = status.failure?.rawValue
        byteSize = status.byteSize
        receivedBytes = status.receivedBytes
        receivedParts = status.receivedParts
        missingParts = status.missingParts.map {
            MissingPart(number: $0.number, offset: $0.offset, length: $0.length)
        }
        expiresAt = status.expiresAt
        serverTime = now
        self.findings = findings
    }
}

/// A fact that can explain why a browser's request failed.
struct UploadFinding: Encodable, Equatable {
    let code: String
    let detail: String

    init(_ code: String, _ detail: String) {
        self.code = code
        self.detail = detail
    }
}
#endif
