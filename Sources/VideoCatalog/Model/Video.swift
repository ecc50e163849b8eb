#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A video in the catalog: what it is, who uploaded it, where its object lies, and what state it is in.
///
/// The catalog knows object keys as texts, and stores nothing of the video itself. All instants are kept to the
/// microsecond, by every repository alike, so that a row read back equals the row written.
public struct Video: Sendable, Hashable, Identifiable {
    /// The video's identifier.
    public let id: ID
    /// The title for viewers.
    public var title: String
    /// A longer text for viewers.
    public var description: String?
    /// The key of the object in the bucket; no two live videos have the same, byte for byte.
    public var objectKey: String
    /// The course session that the video belongs to.
    public var sessionID: CourseSessionID?
    /// Who uploaded it.
    public var uploadedBy: UserID
    /// The media type, such as `video/mp4`.
    public var contentType: String?
    /// The object's size in bytes.
    public var byteSize: Int64?
    /// The object's ETag, pinned when it was verified.
    public var etag: String?
    /// The duration in seconds.
    public var duration: Double?
    /// The picture's width in pixels.
    public var width: Int?
    /// The picture's height in pixels.
    public var height: Int?
    /// Pictures a second.
    public var frameRate: Double?
    /// The key of a still picture.
    public var thumbnailKey: String?
    /// Words to find it by, in order, without repetition.
    public var tags: [String]
    /// Small texts of the host's.
    public var metadata: [String: String]
    /// Other forms of the video, such as an HLS playlist.
    public var renditions: [Rendition]
    /// Who may see it; for the host to enforce.
    public var visibility: Visibility
    /// The host's own identifier for it.
    public var externalID: String?
    /// Where it is on its way.
    public var state: State
    /// Counts the changes: 1 when it is inserted.
    public var version: Int
    /// When it was inserted, or what the host said then.
    public let createdAt: Date
    /// When it was last changed.
    public var updatedAt: Date
    /// Until when the upload must have happened.
    public var uploadExpiresAt: Date?
    /// When the upload was seen to have arrived.
    public var uploadedAt: Date?
    /// When it became ready.
    public var readyAt: Date?
    /// From when on the host wants it deleted.
    public var deleteAfter: Date?
    /// When it was deleted; `nil` for a live video.
    public var deletedAt: Date?

    /// Puts a row together as it was stored: for those who write a repository of their own.
    ///
    /// To add a video to a catalog, see ``NewVideo``. Nothing is checked here.
    ///
    /// - Parameters:
    ///   - id: See ``id``.
    ///   - title: See ``title``.
    ///   - objectKey: See ``objectKey``.
    ///   - uploadedBy: See ``uploadedBy``.
    ///   - state: See ``state``.
    ///   - version: See ``version``.
    ///   - createdAt: See ``createdAt``.
    ///   - updatedAt: See ``updatedAt``.
    public init(
        id: ID, title: String, objectKey: String, uploadedBy: UserID, state: State, version: Int, createdAt: Date,
        updatedAt: Date
    ) {
        self.id = id
        self.title = title
        self.objectKey = objectKey
        self.uploadedBy = uploadedBy
        self.state = state
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        tags = []
        metadata = [:]
        renditions = []
        visibility = .private
    }

    /// Whether it is deleted, and can be restored until it is purged.
    public var isDeleted: Bool { deletedAt != nil }
}

extension Video {
    /// Another form of a video.
    public struct Rendition: Sendable, Hashable, Codable {
        /// What it is, such as `hls`, `dash` or `mp4-720`.
        public var kind: String
        /// The key of its object, or of its playlist.
        public var key: String

        /// Names a kind and a key.
        ///
        /// - Parameters:
        ///   - kind: 1 to 255 bytes.
        ///   - key: 1 to 1,024 bytes.
        public init(kind: String, key: String) {
            self.kind = kind
            self.key = key
        }
    }

    /// Who may see a video.
    ///
    /// An open set: the catalog keeps it, the host enforces it.
    public struct Visibility: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
        /// The name.
        public let rawValue: String

        /// Takes a name of the host's.
        ///
        /// - Parameter rawValue: 1 to 255 bytes.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Only those whom the host lets.
        public static let `private` = Visibility(rawValue: "private")
        /// Whoever has the link.
        public static let unlisted = Visibility(rawValue: "unlisted")
        /// Everybody.
        public static let `public` = Visibility(rawValue: "public")

        /// The name itself.
        public var description: String { rawValue }

        /// Compares the bytes.
        ///
        /// - Returns: Whether they are the same.
        public static func == (first: Visibility, second: Visibility) -> Bool {
            ExactString(first.rawValue) == ExactString(second.rawValue)
        }

        /// Hashes the bytes.
        ///
        /// - Parameter hasher: Takes the bytes.
        public func hash(into hasher: inout Hasher) { ExactString(rawValue).hash(into: &hasher) }
    }
}
