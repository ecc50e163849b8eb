internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A signer of URLs that let a client upload to, play from or delete in a bucket.
///
/// The client needs no credentials, and no video passes through your server.
///
/// ```swift
/// let presigner = R2Presigner(try R2Config())
/// let key = try ObjectKey("videos/lecture-1.mp4")
/// let constraints = UploadConstraints(contentType: "video/mp4", contentLength: 52_428_800)
/// let upload = try presigner.presignUpload(to: key, constraints: constraints)
/// let playback = try presigner.presignPlayback(of: key, downloadFilename: "Lecture 1.mp4")
/// ```
///
/// Signing needs no network and takes about a microsecond. Every method checks its arguments, and throws before signing
/// if one isn't valid. Nothing is clamped. Any number of tasks can share one presigner.
public struct R2Presigner: Sendable {
    /// The endpoint, credentials, bucket and default lifetimes of the URLs.
    public let config: R2Config
    let moments: SigningMomentCache

    /// The lifetimes that a URL can have: whole seconds from one second to seven days.
    public static let lifetimeRange: ClosedRange<Duration> =
        .seconds(URLLifetime.seconds.lowerBound) ... .seconds(URLLifetime.seconds.upperBound)

    /// Creates a presigner for a bucket.
    /// - Parameter config: The endpoint, credentials, bucket and default lifetimes of the URLs.
    public init(_ config: R2Config) {
        self.config = config
        moments = SigningMomentCache(PresignTarget(config))
    }

    // MARK: Upload

    /// Presigns a PUT of a whole object.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - constraints: Conditions that the upload must meet. What isn't set isn't limited.
    ///   - lifetime: How long the client can start an upload, or `nil` for the configuration's default.
    ///   - date: The date of signing.
    /// - Returns: The request. The client must send all of its headers.
    /// - Throws: ``R2ValidationError`` if R2 would reject the constraints, the lifetime is outside ``lifetimeRange``,
    ///   or the URL would outlive its credentials.
    public func presignUpload(
        to key: ObjectKey, constraints: UploadConstraints = UploadConstraints(),
        expiresIn lifetime: Duration? = nil, at date: Date = Date()
    ) throws(R2ValidationError) -> PresignedRequest {
        let headers = try constraints.signedHeaders()
        let session = try session(lifetime, default: config.uploadSeconds, at: date)
        return session.sign(.put, key, parameters: [], headers)
    }

    /// Presigns a PUT of one part of a multipart upload.
    /// - Parameters:
    ///   - number: The part's number, from 1 to 10,000.
    ///   - uploadID: The upload's ID, from the response of ``CreateMultipartUpload``.
    ///   - key: The object's key, the same as when the upload was created.
    ///   - constraints: The part's exact size and its checksum.
    ///   - lifetime: How long the client can start the part's upload, or `nil` for the configuration's default.
    ///   - date: The date of signing.
    /// - Returns: The request. Its response's `ETag` is needed to complete the upload.
    /// - Throws: ``R2ValidationError`` if R2 would reject the number or the constraints, the lifetime is outside
    ///   ``lifetimeRange``, or the URL would outlive its credentials.
    public func presignPart(
        _ number: Int, of uploadID: UploadID, key: ObjectKey, constraints: PartConstraints = PartConstraints(),
        expiresIn lifetime: Duration? = nil, at date: Date = Date()
    ) throws(R2ValidationError) -> PresignedRequest {
        let session = try session(lifetime, default: config.uploadSeconds, at: date)
        return try session.signPart(number, of: uploadID, key: key, constraints)
    }

    /// Presigns PUTs of several parts of a plan, all with the same date.
    ///
    /// Sign as many as the client will start within their lifetime, and the next ones later.
    /// - Parameters:
    ///   - parts: Parts of a ``PartPlan``. Each URL accepts exactly that part's size.
    ///   - uploadID: The upload's ID, from the response of ``CreateMultipartUpload``.
    ///   - key: The object's key, the same as when the upload was created.
    ///   - lifetime: How long the client can start the uploads, or `nil` for the configuration's default.
    ///   - date: The date of signing.
    /// - Returns: The requests, in the order of the parts.
    /// - Throws: ``R2ValidationError`` if the lifetime is outside ``lifetimeRange``, or a URL would outlive its
    ///   credentials.
    public func presignParts(
        _ parts: some Sequence<PartPlan.Part>, of uploadID: UploadID, key: ObjectKey,
        expiresIn lifetime: Duration? = nil, at date: Date = Date()
    ) throws(R2ValidationError) -> [PresignedRequest] {
        let session = try session(lifetime, default: config.uploadSeconds, at: date)
        var requests: [PresignedRequest] = []
        requests.reserveCapacity(parts.underestimatedCount)
        for part in parts {
            let constraints = PartConstraints(contentLength: part.length)
            requests.append(try session.signPart(part.number, of: uploadID, key: key, constraints))
        }
        return requests
    }

