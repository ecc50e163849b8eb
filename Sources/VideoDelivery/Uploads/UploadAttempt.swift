#if Delivery
public import R2Kit
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An upload as its client needs to know it: the requests to send, and the parts that R2 already has.
///
/// Encode it to send it to the one client that it is for.
public struct UploadAttempt: Sendable, Hashable, Codable {
    /// The video.
    public let video: Video.ID
    /// The identifier of this upload among all uploads of the video.
    ///
    /// Pass it to every later call that concerns this upload.
    public let attempt: UUID
    /// The media type of the video, as R2 stores it.
    public let contentType: String
    /// The size of the file, in bytes.
    public let byteSize: Int64
    /// The progress of the upload.
    public let phase: UploadPhase
    /// The request that sends the whole file, for an upload in one request.
    ///
    /// R2 accepts it once. If it responds with status 412, the file has arrived: complete the upload.
    public let request: PresignedRequest?
    /// The size of every part but the last, in bytes, or `nil` for an upload in one request.
    public let partSize: Int64?
    /// The number of parts, or `nil` for an upload in one request.
    public let partCount: Int?
    /// The requests that send the next parts, in order.
    public let parts: [UploadPartRequest]
    /// The parts that R2 has, in order.
    public let receivedParts: [ReceivedPart]
    /// The date by which the upload must be completed, or `nil` if nothing is awaited.
    ///
    /// Signing more parts extends it.
    public let expiresAt: Date?
}

/// A part of a file and the request that sends it.
public struct UploadPartRequest: Sendable, Hashable, Codable {
    /// The part number, from 1.
    public let number: Int
    /// The position of the part's first byte in the file.
    public let offset: Int64
    /// The length of the part, in bytes.
    public let length: Int64
    /// The request, whose body is exactly these bytes.
    public let request: PresignedRequest
}

/// A part that R2 has.
public struct ReceivedPart: Sendable, Hashable, Codable {
    /// The part number, from 1.
    public let number: Int
    /// The length of the part, in bytes.
    public let length: Int64
}

/// The progress of an upload.
public enum UploadPhase: String, Sendable, Hashable, Codable {
    /// R2 waits for the file or for parts of it.
    case waiting
    /// All bytes are there.
    ///
    /// Complete the upload.
    case arrived
    /// The file is being verified.
    ///
    /// Complete the upload, which continues the verification.
    case verifying
    /// The video can be played.
    case ready
    /// The file can't be played.
    case failed
    /// The upload didn't arrive in time.
    case expired
}

/// The state of an upload, in the catalog and at R2.
public struct UploadStatus: Sendable, Hashable {
    /// The row of the video.
    public let video: Video
    /// The identifier of this upload among all uploads of the video, or `nil` if ``VideoUploads`` didn't make it.
    public let attempt: UUID?
    /// A Boolean value that indicates whether the upload replaces the file of a video.
    public let isReplacement: Bool
    /// The progress.
    public let phase: UploadPhase
    /// The reason of the phase ``UploadPhase/failed``.
    public let failure: VideoFailure?
    /// The size of the file, in bytes.
    public let byteSize: Int64?
    /// The number of bytes that R2 has.
    public let receivedBytes: Int64
    /// The parts that R2 has, in order.
    public let receivedParts: [ReceivedPart]
    /// The parts that are missing, in order.
    public let missingParts: [PartPlan.Part]
    /// The date by which the upload must be completed, or `nil` if nothing is awaited.
    public let expiresAt: Date?
}

/// The result of canceling an upload.
public enum UploadCancellation: Sendable, Hashable {
    /// The upload is canceled, and its URLs no longer store anything.
    ///
    /// The video of a first upload is deleted. A video whose file was being replaced keeps its file.
    case canceled
    /// The upload wasn't canceled, because the whole file has arrived.
    ///
    /// Clients cancel after every error, also when only the response of a completion was lost. To remove the video
    /// anyway, delete it.
    case kept(Video)
}
#endif
