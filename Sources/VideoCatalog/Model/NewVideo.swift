#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A video that is to be inserted.
///
/// Only title, object key and uploader must be known; every other field of ``Video`` can be set before the insertion, as
/// when an existing library moves in. The repository adds the version, the instant of the change, and what is `nil` here
/// but must not be.
public struct NewVideo: Sendable, Hashable {
    /// The identifier; the repository makes one if it is `nil`.
    ///
    /// Give one to make an insertion repeatable.
    public var id: Video.ID?
    /// When it came to be; the instant of the insertion if it is `nil`.
    public var createdAt: Date?
    /// See ``Video/title``.
    public var title: String
    /// See ``Video/description``.
    public var description: String?
    /// See ``Video/objectKey``.
    public var objectKey: String
    /// See ``Video/sessionID``.
    public var sessionID: CourseSessionID?
    /// See ``Video/uploadedBy``.
    public var uploadedBy: UserID
    /// See ``Video/contentType``.
    public var contentType: String?
    /// See ``Video/byteSize``.
    public var byteSize: Int64?
    /// See ``Video/etag``.
    public var etag: String?
    /// See ``Video/duration``.
    public var duration: Double?
    /// See ``Video/width``.
    public var width: Int?
    /// See ``Video/height``.
    public var height: Int?
    /// See ``Video/frameRate``.
    public var frameRate: Double?
    /// See ``Video/thumbnailKey``.
    public var thumbnailKey: String?
    /// See ``Video/tags``.
    public var tags: [String]
    /// See ``Video/metadata``.
    public var metadata: [String: String]
    /// See ``Video/renditions``.
    public var renditions: [Video.Rendition]
    /// See ``Video/visibility``.
    public var visibility: Video.Visibility
    /// See ``Video/externalID``.
    public var externalID: String?
    /// See ``Video/state``.
    public var state: Video.State
    /// See ``Video/uploadExpiresAt``.
    public var uploadExpiresAt: Date?
    /// See ``Video/uploadedAt``.
    public var uploadedAt: Date?
    /// See ``Video/readyAt``.
    public var readyAt: Date?
    /// See ``Video/deleteAfter``.
    public var deleteAfter: Date?

    /// Describes a video.
    ///
    /// What has no parameter here is set afterwards.
    ///
    /// - Parameters:
    ///   - title: 1 to 500 bytes of UTF-8.
    ///   - objectKey: 1 to 1,024 bytes of UTF-8, which no live video has.
    ///   - uploadedBy: Who uploads it.
    ///   - id: The identifier, if the host makes it.
    ///   - description: Up to 10,000 bytes of UTF-8.
    ///   - sessionID: The course session that it belongs to.
    ///   - contentType: The media type.
    ///   - byteSize: The size in bytes.
    ///   - tags: Up to 50, each of 1 to 100 bytes.
    ///   - metadata: Up to 8,192 bytes of names and values.
    ///   - visibility: Who may see it.
    ///   - externalID: The host's own identifier for it.
    ///   - state: Where it is on its way.
    ///   - uploadExpiresAt: Until when the upload must have happened.
    ///   - deleteAfter: From when on the host wants it deleted.
    public init(
        title: String, objectKey: String, uploadedBy: UserID, id: Video.ID? = nil, description: String? = nil,
        sessionID: CourseSessionID? = nil, contentType: String? = nil, byteSize: Int64? = nil, tags: [String] = [],
        metadata: [String: String] = [:], visibility: Video.Visibility = .private, externalID: String? = nil,
        state: Video.State = .pendingUpload, uploadExpiresAt: Date? = nil, deleteAfter: Date? = nil
    ) {
        self.id = id
        self.title = title
        self.description = description
        self.objectKey = objectKey
        self.sessionID = sessionID
        self.uploadedBy = uploadedBy
        self.contentType = contentType
        self.byteSize = byteSize
        self.tags = tags
        self.metadata = metadata
        self.renditions = []
        self.visibility = visibility
        self.externalID = externalID
        self.state = state
        self.uploadExpiresAt = uploadExpiresAt
        self.deleteAfter = deleteAfter
    }
}
