#if Delivery
/// The options that uploads, playback and housekeeping share.
///
/// Use the same options in every process that works on a catalog.
public struct VideoDeliveryOptions: Sendable, Hashable {
    /// The string that every object key starts with: see ``VideoKeys``.
    public var keyPrefix: String
    /// The maximum size of a file that is sent in one request, in bytes.
    ///
    /// At most 5 GiB minus 5 MiB, which is R2's limit. Larger files are sent in parts. A single request that breaks
    /// starts again, so keep this small for clients on slow lines.
    public var singleRequestLimit: Int64
    /// The size of every part but the last, in bytes, or `nil` for 8 MiB.
    ///
    /// A file that would have more than 10,000 parts is sent in larger ones.
    public var partSize: Int64?
    /// The maximum number of parts that one response signs, 1 to 10,000.
    ///
    /// A client asks for more with ``VideoUploads/parts(_:of:attempt:by:transport:)`` as it goes, so that no URL
    /// expires while it waits for its turn. The transport ``UploadTransport/background`` signs all parts at once.
    public var partsPerResponse: Int
    /// The time in which a client must start a request, in whole seconds.
    public var urlLifetime: Duration
    /// The same for the transport ``UploadTransport/background``: at most seven days.
    public var backgroundURLLifetime: Duration
    /// The time between the end of the last URL and the end of the upload.
    ///
    /// A request that started before its URL expired may take this long.
    public var uploadGrace: Duration
    /// The time after which a verification that found no object fails for good.
    ///
    /// A completion at R2 that is still running may create the object until then.
    public var verificationGrace: Duration

    /// Creates options.
    ///
    /// - Parameters:
    ///   - keyPrefix: The string that every object key starts with: empty, or ending with a slash.
    ///   - singleRequestLimit: The maximum size of a file that is sent in one request, in bytes.
    ///   - partSize: The size of every part but the last, in bytes.
    ///   - partsPerResponse: The maximum number of parts that one response signs.
    ///   - urlLifetime: The time in which a client must start a request.
    ///   - backgroundURLLifetime: The same for the transport `background`.
    ///   - uploadGrace: The time between the end of the last URL and the end of the upload.
    ///   - verificationGrace: The time after which a verification that found no object fails for good.
    public init(
        keyPrefix: String = "", singleRequestLimit: Int64 = 64 * 1024 * 1024, partSize: Int64? = nil,
        partsPerResponse: Int = 20, urlLifetime: Duration = .seconds(3600),
        backgroundURLLifetime: Duration = .seconds(3 * 86_400), uploadGrace: Duration = .seconds(6 * 3600),
        verificationGrace: Duration = .seconds(3600)
    ) {
        self.keyPrefix = keyPrefix
        self.singleRequestLimit = singleRequestLimit
        self.partSize = partSize
        self.partsPerResponse = partsPerResponse
        self.urlLifetime = urlLifetime
        self.backgroundURLLifetime = backgroundURLLifetime
        self.uploadGrace = uploadGrace
        self.verificationGrace = verificationGrace
    }
}
#endif