    // MARK: Playback

    /// Presigns a GET of an object.
    ///
    /// The client can request byte ranges: `Range` isn't signed.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - overrides: Response headers that replace those stored with the object.
    ///   - lifetime: How long the URL is valid, or `nil` for the configuration's default. A player requests ranges as
    ///     long as it plays: allow for the video's duration and pauses.
    ///   - window: A span of time within which the same call returns the same URL.
    ///   - date: The date of signing.
    /// - Returns: The request.
    /// - Throws: ``R2ValidationError`` if an override isn't a header value, the lifetime is outside ``lifetimeRange``,
    ///   or the URL would outlive its credentials.
    public func presignPlayback(
        of key: ObjectKey, overrides: ResponseOverrides = .none, expiresIn lifetime: Duration? = nil,
        stableWithin window: SigningWindow? = nil, at date: Date = Date()
    ) throws(R2ValidationError) -> PresignedRequest {
        let parameters = try overrides.parameters()
        let session = try session(lifetime, default: config.playbackSeconds, stableWithin: window, at: date)
        return session.sign(.get, key, parameters: parameters, .none)
    }

    /// Presigns a GET of an object that browsers save under a filename.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - filename: The filename, in any script, or `nil` for none.
    ///   - lifetime: How long the URL is valid, or `nil` for the configuration's default.
    ///   - window: A span of time within which the same call returns the same URL.
    ///   - date: The date of signing.
    /// - Returns: The request.
    /// - Throws: ``R2ValidationError`` if the filename is empty, the lifetime is outside ``lifetimeRange``, or the URL
    ///   would outlive its credentials.
    public func presignPlayback(
        of key: ObjectKey, downloadFilename filename: String?, expiresIn lifetime: Duration? = nil,
        stableWithin window: SigningWindow? = nil, at date: Date = Date()
    ) throws(R2ValidationError) -> PresignedRequest {
        var overrides = ResponseOverrides.none
        if let filename { overrides.contentDisposition = try ContentDisposition.attachment(filename: filename) }
        return try presignPlayback(
            of: key, overrides: overrides, expiresIn: lifetime, stableWithin: window, at: date)
    }

    // MARK: Other methods

    /// Presigns a HEAD of an object, which returns its size, type, ETag and metadata.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - lifetime: How long the URL is valid, or `nil` for the configuration's default for playback.
    ///   - date: The date of signing.
    /// - Returns: The request.
    /// - Throws: ``R2ValidationError`` if the lifetime is outside ``lifetimeRange``, or the URL would outlive its
    ///   credentials.
    public func presignHead(
        of key: ObjectKey, expiresIn lifetime: Duration? = nil, at date: Date = Date()
    ) throws(R2ValidationError) -> PresignedRequest {
        let session = try session(lifetime, default: config.playbackSeconds, at: date)
        return session.sign(.head, key, parameters: [], .none)
    }

    /// Presigns a DELETE of an object.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - lifetime: How long the URL is valid, or `nil` for the configuration's default for uploads.
    ///   - date: The date of signing.
    /// - Returns: The request.
    /// - Throws: ``R2ValidationError`` if the lifetime is outside ``lifetimeRange``, or the URL would outlive its
    ///   credentials.
    public func presignDelete(
        of key: ObjectKey, expiresIn lifetime: Duration? = nil, at date: Date = Date()
    ) throws(R2ValidationError) -> PresignedRequest {
        let session = try session(lifetime, default: config.uploadSeconds, at: date)
        return session.sign(.delete, key, parameters: [], .none)
    }
}

extension R2Presigner: CustomStringConvertible, CustomReflectable {
    /// The configuration, without its secrets.
    public var description: String { "R2Presigner(\(config))" }
    /// A mirror with the configuration alone.
    public var customMirror: Mirror { Mirror(self, children: ["config": config]) }
}
