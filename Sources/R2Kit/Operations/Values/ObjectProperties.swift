internal import HTTPTypes
internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What is kept with an object besides its content.
public struct ObjectProperties: Sendable, Hashable {
    /// The media type, such as `video/mp4`.
    ///
    /// Set it: what R2 makes of an object without one is not documented.
    public var contentType: String?
    /// How long caches may keep the object.
    public var cacheControl: String?
    /// What browsers do with the object.
    public var contentDisposition: ContentDisposition?
    /// How the content is compressed.
    ///
    /// Never set it on videos: Cloudflare may then decompress them on the way.
    public var contentEncoding: String?
    /// The content's language, such as `en`.
    public var contentLanguage: String?
    /// When caches must forget the object.
    public var expires: Date?
    /// User metadata, kept as `x-amz-meta-NAME`.
    ///
    /// Names are letters, digits, `-`, `_` and `.`, and are sent in lower case. Values are printable ASCII. Names and
    /// values have at most 8,192 bytes together.
    public var metadata: [String: String]

    /// Combines properties; whatever is left out is not sent.
    public init(
        contentType: String? = nil, cacheControl: String? = nil, contentDisposition: ContentDisposition? = nil,
        contentEncoding: String? = nil, contentLanguage: String? = nil, expires: Date? = nil,
        metadata: [String: String] = [:]
    ) {
        self.contentType = contentType
        self.cacheControl = cacheControl
        self.contentDisposition = contentDisposition
        self.contentEncoding = contentEncoding
        self.contentLanguage = contentLanguage
        self.expires = expires
        self.metadata = metadata
    }
}

extension ObjectProperties {
    func apply(to headers: inout HTTPFields) throws(R2KitError) {
        if let contentType { try HeaderText.check(contentType, for: "content-type") }
        headers[.contentType] = contentType
        if let cacheControl { try HeaderText.check(cacheControl, for: "cache-control") }
        headers[.cacheControl] = cacheControl
        headers[.contentDisposition] = contentDisposition?.headerValue
        if let contentEncoding {
            try HeaderText.check(contentEncoding, for: "content-encoding")
            let codings = contentEncoding.lowercased().split(separator: ",").map { $0.filter { $0 != " " } }
            guard !codings.contains("aws-chunked") else {
                throw R2KitError(.invalidHeaderValue, "R2 does not take aws-chunked bodies: leave content-encoding out")
            }
        }
        headers[.contentEncoding] = contentEncoding
        if let contentLanguage { try HeaderText.check(contentLanguage, for: "content-language") }
        headers[.contentLanguage] = contentLanguage
        if let expires {
            guard let text = HTTPDate.format(expires) else {
                throw R2KitError(.invalidTime, "the instant of expires must lie in the years 0 to 9999")
            }
            headers[.expires] = text
        }
        var sorted = SortedHeaders()
        try sorted.append(metadata: metadata)
        for header in sorted.presignHeaders.list { headers[named: header.name] = header.value }
    }
}
