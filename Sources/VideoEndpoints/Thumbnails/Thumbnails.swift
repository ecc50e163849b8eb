#if Delivery
internal import R2Kit
internal import VideoCatalog
internal import VideoDelivery

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The keys and URLs of thumbnails.
///
/// A thumbnail is in the folder of the file that it shows, so that it goes when the file is replaced or the video is
/// purged: `videos/VIDEO/ATTEMPT/thumbnails/ID`.
struct Thumbnails: Sendable {
    let presigner: R2Presigner
    let keys: VideoKeys

    /// The time in which a client must start to send a thumbnail.
    static let uploadLifetime = Duration.seconds(900)

    /// Returns the key of a thumbnail of a video's present file.
    func key(_ thumbnail: UUID, of video: Video) throws(R2ValidationError) -> ObjectKey {
        try ObjectKey(prefix(of: video) + thumbnail.uuidString.lowercased())
    }

    /// Returns a Boolean value that indicates whether a key is one that ``key(_:of:)`` has returned for the video's
    /// present file.
    func owns(_ key: String, of video: Video) -> Bool { key.utf8.starts(with: prefix(of: video).utf8) }

    /// Returns the prefix of all thumbnails of a video's present file.
    ///
    /// It is in the file's folder. If your app keeps the file elsewhere, it is in the video's folder.
    func prefix(of video: Video) -> String {
        (keys.folder(of: video.objectKey, in: video.id) ?? keys.prefix(of: video.id)) + "thumbnails/"
    }

    /// Signs the request that stores a thumbnail: exactly this size and type, and only once.
    func upload(
        to key: ObjectKey, _ format: ThumbnailFormat, byteSize: Int64, at now: Date
    ) throws(R2ValidationError) -> PresignedRequest {
        let constraints = UploadConstraints(
            contentType: format.rawValue, contentLength: byteSize, precondition: .ifAbsent)
        return try presigner.presignUpload(
            to: key, constraints: constraints, expiresIn: Self.uploadLifetime, at: now)
    }

    /// Returns a URL for the thumbnail of a video, or `nil` without one.
    ///
    /// The URL stays the same for an hour, so that browsers keep the picture. If it can't be signed, a list of videos
    /// without pictures is better than none.
    func url(of video: Video, at now: Date) -> String? {
        guard let key = video.thumbnailKey.flatMap({ try? ObjectKey($0) }) else { return nil }
        return try? presigner.presignPlayback(of: key, expiresIn: .seconds(3600), stableWithin: .hour, at: now).url
    }
}

/// The body of a request to store a thumbnail.
struct ThumbnailRequest: Decodable {
    let contentType: String
    let byteSize: WholeNumber
}

/// The signed request for a thumbnail.
struct ThumbnailResource: Encodable {
    /// The identifier to complete the thumbnail with.
    let thumbnail: String
    let request: PresignedRequest
}

/// The body of a request to use a thumbnail that was sent.
struct ThumbnailCompletion: Decodable {
    let thumbnail: AttemptID
}
#endif
