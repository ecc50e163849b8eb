internal import HTTPTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The metadata of an object, from the headers of a response.
public struct ObjectMetadata: Sendable, Hashable {
    /// The object's ETag.
    public let etag: ETag
    /// The length of the response's body, in bytes.
    ///
    /// It is the length of the whole object, unless a range or a part was requested: see ``totalLength``.
    public let contentLength: Int64
    /// The range of the object that the response contains, if it isn't the whole object.
    public let contentRange: ContentRange?
    /// The date when the object was stored.
    public let lastModified: Date?
    /// The media type.
    public let contentType: String?
    /// The `Cache-Control` header.
    public let cacheControl: String?
    /// The `Content-Disposition` header.
    public let contentDisposition: String?
    /// The `Content-Encoding` header.
    public let contentEncoding: String?
    /// The `Content-Language` header.
    public let contentLanguage: String?
    /// The `Expires` header.
    public let expires: String?
    /// The user metadata, with lowercase names.
    public let userMetadata: [String: String]
    /// The number of user metadata entries that R2 can't send, because their names aren't ASCII.
    public let missingMetadataCount: Int
    /// The storage class, which is ``StorageClass/standard`` if the response doesn't state one.
    public let storageClass: StorageClass
    /// The checksums that R2 stores, in base64, by the algorithm's lowercase name, such as `crc64nvme`.
    ///
    /// The checksum of a multipart object ends with `-` and the number of parts, unless it covers the whole object.
    public let checksums: [String: String]
    /// The number of parts in which the object was uploaded, if a part was requested.
    public let partsCount: Int?
    /// The date when the object will expire and the lifecycle rule, as in the `x-amz-expiration` header.
    public let expiration: String?

    /// The length of the whole object, in bytes.
    public var totalLength: Int64 { contentRange?.totalLength ?? contentLength }
}

extension ObjectMetadata {
    /// Reads the headers of a response.
    init(_ response: R2Response, of operation: some R2Operation) throws(R2Error) {
        let headers = response.headerFields
        guard let text = headers[.contentLength], let length = ASCII.wholeNumber(text) else {
            throw operation.invalid(response, "Missing content length in the response.")
        }
        etag = try operation.etag(in: response)
        contentLength = Int64(length)
        contentRange = headers[.contentRange].flatMap(ContentRange.init)
        if let contentRange, contentRange.length != contentLength {
            throw operation.invalid(response, "The response's content range and content length don't match.")
        }
        if response.status == 206, contentRange == nil {
            throw operation.invalid(response, "The response is a part of the object without a content range.")
        }
        lastModified = headers[.lastModified].flatMap(HTTPDate.parse)
        contentType = headers[.contentType]
        cacheControl = headers[.cacheControl]
        contentDisposition = headers[.contentDisposition]
        contentEncoding = headers[.contentEncoding]
        contentLanguage = headers[.contentLanguage]
        expires = headers[.expires]
        userMetadata = Self.values(headers, withPrefix: "x-amz-meta-")
        missingMetadataCount = headers[named: "x-amz-missing-meta"].flatMap(ASCII.wholeNumber) ?? 0
        storageClass = headers[named: "x-amz-storage-class"].map(StorageClass.init) ?? .standard
        checksums = Self.values(headers, withPrefix: "x-amz-checksum-").filter { $0.key != "type" }
        partsCount = headers[named: "x-amz-mp-parts-count"].flatMap(ASCII.wholeNumber)
        expiration = headers[named: "x-amz-expiration"]
    }

    /// Returns the values of the headers with a prefix, by the rest of their names.
    private static func values(_ headers: HTTPFields, withPrefix prefix: String) -> [String: String] {
        var values: [String: String] = [:]
        for field in headers where field.name.canonicalName.hasPrefix(prefix) {
            let name = String(field.name.canonicalName.dropFirst(prefix.utf8.count))
            values[name] = headers[field.name]
        }
        return values
    }
}
