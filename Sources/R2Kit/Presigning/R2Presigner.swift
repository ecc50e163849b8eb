internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Signs URLs that let a client upload to, play from or delete in a bucket, without the server's credentials and
/// without a byte passing through the server.
///
/// ```swift
/// let presigner = R2Presigner(try R2Config())
/// let key = try ObjectKey("videos/lecture-1.mp4")
/// let upload = try presigner.upload(key, .init(contentType: "video/mp4", contentLength: 52_428_800))
/// let playback = try presigner.playback(key, downloadFilename: "Lecture 1.mp4")
/// ```
///
/// Signing needs no network and takes about a microsecond. What is wrong is refused with a typed error before anything
/// is signed; nothing is clamped. One presigner can be shared by any number of tasks.
public struct R2Presigner: Sendable {
    /// What it signs for.
    public let config: R2Config
    private let moments: MomentCache

    /// Makes a presigner for a bucket.
    public init(_ config: R2Config) {
        self.config = config
        moments = MomentCache(PresignTarget(config))
    }

    // MARK: Upload

    /// A PUT of a whole object.
    /// - Parameters:
    ///   - key: Where the object goes.
    ///   - constraints: What the upload must be: exact length, type, and so on. What is not set is not limited.
    ///   - lifetime: How long the URL may be used to begin an upload; the configuration's if `nil`.
    ///   - instant: When it is signed.
    /// - Returns: The request; the client must send all of its headers.
    /// - Throws: ``R2KitError`` for constraints that R2 would refuse, or a URL that would outlive its credentials.
    public func upload(
        _ key: ObjectKey, _ constraints: UploadConstraints = UploadConstraints(),
        expiresIn lifetime: URLLifetime? = nil, at instant: Date = Date()
    ) throws(R2KitError) -> PresignedRequest {
        let headers = try constraints.signedHeaders()
        let session = try session(lifetime ?? config.uploadURLLifetime, at: instant)
        return session.sign(.put, key, parameters: [], headers)
    }

    /// A PUT of one part of a multipart upload.
    /// - Parameters:
    ///   - number: Which part, from 1 to 10,000.
    ///   - uploadID: The upload's id, as CreateMultipartUpload answered it.
    ///   - key: The object's key, the same as at its creation.
    ///   - constraints: The part's exact length and its checksum.
    ///   - lifetime: How long the URL may be used to begin the part's upload; the configuration's if `nil`.
    ///   - instant: When it is signed.
    /// - Returns: The request; its answer's `ETag` is needed to complete the upload.
    /// - Throws: ``R2KitError`` for a number or constraints that R2 would refuse, or a URL that would outlive its
    ///   credentials.
    public func part(
        _ number: Int, of uploadID: UploadID, key: ObjectKey, _ constraints: PartConstraints = PartConstraints(),
        expiresIn lifetime: URLLifetime? = nil, at instant: Date = Date()
    ) throws(R2KitError) -> PresignedRequest {
        let session = try session(lifetime ?? config.uploadURLLifetime, at: instant)
        return try session.signPart(number, of: uploadID, key: key, constraints)
    }

    /// PUTs of several parts of a plan, all signed at one instant.
    ///
    /// Sign as many as will be begun within their lifetime, and the next ones later.
    /// - Parameters:
    ///   - parts: Parts of a ``PartPlan``; each URL takes exactly that part's length.
    ///   - uploadID: The upload's id, as CreateMultipartUpload answered it.
    ///   - key: The object's key, the same as at its creation.
    ///   - lifetime: How long the URLs may be used to begin an upload; the configuration's if `nil`.
    ///   - instant: When they are signed.
    /// - Returns: The requests, in the order of the parts.
    /// - Throws: ``R2KitError`` for a URL that would outlive its credentials.
    public func parts(
        _ parts: some Sequence<PartPlan.Part>, of uploadID: UploadID, key: ObjectKey,
        expiresIn lifetime: URLLifetime? = nil, at instant: Date = Date()
    ) throws(R2KitError) -> [PresignedRequest] {
        let session = try session(lifetime ?? config.uploadURLLifetime, at: instant)
        var requests: [PresignedRequest] = []
        requests.reserveCapacity(parts.underestimatedCount)
        for part in parts {
            let constraints = PartConstraints(contentLength: part.length)
            requests.append(try session.signPart(part.number, of: uploadID, key: key, constraints))
        }
        return requests
    }

    // MARK: Playback

    /// A GET of an object.
    /// - Parameters:
    ///   - key: The object.
    ///   - overrides: Headers to be answered in place of those kept with the object.
    ///   - lifetime: How long the URL lives; the configuration's if `nil`. A player asks for ranges as long as it
    ///     plays: allow for the video's duration and pauses.
    ///   - window: A span within which the same call gives the same URL.
    ///   - instant: When it is signed.
    /// - Returns: The request. Range requests are allowed: `Range` is not signed.
    /// - Throws: ``R2KitError`` for an override that is no header value, or a URL that would outlive its credentials.
    public func playback(
        _ key: ObjectKey, _ overrides: ResponseOverrides = .none, expiresIn lifetime: URLLifetime? = nil,
        stableWithin window: SigningWindow? = nil, at instant: Date = Date()
    ) throws(R2KitError) -> PresignedRequest {
        let parameters = try overrides.parameters()
        let session = try session(lifetime ?? config.playbackURLLifetime, stableWithin: window, at: instant)
        return session.sign(.get, key, parameters: parameters, .none)
    }

