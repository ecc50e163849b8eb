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
    public var title: FieldChange<String> = .keep
    /// See ``Video/description``.
    public var description: FieldChange<String?> = .keep
    /// See ``Video/objectKey``.
    public var objectKey: FieldChange<String> = .keep
    /// See ``Video/sessionID``.
    public var sessionID: FieldChange<CourseSessionID?> = .keep
    /// See ``Video/uploadedBy``.
    public var uploadedBy: FieldChange<UserID> = .keep
    /// See ``Video/contentType``.
    public var contentType: FieldChange<String?> = .keep
    /// See ``Video/byteSize``.
    public var byteSize: FieldChange<Int64?> = .keep
    /// See ``Video/etag``.
    public var etag: FieldChange<String?> = .keep
    /// See ``Video/duration``.
    public var duration: FieldChange<Double?> = .keep
    /// See ``Video/width``.
    public var width: FieldChange<Int?> = .keep
    /// See ``Video/height``.
    public var height: FieldChange<Int?> = .keep
    /// See ``Video/frameRate``.
    public var frameRate: FieldChange<Double?> = .keep
    /// See ``Video/thumbnailKey``.
    public var thumbnailKey: FieldChange<String?> = .keep
    /// See ``Video/tags``.
    public var tags: FieldChange<[String]> = .keep
    /// See ``Video/metadata``.
    public var metadata: FieldChange<[String: String]> = .keep
    /// See ``Video/renditions``.
    public var renditions: FieldChange<[Video.Rendition]> = .keep
    /// See ``Video/visibility``.
    public var visibility: FieldChange<Video.Visibility> = .keep
    /// See ``Video/externalID``.
    public var externalID: FieldChange<String?> = .keep
    /// The next state, which must be a successor of the one that the video is in; see ``Video/State/Kind/successors``.
    public var state: FieldChange<Video.State> = .keep
    /// See ``Video/uploadExpiresAt``.
    public var uploadExpiresAt: FieldChange<Date?> = .keep
    /// See ``Video/uploadedAt``.
    ///
    /// Left alone, it is set when the state says that the object has arrived.
    public var uploadedAt: FieldChange<Date?> = .keep
    /// See ``Video/readyAt``.
    ///
    /// Left alone, it is set when the video becomes ready.
    public var readyAt: FieldChange<Date?> = .keep
    /// See ``Video/deleteAfter``.
    public var deleteAfter: FieldChange<Date?> = .keep

    /// Changes nothing yet.
    public init() {}

    /// Sets the fields in which one video differs from another.
    ///
    /// - Parameters:
    ///   - old: The video as it was read.
    ///   - new: The same video, edited. Its identifier, version, `createdAt`, `updatedAt` and `deletedAt` are ignored.
    public init(from old: Video, to new: Video) {
        // Texts are compared by their bytes: another composition is another text.
        title = FieldChange(from: ExactString(old.title), to: ExactString(new.title)).map(\.string)
        description = FieldChange(
            from: old.description.map(ExactString.init), to: new.description.map(ExactString.init)
        )
        .map { $0?.string }
        objectKey = FieldChange(from: ExactString(old.objectKey), to: ExactString(new.objectKey)).map(\.string)
        sessionID = FieldChange(from: old.sessionID, to: new.sessionID)
        uploadedBy = FieldChange(from: old.uploadedBy, to: new.uploadedBy)
        contentType = FieldChange(from: old.contentType, to: new.contentType)
        byteSize = FieldChange(from: old.byteSize, to: new.byteSize)
        etag = FieldChange(from: old.etag, to: new.etag)
        duration = FieldChange(from: old.duration, to: new.duration)
        width = FieldChange(from: old.width, to: new.width)
        height = FieldChange(from: old.height, to: new.height)
        frameRate = FieldChange(from: old.frameRate, to: new.frameRate)
        thumbnailKey = FieldChange(
            from: old.thumbnailKey.map(ExactString.init), to: new.thumbnailKey.map(ExactString.init)
        )
        .map { $0?.string }
        tags = FieldChange(from: old.tags.map(ExactString.init), to: new.tags.map(ExactString.init)).map {
            $0.map(\.string)
        }
        metadata = FieldChange(
            from: old.metadata.mapValues(ExactString.init), to: new.metadata.mapValues(ExactString.init)
        )
        .map { $0.mapValues(\.string) }
        renditions = old.renditions.sameBytes(as: new.renditions) ? .keep : .set(new.renditions)
        visibility = FieldChange(from: old.visibility, to: new.visibility)
        externalID = FieldChange(from: old.externalID.map(ExactString.init), to: new.externalID.map(ExactString.init))
            .map { $0?.string }
        state = FieldChange(from: old.state, to: new.state)
        uploadExpiresAt = FieldChange(from: old.uploadExpiresAt, to: new.uploadExpiresAt)
        uploadedAt = FieldChange(from: old.uploadedAt, to: new.uploadedAt)
        readyAt = FieldChange(from: old.readyAt, to: new.readyAt)
        deleteAfter = FieldChange(from: old.deleteAfter, to: new.deleteAfter)
    }
}

/// The effect of an update on one field.
public enum FieldChange<Value: Sendable & Hashable>: Sendable, Hashable {
    /// The field keeps its value.
    case keep
    /// The field gets this value.
    case set(Value)

    /// A Boolean value that indicates whether the update sets the field.
    public var isSet: Bool { self != .keep }
}

extension FieldChange where Value: ExpressibleByNilLiteral {
    /// The field becomes `nil`.
    public static var clear: FieldChange { .set(nil) }
}

extension FieldChange {
    fileprivate init(from old: Value, to new: Value) {
        self = old == new ? .keep : .set(new)
    }

    fileprivate func map<Other>(_ transform: (Value) -> Other) -> FieldChange<Other> {
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
