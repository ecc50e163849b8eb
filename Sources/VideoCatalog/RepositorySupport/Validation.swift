#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension RepositorySupport {
    /// Checks every field of a row against ``Limits``.
    ///
    /// - Parameter video: The row to check.
    /// - Throws: A ``CatalogError`` with the code `invalidFields` that names every invalid field.
    public static func validate(_ video: Video) throws(CatalogError) {
        var checker = FieldChecker()
        checker.check("title", string: video.title, limit: Limits.titleLength)
        checker.check("description", string: video.description, limit: Limits.descriptionLength, allowsEmpty: true)
        checker.check("objectKey", string: video.objectKey, limit: Limits.keyLength)
        checker.check("sessionID", string: video.sessionID?.rawValue, limit: Limits.identifierLength)
        checker.check("uploadedBy", string: video.uploadedBy.rawValue, limit: Limits.identifierLength)
        checker.check("contentType", string: video.contentType, limit: Limits.shortTextLength)
        checker.check("byteSize", integer: video.byteSize, minimum: 0)
        checker.check("etag", string: video.etag, limit: Limits.shortTextLength)
        checker.check("duration", number: video.duration)
        checker.check("width", integer: video.width.map(Int64.init), minimum: 1)
        checker.check("height", integer: video.height.map(Int64.init), minimum: 1)
        checker.check("frameRate", number: video.frameRate)
        checker.check("thumbnailKey", string: video.thumbnailKey, limit: Limits.keyLength)
        checker.check(tags: video.tags)
        checker.check(metadata: video.metadata)
        checker.check(renditions: video.renditions)
        checker.check(uploadOf: video)
        checker.check(replacedKeysOf: video)
        checker.check("visibility", string: video.visibility.rawValue, limit: Limits.shortTextLength)
        checker.check("externalID", string: video.externalID, limit: Limits.identifierLength)
        checker.check("state", string: video.state.failureReason, limit: Limits.reasonLength)
        checker.check("version", integer: Int64(video.version), minimum: 1)
        checker.check("createdAt", date: video.createdAt)
        checker.check("updatedAt", date: video.updatedAt)
        checker.check("uploadExpiresAt", date: video.uploadExpiresAt)
        checker.check("uploadedAt", date: video.uploadedAt)
        checker.check("readyAt", date: video.readyAt)
        checker.check("deleteAfter", date: video.deleteAfter)
        checker.check("deletedAt", date: video.deletedAt)
        checker.check("purgeStartedAt", date: video.purgeStartedAt)
        try checker.throwInvalidFields()
    }

    /// Checks the fields that a deletion, a restoration or the start of a purge sets.
    ///
    /// The others stay as they are, even if they break the limits: they may be older than these, or from the app's SQL.
    static func validateTransition(to video: Video) throws(CatalogError) {
        var checker = FieldChecker()
        checker.check("version", integer: Int64(video.version), minimum: 1)
        checker.check("updatedAt", date: video.updatedAt)
        checker.check("deletedAt", date: video.deletedAt)
        checker.check("purgeStartedAt", date: video.purgeStartedAt)
        try checker.throwInvalidFields()
    }
}

/// A collector of invalid fields, so that one error names them all.
struct FieldChecker {
    private(set) var fields: [CatalogError.Field] = []

    /// The names of the invalid fields, each of them once.
    var names: String {
        var names: [String] = []
        for field in fields where !names.contains(field.name) { names.append(field.name) }
        return names.joined(separator: ", ")
    }

    func throwInvalidFields() throws(CatalogError) {
        guard !fields.isEmpty else { return }
        throw CatalogError(
            .invalidFields, "Invalid video: these fields break the catalog's limits: \(names).", fields: fields)
    }

    mutating func add(_ name: String, _ message: String) {
        let field = CatalogError.Field(name, message)
        if !fields.contains(field) { fields.append(field) }
    }

