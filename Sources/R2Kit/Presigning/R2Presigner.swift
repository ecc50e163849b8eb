internal import HTTPTypes
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

extension R2Presigner {
    /// The signing state and the expiry that one call's URLs share.
    struct Session {
        let moment: PresignMoment
        let lifetime: Int
        let expiresAt: Date
    }

    /// Checks the times, and returns the signing state of the date's second, or of its window's start.
    func session(
        _ lifetime: Duration?, default defaultSeconds: Int, stableWithin window: SigningWindow? = nil, at date: Date
    ) throws(R2ValidationError) -> Session {
        var seconds = defaultSeconds
        if let lifetime { seconds = try URLLifetime.seconds(lifetime) }
        var second = try SigningDate.seconds(of: date)
        if let window {
            second -= second % Int64(window.seconds)
            seconds += window.seconds
            guard seconds <= URLLifetime.seconds.upperBound else {
                throw R2ValidationError(
                    .invalidLifetime,
                    "Invalid lifetime: together with the signing window it's \(seconds) seconds. "
                        + "Expected at most \(URLLifetime.seconds.upperBound) (seven days).")
            }
        }
        let expiresAt = Date(timeIntervalSince1970: Double(second + Int64(seconds)))
        if let end = config.credentials.expiresAt, expiresAt > end {
            throw R2ValidationError(
                .outlivesCredentials,
                "The URL would outlive its credentials: it would be valid until \(expiresAt.formatted(.iso8601)), but "
                    + "they expire at \(end.formatted(.iso8601)). Use a shorter lifetime or new credentials.")
        }
        return Session(moment: try moments.moment(at: second), lifetime: seconds, expiresAt: expiresAt)
    }
}

extension R2Presigner.Session {
    @inline(__always)
    func sign(
        _ method: PresignMethod, _ key: ObjectKey, parameters: [SignableRequest.Parameter],
        _ headers: PresignHeaders
    ) -> PresignedRequest {
        let url = moment.url(
            method: method.name, key: key.rawValue, lifetime: lifetime, parameters: parameters,
            headers: headers)
        return PresignedRequest(method: method.method, url: url, signedHeaders: headers, expiresAt: expiresAt)
    }
}

/// The methods that R2 supports in presigned URLs.
enum PresignMethod {
    case get, head, put, delete

    /// The name, as it is signed.
    @inline(__always)
    var name: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .put: "PUT"
        case .delete: "DELETE"
        }
    }

    /// The method as a value of HTTPTypes.
    @inline(__always)
    var method: HTTPRequest.Method {
        switch self {
        case .get: .get
        case .head: .head
        case .put: .put
        case .delete: .delete
        }
    }
}

extension R2Presigner: CustomStringConvertible, CustomReflectable {
    /// The configuration, without its secrets.
    public var description: String { "R2Presigner(\(config))" }
    /// A mirror with the configuration alone.
    public var customMirror: Mirror { Mirror(self, children: ["config": config]) }
}
