internal import HTTPTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What R2 tells of an object with its content, or in place of it.
public struct ObjectHead: Sendable, Hashable {
    /// The version.
    public let etag: ETag
    /// The bytes of this answer: all of the object's, unless a range or a part was asked for.
    public let contentLength: Int64
    /// Which bytes those are, if not all.
    public let contentRange: ContentRange?
    /// When it was stored.
    public let lastModified: Date?
    /// The media type.
    public let contentType: String?
    /// How long caches may keep it.
    public let cacheControl: String?
    /// What browsers do with it.
    public let contentDisposition: String?
    /// How the content is compressed.
    public let contentEncoding: String?
    /// The content's language.
    public let contentLanguage: String?
    /// When caches must forget it, as the header says it.
    public let expires: String?
    /// User metadata, by names in lower case.
    public let metadata: [String: String]
    /// How many entries of metadata R2 keeps but cannot send, because their names are not ASCII.
    public let missingMetadataCount: Int
    /// The storage class; R2's default if the answer names none.
    public let storageClass: StorageClass
    /// The checksums that R2 keeps, in base64, by the algorithm's name in lower case, such as `crc64nvme`.
    ///
    /// One of an object in parts ends with `-` and their number, unless it is that of the whole object.
    public let checksums: [String: String]
    /// How many parts the object was uploaded in, if a part was asked for.
    public let partsCount: Int?
    /// When and by which rule the object will be deleted, as `x-amz-expiration` says it.
    public let expiration: String?

    /// The bytes of the whole object.
    public var totalLength: Int64 { contentRange?.totalLength ?? contentLength }
}

extension ObjectHead {
    /// Reads the headers of an answer to `operation`.
    init(_ response: R2Response, of operation: some R2Operation) throws(R2Error) {
        let headers = response.headerFields
        guard let text = headers[.contentLength], let length = ASCII.wholeNumber(text) else {
            throw operation.invalid(response, "the answer has no content length")
        }
        etag = try operation.etag(in: response)
        contentLength = Int64(length)
        contentRange = headers[.contentRange].flatMap(ContentRange.init)
        if let contentRange, contentRange.length != contentLength {
            throw operation.invalid(response, "the answer's content range and content length do not agree")
        }
        if response.status == 206, contentRange == nil {
            throw operation.invalid(response, "the answer is a part of the object, and does not say which")
        }
        lastModified = headers[.lastModified].flatMap(HTTPDate.parse)
        contentType = headers[.contentType]
        cacheControl = headers[.cacheControl]
        contentDisposition = headers[.contentDisposition]
        contentEncoding = headers[.contentEncoding]
        contentLanguage = headers[.contentLanguage]
        expires = headers[.expires]
        metadata = Self.values(headers, after: "x-amz-meta-")
        missingMetadataCount = headers[named: "x-amz-missing-meta"].flatMap(ASCII.wholeNumber) ?? 0
        storageClass = headers[named: "x-amz-storage-class"].map(StorageClass.init) ?? .standard
        checksums = Self.values(headers, after: "x-amz-checksum-").filter { $0.key != "type" }
        partsCount = headers[named: "x-amz-mp-parts-count"].flatMap(ASCII.wholeNumber)
        expiration = headers[named: "x-amz-expiration"]
    }

    /// The headers whose names begin with `prefix`, by what follows it.
    private static func values(_ headers: HTTPFields, after prefix: String) -> [String: String] {
        var values: [String: String] = [:]
        for field in headers where field.name.canonicalName.hasPrefix(prefix) {
            let name = String(field.name.canonicalName.dropFirst(prefix.utf8.count))
            values[name] = headers[field.name]
        }
        return values
    }
}
