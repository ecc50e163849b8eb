#if Storage
public import R2Kit

/// What was uploaded.
public struct UploadResult: Sendable, Hashable {
    /// Where the object is.
    public let key: ObjectKey
    /// Its version.
    ///
    /// That of an object in parts has been compared with the parts' own tags.
    public let etag: ETag
    /// The object's bytes.
    public let size: Int64
    /// How many parts it was uploaded in; `nil` if in one request.
    public let partCount: Int?
    /// The bytes that went over the wire for it: less than its size if it was resumed, more if parts were sent again.
    public let bytesSent: Int64
}
#endif
