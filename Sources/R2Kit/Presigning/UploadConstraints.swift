internal import SigV4

/// What an upload URL allows: everything that is set here is signed, so that an upload that differs is refused by R2.
///
/// Nothing is signed that was not asked for. Whoever uses the URL must send the headers of
/// ``PresignedRequest/headers``.
public struct UploadConstraints: Sendable, Hashable {
    /// A condition that R2 checks before it stores the object.
    public struct Existence: Sendable, Hashable {
        let value: String

        /// There must be no object under the key: the URL works once. (`If-None-Match: *`)
        public static let any = Existence(value: "*")
    }

    /// The media type, such as `video/mp4`.
    ///
    /// R2 keeps it with the object.
    public var contentType: String?
    /// The exact number of bytes.
    ///
    /// R2 has no upper bound for an upload: this is how its size is limited.
    public var contentLength: Int64?
    /// What few uploads set: empty, or one element.
    ///
    /// Kept apart, so that the usual constraints are cheap to copy.
    private var rare: [Rare]

    /// The most bytes of a single PUT or part: 5 GiB less 5 MiB (R2 "Limits").
    public static let maximumContentLength: Int64 = 5 * 1024 * 1024 * 1024 - 5 * 1024 * 1024
    /// The most bytes of user metadata (R2 "Limits").
    public static let maximumMetadataLength = 8192

    /// Combines constraints; whatever is left out is not signed.
    public init(
        contentType: String? = nil, contentLength: Int64? = nil, ifNoneMatch: Existence? = nil, ifMatch: ETag? = nil,
        checksum: Checksum? = nil, cacheControl: String? = nil, contentDisposition: ContentDisposition? = nil,
        metadata: [String: String] = [:], storageClass: StorageClass? = nil
    ) {
        self.contentType = contentType
        self.contentLength = contentLength
        let isUsual =
            ifNoneMatch == nil && ifMatch == nil && checksum == nil && cacheControl == nil && contentDisposition == nil
            && metadata.isEmpty && storageClass == nil
        rare =
            isUsual
            ? []
            : [
                Rare(
                    ifNoneMatch: ifNoneMatch, ifMatch: ifMatch, checksum: checksum, cacheControl: cacheControl,
                    contentDisposition: contentDisposition, metadata: metadata, storageClass: storageClass)
            ]
    }
}

extension UploadConstraints {
    private struct Rare: Sendable, Hashable {
        var ifNoneMatch: Existence?
        var ifMatch: ETag?
        var checksum: Checksum?
        var cacheControl: String?
        var contentDisposition: ContentDisposition?
        var metadata: [String: String] = [:]
        var storageClass: StorageClass?
    }

    private var rarely: Rare {
        get { rare.first ?? Rare() }
        set { rare = newValue == Rare() ? [] : [newValue] }
    }

    /// `.any`: refuse the upload if there is an object under the key.
    public var ifNoneMatch: Existence? {
        get { rarely.ifNoneMatch }
        set { rarely.ifNoneMatch = newValue }
    }
    /// Refuse the upload unless the object under the key is this version.
    public var ifMatch: ETag? {
        get { rarely.ifMatch }
        set { rarely.ifMatch = newValue }
    }
    /// A checksum of the body that the client has computed: MD5, CRC-32, CRC-32C, SHA-1 or SHA-256.
    public var checksum: Checksum? {
        get { rarely.checksum }
        set { rarely.checksum = newValue }
    }
    /// How long caches may keep the object.
    public var cacheControl: String? {
        get { rarely.cacheControl }
        set { rarely.cacheControl = newValue }
    }
    /// What browsers do with the object, unless a playback URL says otherwise.
    public var contentDisposition: ContentDisposition? {
        get { rarely.contentDisposition }
        set { rarely.contentDisposition = newValue }
    }
    /// User metadata, kept with the object as `x-amz-meta-NAME`.
    ///
    /// Names are letters, digits, `-`, `_` and `.`, and are sent in lower case. Values are printable ASCII: keep titles
    /// and the like in the catalog. Names and values have at most 8,192 bytes together (R2 "Limits").
    public var metadata: [String: String] {
        get { rarely.metadata }
        set { rarely.metadata = newValue }
    }
    /// The storage class; R2's default is the bucket's.
    public var storageClass: StorageClass? {
        get { rarely.storageClass }
        set { rarely.storageClass = newValue }
    }
}

extension UploadConstraints {
    /// The headers to sign, checked.
    func signedHeaders() throws(R2KitError) -> PresignHeaders {
        let length = try HeaderText.check(contentLength: contentLength)
        if let contentType { try HeaderText.check(contentType, for: "content-type") }
        guard let rare = rare.first else { return .body(length: length, type: contentType) }
        return try signedHeaders(rare, length)
    }

    private func signedHeaders(_ rare: Rare, _ length: Int?) throws(R2KitError) -> PresignHeaders {
        guard rare.ifMatch == nil || rare.ifNoneMatch == nil else {
            throw R2KitError(
                .conflictingConditions,
                "ifMatch wants an object under the key and ifNoneMatch wants none: set one of them")
        }
        var headers = SortedHeaders()
        if let cacheControl = rare.cacheControl {
            try HeaderText.check(cacheControl, for: "cache-control")
            headers.append("cache-control", cacheControl)
        }
        if let disposition = rare.contentDisposition { headers.append("content-disposition", disposition.headerValue) }
        if let length { headers.append("content-length", String(length)) }
        headers.append(rare.checksum, if: { $0 == .md5 })
        if let contentType { headers.append("content-type", contentType) }
        headers.host()
        if let ifMatch = rare.ifMatch { headers.append("if-match", ifMatch.headerValue) }
        if let ifNoneMatch = rare.ifNoneMatch { headers.append("if-none-match", ifNoneMatch.value) }
        headers.append(rare.checksum, if: { $0 != .md5 })
        if !rare.metadata.isEmpty { try headers.append(metadata: rare.metadata) }
        if let storageClass = rare.storageClass { headers.append("x-amz-storage-class", storageClass.rawValue) }
        return headers.presignHeaders
    }
}
