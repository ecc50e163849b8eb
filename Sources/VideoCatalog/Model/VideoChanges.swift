#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The fields to change in an update.
///
/// ```swift
/// var changes = VideoChanges()
/// changes.title = .set("Lecture 2")
/// changes.sessionID = .clear
/// ```
///
/// Fields that aren't set keep their values. The repository alone changes the version, ``Video/updatedAt``,
/// ``Video/deletedAt`` and ``Video/purgeStartedAt``. The identifier and ``Video/createdAt`` never change.
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
    /// See ``Video/upload``.
    ///
    /// An upload with another key than ``Video/objectKey`` starts a replacement. Setting ``objectKey`` to the key of
    /// the replacement finishes it and clears the upload. Clearing the upload alone cancels the replacement.
    public var upload: FieldChange<Video.Upload?> = .keep
    /// See ``Video/replacedKeys``.
    ///
    /// A finished or canceled replacement adds its key in any case.
    public var replacedKeys: FieldChange<[String]> = .keep
    /// See ``Video/visibility``.
    public var visibility: FieldChange<Video.Visibility> = .keep
    /// See ``Video/externalID``.
    public var externalID: FieldChange<String?> = .keep
    /// The next state, which must be one of ``Video/State/Kind/successors`` of the current state.
    ///
    /// When a replacement is finished, a `failed` video may become `ready`, too.
    public var state: FieldChange<Video.State> = .keep
    /// See ``Video/uploadExpiresAt``.
    ///
    /// If it isn't set, it becomes `nil` when a replacement is started, finished or canceled.
    public var uploadExpiresAt: FieldChange<Date?> = .keep
    /// See ``Video/uploadedAt``.
    ///
    /// If it isn't set, it becomes the date of the update when the state becomes `verifying` or `ready`, or
    /// when a replacement is finished.
    public var uploadedAt: FieldChange<Date?> = .keep
    /// See ``Video/readyAt``.
    ///
    /// If it isn't set, it becomes the date of the update when the state becomes `ready`, or when a
    /// replacement of a `ready` video is finished.
    public var readyAt: FieldChange<Date?> = .keep
    /// See ``Video/deleteAfter``.
    public var deleteAfter: FieldChange<Date?> = .keep

    /// Creates changes without any field set.
    public init() {}

    /// Creates changes that set the fields in which two videos differ.
    ///
    /// Strings are compared by their bytes, so that changing only the composition of a letter is a change.
    ///
    /// - Parameters:
    ///   - old: The video as it was read.
    ///   - new: The same video, edited. Its identifier, version, ``Video/createdAt``, ``Video/updatedAt``,
    ///     ``Video/deletedAt`` and ``Video/purgeStartedAt`` are ignored.
    public init(from old: Video, to new: Video) {
        title = FieldChange(from: old.title, to: new.title, comparing: ExactString.init)
        description = FieldChange(from: old.description, to: new.description) { $0.map(ExactString.init) }
        objectKey = FieldChange(from: old.objectKey, to: new.objectKey, comparing: ExactString.init)
        sessionID = FieldChange(from: old.sessionID, to: new.sessionID)
        uploadedBy = FieldChange(from: old.uploadedBy, to: new.uploadedBy)
        contentType = FieldChange(from: old.contentType, to: new.contentType) { $0.map(ExactString.init) }
        byteSize = FieldChange(from: old.byteSize, to: new.byteSize)
        etag = FieldChange(from: old.etag, to: new.etag) { $0.map(ExactString.init) }
        duration = FieldChange(from: old.duration, to: new.duration)
        width = FieldChange(from: old.width, to: new.width)
        height = FieldChange(from: old.height, to: new.height)
        frameRate = FieldChange(from: old.frameRate, to: new.frameRate)
        thumbnailKey = FieldChange(from: old.thumbnailKey, to: new.thumbnailKey) { $0.map(ExactString.init) }
        tags = FieldChange(from: old.tags, to: new.tags) { $0.map(ExactString.init) }
        metadata = FieldChange(from: old.metadata, to: new.metadata) {
            Set($0.map { [ExactString($0), ExactString($1)] })
        }
        renditions = FieldChange(from: old.renditions, to: new.renditions)
        upload = FieldChange(from: old.upload, to: new.upload)
        replacedKeys = FieldChange(from: old.replacedKeys, to: new.replacedKeys) { $0.map(ExactString.init) }
        visibility = FieldChange(from: old.visibility, to: new.visibility)
        externalID = FieldChange(from: old.externalID, to: new.externalID) { $0.map(ExactString.init) }
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

    /// Creates a change that keeps a field if both values have the same form.
    fileprivate init(from old: Value, to new: Value, comparing form: (Value) -> some Equatable) {
        self = form(old) == form(new) ? .keep : .set(new)
    }
}
