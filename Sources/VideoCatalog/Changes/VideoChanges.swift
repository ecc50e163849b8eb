#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What an update changes: the fields that are set here, and no other.
///
/// ```swift
/// var changes = VideoChanges()
/// changes.title = .set("Lecture 2")
/// changes.sessionID = .clear
/// ```
///
/// Identifier, version, ``Video/createdAt`` and ``Video/deletedAt`` are the repository's.
public struct VideoChanges: Sendable, Hashable {
    /// See ``Video/title``.
    public var title: Change<String> = .keep
    /// See ``Video/description``.
    public var description: Change<String?> = .keep
    /// See ``Video/objectKey``.
    public var objectKey: Change<String> = .keep
    /// See ``Video/sessionID``.
    public var sessionID: Change<CourseSession.ID?> = .keep
    /// See ``Video/uploadedBy``.
    public var uploadedBy: Change<UserID> = .keep
    /// See ``Video/contentType``.
    public var contentType: Change<String?> = .keep
    /// See ``Video/byteSize``.
    public var byteSize: Change<Int64?> = .keep
    /// See ``Video/etag``.
    public var etag: Change<String?> = .keep
    /// See ``Video/duration``.
    public var duration: Change<Double?> = .keep
    /// See ``Video/width``.
    public var width: Change<Int?> = .keep
    /// See ``Video/height``.
    public var height: Change<Int?> = .keep
    /// See ``Video/frameRate``.
    public var frameRate: Change<Double?> = .keep
    /// See ``Video/thumbnailKey``.
    public var thumbnailKey: Change<String?> = .keep
    /// See ``Video/tags``.
    public var tags: Change<[String]> = .keep
    /// See ``Video/metadata``.
    public var metadata: Change<[String: String]> = .keep
    /// See ``Video/renditions``.
    public var renditions: Change<[Video.Rendition]> = .keep
    /// See ``Video/visibility``.
    public var visibility: Change<Video.Visibility> = .keep
    /// See ``Video/externalID``.
    public var externalID: Change<String?> = .keep
    /// The next state, which must be a successor of the one that the video is in; see ``Video/State/Kind/successors``.
    public var state: Change<Video.State> = .keep
    /// See ``Video/uploadExpiresAt``.
    public var uploadExpiresAt: Change<Date?> = .keep
    /// See ``Video/uploadedAt``.
    ///
    /// Left alone, it is set when the state says that the object has arrived.
    public var uploadedAt: Change<Date?> = .keep
    /// See ``Video/readyAt``.
    ///
    /// Left alone, it is set when the video becomes ready.
    public var readyAt: Change<Date?> = .keep
    /// See ``Video/deleteAfter``.
    public var deleteAfter: Change<Date?> = .keep

    /// Changes nothing yet.
    public init() {}

    /// Sets the fields in which one video differs from another.
    ///
    /// - Parameters:
    ///   - old: The video as it was read.
    ///   - new: The same video, edited. Its identifier, version, `createdAt`, `updatedAt` and `deletedAt` are ignored.
    public init(from old: Video, to new: Video) {
        // Texts are compared by their bytes: another composition is another text.
        title = Change(from: ExactText(old.title), to: ExactText(new.title)).map(\.text)
        description = Change(from: old.description.map(ExactText.init), to: new.description.map(ExactText.init))
            .map { $0?.text }
        objectKey = Change(from: ExactText(old.objectKey), to: ExactText(new.objectKey)).map(\.text)
        sessionID = Change(from: old.sessionID, to: new.sessionID)
        uploadedBy = Change(from: old.uploadedBy, to: new.uploadedBy)
        contentType = Change(from: old.contentType, to: new.contentType)
        byteSize = Change(from: old.byteSize, to: new.byteSize)
        etag = Change(from: old.etag, to: new.etag)
        duration = Change(from: old.duration, to: new.duration)
        width = Change(from: old.width, to: new.width)
        height = Change(from: old.height, to: new.height)
        frameRate = Change(from: old.frameRate, to: new.frameRate)
        thumbnailKey = Change(from: old.thumbnailKey.map(ExactText.init), to: new.thumbnailKey.map(ExactText.init))
            .map { $0?.text }
        tags = Change(from: old.tags.map(ExactText.init), to: new.tags.map(ExactText.init)).map { $0.map(\.text) }
        metadata = Change(from: old.metadata.mapValues(ExactText.init), to: new.metadata.mapValues(ExactText.init))
            .map { $0.mapValues(\.text) }
        renditions = old.renditions.sameBytes(as: new.renditions) ? .keep : .set(new.renditions)
        visibility = Change(from: old.visibility, to: new.visibility)
        externalID = Change(from: old.externalID.map(ExactText.init), to: new.externalID.map(ExactText.init))
            .map { $0?.text }
        state = Change(from: old.state, to: new.state)
        uploadExpiresAt = Change(from: old.uploadExpiresAt, to: new.uploadExpiresAt)
        uploadedAt = Change(from: old.uploadedAt, to: new.uploadedAt)
        readyAt = Change(from: old.readyAt, to: new.readyAt)
        deleteAfter = Change(from: old.deleteAfter, to: new.deleteAfter)
    }
}

extension Change {
    fileprivate func map<Other>(_ transform: (Value) -> Other) -> Change<Other> {
        switch self {
        case .keep: .keep
        case .set(let value): .set(transform(value))
        }
    }
}

extension [Video.Rendition] {
    fileprivate func sameBytes(as other: [Video.Rendition]) -> Bool {
        elementsEqual(other) {
            $0.kind.utf8.elementsEqual($1.kind.utf8) && $0.key.utf8.elementsEqual($1.key.utf8)
        }
    }
}