    /// Checks the length of a string, and that it has no NUL, which PostgreSQL can't store.
    mutating func check(_ name: String, string: String?, limit: Int, allowsEmpty: Bool = false) {
        guard let string else { return }
        let minimum = allowsEmpty ? 0 : 1
        guard (minimum...limit).contains(string.utf8.count), !string.utf8.contains(0) else {
            add(name, "must have \(minimum) to \(limit) bytes of UTF-8, without NUL")
            return
        }
    }

    mutating func check(_ name: String, number: Double?) {
        if let number, !(number.isFinite && number >= 0) { add(name, "must be a finite number of zero or more") }
    }

    mutating func check(_ name: String, integer: Int64?, minimum: Int64) {
        if let integer, integer < minimum { add(name, "must be \(minimum) or more") }
    }

    mutating func check(_ name: String, date: Date?) {
        if let date, CatalogTimestamp(date) == nil { add(name, "must be in the years 1970 to 2099") }
    }

    mutating func check(tags: [String]) {
        typealias Limits = RepositorySupport.Limits
        if tags.count > Limits.tagCount { add("tags", "must be at most \(Limits.tagCount)") }
        if Set(tags.map(ExactString.init)).count != tags.count { add("tags", "must not repeat a tag") }
        for tag in tags { check("tags", string: tag, limit: Limits.tagLength) }
    }

    mutating func check(metadata: [String: String]) {
        let limit = RepositorySupport.Limits.metadataLength
        let length = metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if length > limit { add("metadata", "must have at most \(limit) bytes of names and values") }
        for (name, value) in metadata {
            check("metadata", string: name, limit: limit)
            check("metadata", string: value, limit: limit, allowsEmpty: true)
        }
    }

    mutating func check(uploadOf video: Video) {
        guard let upload = video.upload else { return }
        typealias Limits = RepositorySupport.Limits
        check("upload", string: upload.objectKey, limit: Limits.keyLength)
        check("upload", string: upload.id, limit: Limits.uploadIDLength)
        check("upload", string: upload.contentType, limit: Limits.shortTextLength)
        check("upload", integer: upload.byteSize, minimum: 0)
        if let partSize = upload.partSize, !Limits.partSizeRange.contains(partSize) {
            add("upload", "must have a part size of 5 MiB to 5 GiB minus 5 MiB")
        }
        switch video.state {
        case .ready where video.replacement == nil:
            add("upload", "must have another key than the object of a ready video, or be nil")
        case .pendingUpload where video.replacement != nil, .uploading where video.replacement != nil,
            .verifying where video.replacement != nil, .expired where video.replacement != nil:
            add("upload", "must have the key of the object, unless the video is ready or failed")
        default: break
        }
    }

    mutating func check(replacedKeysOf video: Video) {
        typealias Limits = RepositorySupport.Limits
        let keys = video.replacedKeys
        if video.replacement == nil ? keys.count > Limits.replacedKeyCount : keys.count >= Limits.replacedKeyCount {
            add("replacedKeys", "must be at most \(Limits.replacedKeyCount), and one less during a replacement")
        }
        guard !keys.isEmpty else { return }
        let exact = Set(keys.map(ExactString.init))
        if exact.count != keys.count { add("replacedKeys", "must not repeat a key") }
        if exact.contains(ExactString(video.objectKey))
            || video.upload.map({ exact.contains(.init($0.objectKey)) }) == true
        {
            add("replacedKeys", "must not contain the key of the object or of the upload")
        }
        for key in keys { check("replacedKeys", string: key, limit: Limits.keyLength) }
    }

    mutating func check(renditions: [Video.Rendition]) {
        typealias Limits = RepositorySupport.Limits
        if renditions.count > Limits.renditionCount { add("renditions", "must be at most \(Limits.renditionCount)") }
        for rendition in renditions {
            check("renditions", string: rendition.kind, limit: Limits.shortTextLength)
            check("renditions", string: rendition.key, limit: Limits.keyLength)
        }
    }
}
