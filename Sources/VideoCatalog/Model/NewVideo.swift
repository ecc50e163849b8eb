#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A video to insert into the catalog.
///
/// Title, object key and uploader are required. Set any other field of ``Video`` before the insertion, for example to
/// import an existing library. The repository adds the version, the dates and a missing identifier.
public struct NewVideo: Sendable, Hashable {
    /// The identifier, or `nil` to let the repository make one.
    ///
    /// Set it to make an insertion repeatable.
    public var id: Video.ID?
    /// The creation date, or `nil` for the date of the insertion.
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
    /// See ``Video/upload``.
    public var upload: Video.Upload?
    /// See ``Video/replacedKeys``.
    public var replacedKeys: [String]
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

    /// Creates a video to insert.
    ///
    /// Set fields without a parameter afterwards.
    ///
    /// - Parameters:
    ///   - title: 1 to 500 bytes of UTF-8.
    ///   - objectKey: 1 to 1,024 bytes of UTF-8. No live video may have the same key.
    ///   - uploadedBy: The user who uploads the video.
    ///   - id: The identifier, or `nil` to let the repository make one.
    ///   - description: At most 10,000 bytes of UTF-8.
    ///   - sessionID: The course session that the video belongs to.
    ///   - contentType: The media type.
    ///   - byteSize: The size of the object, in bytes.
    ///   - tags: At most 50 tags of 1 to 100 bytes.
    ///   - metadata: At most 8,192 bytes of names and values.
    ///   - visibility: The group of people who may see the video.
    ///   - externalID: An identifier that your app assigned.
    ///   - state: The state of the upload and its processing.
    ///   - uploadExpiresAt: The date by which the upload must arrive.
    ///   - deleteAfter: The date from which housekeeping may delete the video.
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
        self.replacedKeys = []
        self.visibility = visibility
        self.externalID = externalID
        self.state = state
        self.uploadExpiresAt = uploadExpiresAt
        self.deleteAfter = deleteAfter
    }
}
