#if Storage
public import R2Kit

/// What was downloaded.
public struct DownloadResult: Sendable, Hashable {
    /// What is told of the object.
    public let head: ObjectHead
    /// The bytes of content that went over the wire: less than the object has if the download was resumed, more if
    /// something was fetched again.
    public let bytesReceived: Int64

    /// The version.
    public var etag: ETag { head.etag }
    /// The object's bytes.
    public var size: Int64 { head.contentLength }
}
#endif
