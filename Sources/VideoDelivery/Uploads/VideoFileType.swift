#if Delivery
/// A type of file that uploads can have.
public struct VideoFileType: Sendable, Hashable {
    /// A family of containers whose files are told apart by their bytes.
    public struct Format: Sendable, Hashable {
        let name: String

        /// MP4, QuickTime and everything else made of ISO media boxes.
        public static let isoMedia = Format(name: "isoMedia")
        /// WebM and Matroska.
        public static let matroska = Format(name: "matroska")
        /// MPEG transport streams.
        public static let mpegTransportStream = Format(name: "mpegTransportStream")
    }

    /// The media type that is stored with the object, such as `video/mp4`.
    public let contentType: String
    /// The filename extensions in lower case, without a period.
    public let fileExtensions: Set<String>
    /// The format that the file's bytes must have.
    public let format: Format

    /// Creates a type.
    ///
    /// - Parameters:
    ///   - contentType: The media type that is stored with the object, in lower case and without parameters.
    ///   - fileExtensions: The filename extensions in lower case, without a period.
    ///   - format: The format that the file's bytes must have.
    public init(contentType: String, fileExtensions: Set<String>, format: Format) {
        self.contentType = contentType
        self.fileExtensions = fileExtensions
        self.format = format
    }

    /// MP4.
    public static let mp4 = VideoFileType(
        contentType: "video/mp4", fileExtensions: ["mp4", "m4v"], format: .isoMedia)
    /// QuickTime.
    public static let quickTime = VideoFileType(
        contentType: "video/quicktime", fileExtensions: ["mov", "qt"], format: .isoMedia)
    /// WebM.
    public static let webM = VideoFileType(
        contentType: "video/webm", fileExtensions: ["webm"], format: .matroska)
    /// Matroska.
    public static let matroska = VideoFileType(
        contentType: "video/x-matroska", fileExtensions: ["mkv"], format: .matroska)
    /// An MPEG transport stream.
    public static let mpegTransportStream = VideoFileType(
        contentType: "video/mp2t", fileExtensions: ["ts", "mts", "m2ts"], format: .mpegTransportStream)
}
#endif
