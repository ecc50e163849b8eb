#if Delivery
public import VideoCatalog

/// The rules for the files that users may upload.
public struct UploadPolicy: Sendable, Hashable {
    /// The allowed types.
    public var types: [VideoFileType]
    /// The maximum size of a file, in bytes.
    public var maximumSize: Int64
    /// The limits for each uploader's open uploads and videos.
    public var limits: UploadLimits
    /// A Boolean value that indicates whether a file must have a video track.
    ///
    /// Without one, it fails as ``VideoFailure/notAVideo``.
    public var requiresVideoTrack: Bool

    /// Creates a policy.
    ///
    /// - Parameters:
    ///   - types: The allowed types.
    ///   - maximumSize: The maximum size of a file, in bytes. The default is 10 GiB.
    ///   - limits: The limits for each uploader. The default is 10 open uploads and 50 GiB in open uploads.
    ///   - requiresVideoTrack: A Boolean value that indicates whether a file must have a video track.
    public init(
        types: [VideoFileType] = [.mp4, .quickTime, .webM, .matroska, .mpegTransportStream],
        maximumSize: Int64 = 10 * 1024 * 1024 * 1024,
        limits: UploadLimits = UploadLimits(openUploads: 10, openBytes: 50 * 1024 * 1024 * 1024),
        requiresVideoTrack: Bool = true
    ) {
        self.types = types
        self.maximumSize = maximumSize
        self.limits = limits
        self.requiresVideoTrack = requiresVideoTrack
    }

    /// Returns the type of a file.
    ///
    /// The extension of the filename decides. A file without an extension has the type that the client declared.
    /// Browsers take the declared type from the system's settings: it is often missing, and it differs between systems.
    /// Whether the bytes are of this type is checked when they have arrived.
    ///
    /// - Parameters:
    ///   - name: The filename.
    ///   - contentType: The type that the client declared, if any.
    /// - Returns: The allowed type, or `nil` if the type isn't allowed.
    public func type(ofFileNamed name: String, declaredAs contentType: String?) -> VideoFileType? {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        if let dot = last.lastIndex(of: "."), dot != last.startIndex {
            let fileExtension = last[last.index(after: dot)...].lowercased()
            return types.first { $0.fileExtensions.contains(fileExtension) }
        }
        guard let contentType else { return nil }
        let bare = contentType.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        return types.first { $0.contentType == bare }
    }
}
#endif
