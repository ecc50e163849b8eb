#if Delivery
/// A file that a client wants to upload, as the client describes it.
public struct UploadFile: Sendable, Hashable, Codable {
    /// The filename, which is stored with the video and never becomes part of a key.
    public var name: String
    /// The media type that the client declares, if any.
    public var contentType: String?
    /// The size, in bytes.
    public var byteSize: Int64
    /// A hash of the file's first bytes, if the client computes one.
    ///
    /// A client that continues an upload after a restart sends it again, so that a wrong file is refused. Any string of
    /// at most 128 bytes, such as the SHA-256 of the first MiB in hexadecimal digits. It is compared as it is.
    public var fingerprint: String?

    /// Creates a description of a file.
    ///
    /// - Parameters:
    ///   - name: The filename: 1 to 255 bytes of UTF-8.
    ///   - contentType: The media type that the client declares, if any.
    ///   - byteSize: The size, in bytes.
    ///   - fingerprint: A hash of the file's first bytes, if the client computes one.
    public init(name: String, contentType: String? = nil, byteSize: Int64, fingerprint: String? = nil) {
        self.name = name
        self.contentType = contentType
        self.byteSize = byteSize
        self.fingerprint = fingerprint
    }
}

/// The way in which a client sends a file.
public enum UploadTransport: String, Sendable, Hashable, Codable {
    /// The client runs while it sends.
    ///
    /// It receives some parts at a time and asks for more.
    case foreground
    /// The client's system sends the file while the client may sleep.
    ///
    /// The client receives all parts at once, with URLs that live for days.
    case background
}
#endif
