internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension R2Presigner {
    /// Presigns GETs of many objects, such as the segments of a stream, all with the same date.
    ///
    /// All results are in memory at once. To use them one after the other, pass `keys.lazy`.
    /// - Parameters:
    ///   - keys: The objects' keys.
    ///   - overrides: Response headers that replace those stored with the objects.
    ///   - lifetime: How long the URLs are valid, or `nil` for the configuration's default.
    ///   - window: A span of time within which the same call returns the same URLs.
    ///   - date: The date of signing.
    /// - Returns: The requests, in the order of the keys.
    /// - Throws: ``R2ValidationError`` if an override isn't a header value, the lifetime is outside ``lifetimeRange``,
    ///   or the URLs would outlive their credentials.
    public func presignPlayback(
        of keys: some Sequence<ObjectKey>, overrides: ResponseOverrides = .none,
        expiresIn lifetime: Duration? = nil, stableWithin window: SigningWindow? = nil, at date: Date = Date()
    ) throws(R2ValidationError) -> [PresignedRequest] {
        let parameters = try overrides.parameters()
        let session = try session(lifetime, default: config.playbackSeconds, stableWithin: window, at: date)
        return keys.map { session.sign(.get, $0, parameters: parameters, .none) }
    }

    /// Presigns GETs of many objects one after the other, each when it's needed, all with the same date.
    ///
    /// It hashes and writes as single URLs do, and keeps no results in memory:
    ///
    /// ```swift
    /// for segment in try presigner.presignPlayback(of: keys.lazy, expiresIn: .seconds(21_600)) {
    ///     lines.append("#EXTINF:6,\n\(segment.url)\n")
    /// }
    /// ```
    ///
    /// Everything is checked before the call returns. Iterating again signs the same URLs again.
    /// - Parameters:
    ///   - keys: The objects' keys, as a lazy sequence.
    ///   - overrides: Response headers that replace those stored with the objects.
    ///   - lifetime: How long the URLs are valid, counted from `date`, or `nil` for the configuration's default.
    ///   - window: A span of time within which the same call returns the same URLs.
    ///   - date: The date of signing.
    /// - Returns: The requests, in the order of the keys.
    /// - Throws: ``R2ValidationError`` if an override isn't a header value, the lifetime is outside ``lifetimeRange``,
    ///   or the URLs would outlive their credentials.
    public func presignPlayback<Keys: LazySequenceProtocol>(
        of keys: Keys, overrides: ResponseOverrides = .none, expiresIn lifetime: Duration? = nil,
        stableWithin window: SigningWindow? = nil, at date: Date = Date()
    ) throws(R2ValidationError) -> LazyMapSequence<Keys.Elements, PresignedRequest> where Keys.Element == ObjectKey {
        let parameters = try overrides.parameters()
        let session = try session(lifetime, default: config.playbackSeconds, stableWithin: window, at: date)
        return keys.map { session.sign(.get, $0, parameters: parameters, .none) }
    }

    /// Presigns a GET of an object, and appends the URL to an array of bytes, such as the text of a playlist or a JSON
    /// response.
    ///
    /// A URL consists of letters, digits and `-._~:/?=&%`, so that JSON needs no escapes for it. To sign several with
    /// the same date, pass the date.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - bytes: The array that the URL is appended to. It's unchanged if the method throws.
    ///   - overrides: Response headers that replace those stored with the object.
    ///   - lifetime: How long the URL is valid, or `nil` for the configuration's default.
    ///   - window: A span of time within which the same call appends the same URL.
    ///   - date: The date of signing.
    /// - Returns: The date at which the URL stops being valid.
    /// - Throws: ``R2ValidationError`` if an override isn't a header value, the lifetime is outside ``lifetimeRange``,
    ///   or the URL would outlive its credentials.
    @discardableResult
    public func presignPlayback(
        of key: ObjectKey, appendingTo bytes: inout [UInt8], overrides: ResponseOverrides = .none,
        expiresIn lifetime: Duration? = nil, stableWithin window: SigningWindow? = nil, at date: Date = Date()
    ) throws(R2ValidationError) -> Date {
        let parameters = try overrides.parameters()
        let session = try session(lifetime, default: config.playbackSeconds, stableWithin: window, at: date)
        session.moment.appendURL(
            to: &bytes, method: PresignMethod.get.name, key: key.rawValue, lifetime: session.lifetime,
            parameters: parameters)
        return session.expiresAt
    }
}
