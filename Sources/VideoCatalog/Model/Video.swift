#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A video in the catalog: its description, uploader, object key and state.
///
/// The catalog treats object keys as strings and stores nothing of the video itself. Every repository stores dates to
/// the microsecond, so that a row read back equals the row written. Strings are stored byte for byte, without
/// normalization.
public struct Video: Sendable, Hashable, Identifiable {
    /// The identifier of the video.
    public let id: ID
    /// The title for viewers.
    public var title: String
    /// A longer description for viewers.
    public var description: String?
    /// The key of the object in the bucket.
    ///
    /// No two live videos have the same key, byte for byte.
    public var objectKey: String
    /// The course session that the video belongs to.
    public var sessionID: CourseSessionID?
    /// The user who uploaded the video.
    public var uploadedBy: UserID
    /// The media type, such as `video/mp4`.
    public var contentType: String?
    /// The size of the object, in bytes.
    public var byteSize: Int64?
    /// The ETag of the object, stored when your app verified it.
    public var etag: String?
    /// The duration, in seconds.
    public var duration: Double?
    /// The width of the picture, in pixels.
    public var width: Int?
    /// The height of the picture, in pixels.
    public var height: Int?
    /// The frame rate, in frames per second.
    public var frameRate: Double?
    /// The object key of a thumbnail picture.
    public var thumbnailKey: String?
    /// The tags of the video, in order and without repetition.
    public var tags: [String]
    /// Names and values for your app.
    public var metadata: [String: String]
    /// Other forms of the video, such as an HLS playlist.
    public var renditions: [Rendition]
    /// The unfinished upload of the file, or `nil`.
    ///
    /// The first upload ends when the video becomes ready. It stays after a failure or after its end, so that it can be
    /// continued or aborted.
    public var upload: Upload?
    /// The unfinished upload that replaces the file, or `nil` if there is none.
    ///
    /// Its key differs from ``objectKey`` in its bytes. The file with ``objectKey`` stays in place until the
    /// replacement is finished.
    public var replacement: Upload? {
        upload.flatMap { ExactString($0.objectKey) == ExactString(objectKey) ? nil : $0 }
    }
    /// The keys of objects that a replacement left behind, which your app should delete.
    ///
    /// Finishing a replacement adds the old file's key, and canceling it adds the upload's key. Your app removes a key
    /// when it has deleted the object.
    public var replacedKeys: [String]
    /// The visibility of the video, which your app enforces.
    public var visibility: Visibility
    /// An identifier that your app assigned.
    public var externalID: String?
    /// The state of the upload and its processing.
    public var state: State
    /// The version of the row: 1 after the insertion, and one more after each change.
    public var version: Int
    /// The date of the insertion, or the date that your app gave for it.
    public let createdAt: Date
    /// The date of the last change.
    public var updatedAt: Date
    /// The date by which the upload must arrive.
    public var uploadExpiresAt: Date?
    /// The date when the upload had arrived.
    public var uploadedAt: Date?
    /// The date when the video became ready.
    public var readyAt: Date?
    /// The date from which housekeeping may delete the video.
    public var deleteAfter: Date?
    /// The date of the soft deletion, or `nil` for a live video.
    public var deletedAt: Date?
    /// The date when a worker declared that it deletes the objects of the deleted video, or `nil`.
    ///
    /// From then on the video can't be restored.
    public var purgeStartedAt: Date?

    /// Creates a row as a repository read it from its store.
    ///
    /// To add a video to a catalog, use ``NewVideo``. This initializer checks nothing.
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
        replacedKeys = []
        visibility = .private
    }

    /// A Boolean value that indicates whether the video is deleted.
    ///
    /// It can be restored until its purge starts.
    public var isDeleted: Bool { deletedAt != nil }
}

extension Video {
    /// Another form of a video.
    public struct Rendition: Sendable, Hashable, Codable {
        /// The kind of the rendition, such as `hls`, `dash` or `mp4-720`.
        public var kind: String
        /// The key of the rendition's object or playlist.
        public var key: String

        /// Creates a rendition.
        ///
        /// - Parameters:
        ///   - kind: 1 to 255 bytes.
        ///   - key: 1 to 1,024 bytes.
        public init(kind: String, key: String) {
            self.kind = kind
            self.key = key
        }
    }

    /// The group of people who may see a video.
    ///
    /// Your app enforces visibility and may define more values. The catalog only stores it.
    public struct Visibility: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
        /// The name.
        public let rawValue: String

        /// Creates a visibility with a name of your own.
        ///
        /// - Parameter rawValue: 1 to 255 bytes.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Visible to people whom your app admits.
        public static let `private` = Visibility(rawValue: "private")
        /// Visible to everyone with the link.
        public static let unlisted = Visibility(rawValue: "unlisted")
        /// Visible to everyone.
        public static let `public` = Visibility(rawValue: "public")

        /// The name.
        public var description: String { rawValue }

        /// Returns a Boolean value that indicates whether two visibilities have the same bytes.
        ///
        /// - Returns: `true` if the bytes are equal.
        public static func == (first: Visibility, second: Visibility) -> Bool {
            ExactString(first.rawValue) == ExactString(second.rawValue)
        }

        /// Hashes the bytes of the name.
        ///
        /// - Parameter hasher: The hasher to feed.
        public func hash(into hasher: inout Hasher) { ExactString(rawValue).hash(into: &hasher) }
    }
}
