internal import HTTPTypes
internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The properties that R2 stores with an object.
public struct ObjectProperties: Sendable, Hashable {
    /// The media type, such as `video/mp4`.
    ///
    /// Always set it: R2 doesn't document the type of an object that was stored without one.
    public var contentType: String?
    /// The `Cache-Control` header: how long caches may keep the object.
    public var cacheControl: String?
    /// The `Content-Disposition` header: whether browsers display or download the object.
    public var contentDisposition: ContentDisposition?
    /// The `Content-Encoding` header: how the content is compressed.
    ///
    /// Don't set it on videos, since Cloudflare may then decompress them on delivery.
    public var contentEncoding: String?
    /// The `Content-Language` header, such as `en`.
    public var contentLanguage: String?
    /// The date after which caches must not use the object.
    public var expires: Date?
    /// User metadata, stored as `x-amz-meta-NAME`.
    ///
    /// A name consists of letters, digits, `-`, `_`, and `.`, and is sent in lowercase. A value is printable ASCII, or
    /// empty. All names and values together have at most 8,192 bytes.
    public var userMetadata: [String: String]

    /// Creates properties.
    ///
    /// Those that are `nil` aren't sent.
    /// - Parameters:
    ///   - contentType: The media type.
    ///   - cacheControl: How long caches may keep the object.
    ///   - contentDisposition: Whether browsers display or download the object.
    ///   - contentEncoding: How the content is compressed.
    ///   - contentLanguage: The content's language.
    ///   - expires: The date after which caches must not use the object.
    ///   - userMetadata: User metadata by name.
    public init(
        contentType: String? = nil, cacheControl: String? = nil, contentDisposition: ContentDisposition? = nil,
        contentEncoding: String? = nil, contentLanguage: String? = nil, expires: Date? = nil,
        userMetadata: [String: String] = [:]
    ) {
        self.contentType = contentType
        self.cacheControl = cacheControl
        self.contentDisposition = contentDisposition
        self.contentEncoding = contentEncoding
        self.contentLanguage = contentLanguage
        self.expires = expires
        self.userMetadata = userMetadata
    }
}

extension ObjectProperties {
    func apply(to headers: inout HTTPFields) throws(R2ValidationError) {
        try Self.set(.contentType, contentType, in: &headers)
        try Self.set(.cacheControl, cacheControl, in: &headers)
        headers[.contentDisposition] = contentDisposition?.headerValue
        if let contentEncoding {
            let codings = contentEncoding.lowercased().split(separator: ",").map { $0.filter { $0 != " " } }
            guard !codings.contains("aws-chunked") else {
                throw R2ValidationError(
                    .invalidHeaderValue, "Unsupported content encoding: R2 doesn't accept aws-chunked bodies.")
            }
        }
        try Self.set(.contentEncoding, contentEncoding, in: &headers)
        try Self.set(.contentLanguage, contentLanguage, in: &headers)
        if let expires {
            guard let text = HTTPDate.format(expires) else {
                throw R2ValidationError(
                    .invalidTime, "Invalid expires date: expected a date in the years 0 to 9999.")
            }
            headers[.expires] = text
        }
        var sorted = SortedHeaders()
        try sorted.append(metadata: userMetadata)
        for header in sorted.presignHeaders.list { headers[named: header.name] = header.value }
    }

    private static func set(
        _ name: HTTPField.Name, _ value: String?, in headers: inout HTTPFields
    ) throws(R2ValidationError) {
        if let value { try HeaderRules.check(value, for: name.canonicalName) }
        headers[name] = value
    }
}