    /// A GET of an object that browsers save under a name.
    /// - Parameters:
    ///   - key: The object.
    ///   - filename: The name, in any script; `nil` for a GET without one.
    ///   - lifetime: How long the URL lives; the configuration's if `nil`.
    ///   - window: A span within which the same call gives the same URL.
    ///   - instant: When it is signed.
    /// - Returns: The request.
    /// - Throws: ``R2KitError`` for an empty name, or a URL that would outlive its credentials.
    public func playback(
        _ key: ObjectKey, downloadFilename filename: String?, expiresIn lifetime: URLLifetime? = nil,
        stableWithin window: SigningWindow? = nil, at instant: Date = Date()
    ) throws(R2KitError) -> PresignedRequest {
        var overrides = ResponseOverrides.none
        if let filename { overrides.contentDisposition = try ContentDisposition.attachment(filename: filename) }
        return try playback(key, overrides, expiresIn: lifetime, stableWithin: window, at: instant)
    }

    /// GETs of many objects, such as the segments of a stream, all signed at one instant.
    /// - Parameters:
    ///   - keys: The objects.
    ///   - overrides: Headers to be answered in place of those kept with the objects.
    ///   - lifetime: How long the URLs live; the configuration's if `nil`.
    ///   - window: A span within which the same call gives the same URLs.
    ///   - instant: When they are signed.
    /// - Returns: The requests, in the order of the keys.
    /// - Throws: ``R2KitError`` for an override that is no header value, or URLs that would outlive their credentials.
    public func playback(
        _ keys: some Sequence<ObjectKey>, _ overrides: ResponseOverrides = .none,
        expiresIn lifetime: URLLifetime? = nil, stableWithin window: SigningWindow? = nil, at instant: Date = Date()
    ) throws(R2KitError) -> [PresignedRequest] {
        let parameters = try overrides.parameters()
        let session = try session(lifetime ?? config.playbackURLLifetime, stableWithin: window, at: instant)
        return keys.map { session.sign(.get, $0, parameters: parameters, .none) }
    }

    // MARK: Other methods

    /// A HEAD of an object: its size, type, ETag and metadata.
    /// - Parameters:
    ///   - key: The object.
    ///   - lifetime: How long the URL lives; the configuration's for playback if `nil`.
    ///   - instant: When it is signed.
    /// - Returns: The request.
    /// - Throws: ``R2KitError`` for a URL that would outlive its credentials.
    public func head(
        _ key: ObjectKey, expiresIn lifetime: URLLifetime? = nil, at instant: Date = Date()
    ) throws(R2KitError) -> PresignedRequest {
        let session = try session(lifetime ?? config.playbackURLLifetime, at: instant)
        return session.sign(.head, key, parameters: [], .none)
    }

    /// A DELETE of an object.
    /// - Parameters:
    ///   - key: The object.
    ///   - lifetime: How long the URL lives; the configuration's for uploads if `nil`.
    ///   - instant: When it is signed.
    /// - Returns: The request.
    /// - Throws: ``R2KitError`` for a URL that would outlive its credentials.
    public func delete(
        _ key: ObjectKey, expiresIn lifetime: URLLifetime? = nil, at instant: Date = Date()
    ) throws(R2KitError) -> PresignedRequest {
        let session = try session(lifetime ?? config.uploadURLLifetime, at: instant)
        return session.sign(.delete, key, parameters: [], .none)
    }

    // MARK: Signing

    /// All that a signing needs besides method, key, parameters and headers.
    struct Session {
        let moment: PresignMoment
        let lifetime: Int
        let expiresAt: Date
    }

    /// Checks the times, and gets the signing state of the instant's second, or of its window's beginning.
    func session(
        _ lifetime: URLLifetime, stableWithin window: SigningWindow? = nil, at instant: Date
    ) throws(R2KitError) -> Session {
        let now = instant.timeIntervalSince1970.rounded(.down)
        guard now >= 0, now <= 253_402_300_799 else {
            throw R2KitError(.invalidTime, "the instant of signing must lie in the years 1970 to 9999")
        }
        var second = Int64(now)
        var seconds = lifetime.seconds
        if let window {
            second -= second % Int64(window.seconds)
            seconds += window.seconds
            guard seconds <= URLLifetime.longest.seconds else {
                throw R2KitError(
                    .invalidLifetime,
                    "lifetime and signing window together are at most 604800 seconds (seven days), not \(seconds)")
            }
        }
        let expiresAt = Date(timeIntervalSince1970: Double(second + Int64(seconds)))
        if let end = config.credentials.expiresAt, expiresAt > end {
            throw R2KitError(
                .outlivesCredentials,
                "the URL would be valid until \(expiresAt.formatted(.iso8601)), but the credentials that sign it end "
                    + "at \(end.formatted(.iso8601)): ask for a shorter lifetime, or take fresh credentials")
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

    func signPart(
        _ number: Int, of uploadID: UploadID, key: ObjectKey, _ constraints: PartConstraints
    ) throws(R2KitError) -> PresignedRequest {
        guard PartPlan.numbers.contains(number) else {
            throw R2KitError(.invalidPartNumber, "parts are numbered from 1 to 10000; there is no part \(number)")
        }
        let parameters = [
            SignableRequest.Parameter("partNumber", String(number)),
            SignableRequest.Parameter("uploadId", uploadID.rawValue),
        ]
        return sign(.put, key, parameters: parameters, try constraints.signedHeaders())
    }
}

extension R2Presigner: CustomStringConvertible, CustomReflectable {
    /// The configuration, without its secrets.
    public var description: String { "R2Presigner(\(config))" }
    /// A mirror with the configuration alone.
    public var customMirror: Mirror { Mirror(self, children: ["config": config]) }
}
