#if Delivery
/// The properties of a video file that a ``MediaProbe`` finds in its headers.
///
/// Properties that the headers don't state are `nil`.
public struct MediaInfo: Sendable, Hashable, Codable {
    /// The format of a file.
    ///
    /// Later versions may add formats.
    public struct Container: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
        /// The stable name of the format, such as `mp4`.
        public let rawValue: String

        /// Creates a format from its name.
        ///
        /// - Parameter rawValue: The name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The stable name of the format.
        public var description: String { rawValue }

        /// MP4 and its relatives, such as M4V, M4A and 3GP (ISO/IEC 14496-12).
        public static let mp4 = Container(rawValue: "mp4")
        /// QuickTime, also from before it had a file type box.
        public static let mov = Container(rawValue: "mov")
        /// WebM.
        public static let webm = Container(rawValue: "webm")
        /// Matroska (RFC 9559).
        public static let matroska = Container(rawValue: "matroska")
        /// An MPEG-2 transport stream (ISO/IEC 13818-1), with packets of 188 or 192 bytes.
        public static let mpegTS = Container(rawValue: "mpegTS")
    }

    /// The format of the file.
    public var container: Container
    /// The duration, in seconds.
    ///
    /// For MPEG-TS, this is an estimate from the first and last timestamps.
    public var duration: Double?
    /// The width of the coded picture in pixels, before rotation.
    public var width: Int?
    /// The height of the coded picture in pixels, before rotation.
    public var height: Int?
    /// The angle by which players rotate the picture clockwise: 0, 90, 180 or 270 degrees.
    ///
    /// If it's 90 or 270, the picture is ``height`` pixels wide on the screen.
    public var rotation: Int
    /// The average number of frames per second.
    public var frameRate: Double?
    /// The codec of the first video track, such as `avc1`, `hvc1`, `vp08`, `vp09` or `av01`.
    ///
    /// All containers use the same names: `hvc1` also for `hev1` and `V_MPEGH/ISO/HEVC`. A codec that the probe doesn't
    /// know has the name that the file uses.
    public var videoCodec: String?
    /// The codec of the first audio track, such as `mp4a` (AAC), `mp3`, `opus`, `vorbis`, `flac`, `ac-3` or `pcm`.
    public var audioCodec: String?
    /// A Boolean value that indicates whether the file has a video track.
    public var hasVideo: Bool
    /// A Boolean value that indicates whether the file has an audio track.
    public var hasAudio: Bool
    /// A Boolean value that indicates whether players can start before they have the end of the file.
    ///
    /// True for an MP4 or QuickTime file if its `moov` box precedes the first `mdat` box, and `nil` for other formats.
    public var isFastStart: Bool?
    /// A Boolean value that indicates whether an MP4 or QuickTime file consists of fragments.
    public var isFragmented: Bool

    /// Creates a value, for example for tests of your app.
    ///
    /// - Parameters:
    ///   - container: The format of the file.
    ///   - duration: The duration, in seconds.
    ///   - width: The width of the coded picture in pixels, before rotation.
    ///   - height: The height of the coded picture in pixels, before rotation.
    ///   - rotation: 0, 90, 180 or 270 degrees clockwise.
    ///   - frameRate: The average number of frames per second.
    ///   - videoCodec: The codec of the first video track.
    ///   - audioCodec: The codec of the first audio track.
    ///   - hasVideo: A Boolean value that indicates whether the file has a video track.
    ///   - hasAudio: A Boolean value that indicates whether the file has an audio track.
    ///   - isFastStart: A Boolean value that indicates whether the `moov` box precedes the `mdat` box.
    ///   - isFragmented: A Boolean value that indicates whether the file consists of fragments.
    public init(
        container: Container, duration: Double? = nil, width: Int? = nil, height: Int? = nil, rotation: Int = 0,
        frameRate: Double? = nil, videoCodec: String? = nil, audioCodec: String? = nil, hasVideo: Bool,
        hasAudio: Bool, isFastStart: Bool? = nil, isFragmented: Bool = false
    ) {
        self.container = container
        self.duration = duration
        self.width = width
        self.height = height
        self.rotation = rotation
        self.frameRate = frameRate
        self.videoCodec = videoCodec
        self.audioCodec = audioCodec
        self.hasVideo = hasVideo
        self.hasAudio = hasAudio
        self.isFastStart = isFastStart
        self.isFragmented = isFragmented
    }
}
#endif
