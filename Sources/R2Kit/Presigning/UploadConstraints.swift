internal import SigV4

/// Conditions that a presigned upload must meet.
///
/// Everything that is set here is signed, so that R2 rejects an upload that differs. Nothing else is signed. The client
/// must send the headers of ``PresignedRequest/headers``.
public struct UploadConstraints: Sendable, Hashable {
    /// The media type, such as `video/mp4`.
    ///
    /// R2 stores it with the object.
    public var contentType: String?
    /// The exact size of the body, in bytes.
    ///
    /// This is the way to limit an upload's size: R2 has no policy for a maximum.
    public var contentLength: Int64?
    private var others: Others

    /// The maximum size of a single PUT or part, in bytes: 5 GiB minus 5 MiB (R2 "Limits").
    public static let maximumContentLength = HeaderRules.maximumContentLength
    /// The maximum size of user metadata, in bytes (R2 "Limits").
    public static let maximumMetadataLength = HeaderRules.maximumMetadataLength

    /// Creates constraints.
    ///
    /// What is left out isn't signed.
    /// - Parameters:
    ///   - contentType: The media type.
    ///   - contentLength: The exact size of the body, in bytes.
    ///   - precondition: A condition on the object that the key names. Without one, the upload overwrites it.
    ///   - checksum: A checksum of the body.
    ///   - cacheControl: The rules for caches that keep the object.
    ///   - contentDisposition: The header that makes browsers show the object or save it.
    ///   - userMetadata: User metadata.
    ///   - storageClass: The storage class.
    public init(
        contentType: String? = nil, contentLength: Int64? = nil, precondition: ObjectPrecondition? = nil,
        checksum: Checksum? = nil, cacheControl: String? = nil, contentDisposition: ContentDisposition? = nil,
        userMetadata: [String: String] = [:], storageClass: StorageClass? = nil
    ) {
        self.contentType = contentType
        self.contentLength = contentLength
        let isUsual =
            precondition == nil && checksum == nil && cacheControl == nil && contentDisposition == nil
            && userMetadata.isEmpty && storageClass == nil
        others =
            isUsual
            ? .unset
            : .set(
                Values(
                    precondition: precondition, checksum: checksum, cacheControl: cacheControl,
                    contentDisposition: contentDisposition, userMetadata: userMetadata, storageClass: storageClass))
    }
}

extension UploadConstraints {
    /// The constraints that few uploads have, kept on the heap so that the usual ones are cheap to copy.
    private enum Others: Sendable, Hashable {
        case unset
        indirect case set(Values)
    }

    private struct Values: Sendable, Hashable {
        var precondition: ObjectPrecondition?
        var checksum: Checksum?
        var cacheControl: String?
        var contentDisposition: ContentDisposition?
        var userMetadata: [String: String] = [:]
        var storageClass: StorageClass?
    }

    private var values: Values {
        get {
            switch others {
            case .unset: Values()
            case .set(let values): values
            }
        }
        set { others = newValue == Values() ? .unset : .set(newValue) }
    }

    /// A condition on the object that the key names.
    ///
    /// `nil` overwrites it. With ``ObjectPrecondition/ifAbsent`` the URL works once.
    public var precondition: ObjectPrecondition? {
        get { values.precondition }
        set { values.precondition = newValue }
    }
    /// A checksum of the body that the client has computed: MD5, CRC-32, CRC-32C, SHA-1 or SHA-256.
    public var checksum: Checksum? {
        get { values.checksum }
        set { values.checksum = newValue }
    }
    /// The rules for caches that keep the object.
    public var cacheControl: String? {
        get { values.cacheControl }
        set { values.cacheControl = newValue }
    }
    /// The header that makes browsers show the object or save it, unless a playback URL overrides it.
    public var contentDisposition: ContentDisposition? {
        get { values.contentDisposition }
        set { values.contentDisposition = newValue }
    }
    /// User metadata, which R2 stores with the object as `x-amz-meta-NAME`.
    ///
    /// Names are letters, digits, `-`, `_` and `.`, and are sent in lower case. Values are printable ASCII, or empty:
    /// keep titles and the like in the catalog. Names and values have at most 8,192 bytes together (R2 "Limits").
    public var userMetadata: [String: String] {
        get { values.userMetadata }
        set { values.userMetadata = newValue }
    }
    /// The storage class.
    ///
    /// The default is the bucket's.
    public var storageClass: StorageClass? {
        get { values.storageClass }
        set { values.storageClass = newValue }
    }
}

extension UploadConstraints {
    /// Checks the constraints.
    /// - Returns: The headers to sign.
    func signedHeaders() throws(R2ValidationError) -> PresignHeaders {
        let length = try HeaderRules.check(contentLength: contentLength)
        if let contentType { try HeaderRules.check(contentType, for: "content-type") }
        guard case .set(let values) = others else { return .body(length: length, type: contentType) }
        return try signedHeaders(values, length: length)
    }

    private func signedHeaders(_ values: Values, length: Int?) throws(R2ValidationError) -> PresignHeaders {
        var headers = SortedHeaders()
        if let cacheControl = values.cacheControl {
            try HeaderRules.check(cacheControl, for: "cache-control")
            headers.append("cache-control", cacheControl)
        }
        if let disposition = values.contentDisposition {
            headers.append("content-disposition", disposition.headerValue)
        }
        if let length { headers.append("content-length", String(length)) }
        headers.append(values.checksum, if: { $0 == .md5 })
        if let contentType { headers.append("content-type", contentType) }
        headers.appendHost()
        if let precondition = values.precondition { headers.append(precondition.headerName, precondition.headerValue) }
        headers.append(values.checksum, if: { $0 != .md5 })
        if !values.userMetadata.isEmpty { try headers.append(metadata: values.userMetadata) }
        if let storageClass = values.storageClass {
            try HeaderRules.check(storageClass.rawValue, for: "x-amz-storage-class")
            headers.append("x-amz-storage-class", storageClass.rawValue)
        }
        return headers.presignHeaders
    }
}

/// Conditions that the presigned upload of one part must meet.
public struct PartConstraints: Sendable, Hashable {
    /// The exact size of the part, in bytes.
    public var contentLength: Int64?
    /// A checksum of the part: MD5, CRC-32 or CRC-32C, the algorithms that R2 supports for parts.
    public var checksum: Checksum?

    /// Creates constraints.
    ///
    /// What is left out isn't signed.
    /// - Parameters:
    ///   - contentLength: The exact size of the part, in bytes.
    ///   - checksum: A checksum of the part.
    public init(contentLength: Int64? = nil, checksum: Checksum? = nil) {
        self.contentLength = contentLength
        self.checksum = checksum
    }
}

extension PartConstraints {
    /// Checks the constraints.
    /// - Returns: The headers to sign.
    func signedHeaders() throws(R2ValidationError) -> PresignHeaders {
        let length = try HeaderRules.check(contentLength: contentLength)
        guard let checksum else { return .body(length: length, type: nil) }
        try checksum.checkAllowedOnPart()
        var headers = SortedHeaders()
        if let length { headers.append("content-length", String(length)) }
        headers.append(checksum, if: { $0 == .md5 })
        headers.appendHost()
        headers.append(checksum, if: { $0 != .md5 })
        return headers.presignHeaders
    }
}
