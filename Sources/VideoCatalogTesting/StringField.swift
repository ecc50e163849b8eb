import VideoCatalog

/// A field of a video that holds strings.
struct StringField: Sendable {
    /// The name of the field in errors.
    let name: String
    /// The maximum length, in bytes.
    let limit: Int
    let insert: @Sendable (inout NewVideo, String) -> Void
    let change: @Sendable (inout VideoChanges, String) -> Void

    static let all: [StringField] = [
        .init(name: "title", limit: RepositorySupport.Limits.titleLength) {
            $0.title = $1
        } change: {
            $0.title = .set($1)
        },
        .init(name: "description", limit: RepositorySupport.Limits.descriptionLength) {
            $0.description = $1
        } change: {
            $0.description = .set($1)
        },
        .init(name: "objectKey", limit: RepositorySupport.Limits.keyLength) {
            $0.objectKey = $1
        } change: {
            $0.objectKey = .set($1)
        },
        .init(name: "sessionID", limit: RepositorySupport.Limits.identifierLength) {
            $0.sessionID = .init($1)
        } change: {
            $0.sessionID = .set(.init($1))
        },
        .init(name: "uploadedBy", limit: RepositorySupport.Limits.identifierLength) {
            $0.uploadedBy = .init($1)
        } change: {
            $0.uploadedBy = .set(.init($1))
        },
        .init(name: "contentType", limit: RepositorySupport.Limits.shortTextLength) {
            $0.contentType = $1
        } change: {
            $0.contentType = .set($1)
        },
        .init(name: "etag", limit: RepositorySupport.Limits.shortTextLength) {
            $0.etag = $1
        } change: {
            $0.etag = .set($1)
        },
        .init(name: "thumbnailKey", limit: RepositorySupport.Limits.keyLength) {
            $0.thumbnailKey = $1
        } change: {
            $0.thumbnailKey = .set($1)
        },
        .init(name: "tags", limit: RepositorySupport.Limits.tagLength) {
            $0.tags = [$1]
        } change: {
            $0.tags = .set([$1])
        },
        .init(name: "metadata", limit: RepositorySupport.Limits.metadataLength) {
            $0.metadata = [$1: ""]
        } change: {
            $0.metadata = .set([$1: ""])
        },
        .init(name: "metadata", limit: RepositorySupport.Limits.metadataLength - 1) {
            $0.metadata = ["n": $1]
        } change: {
            $0.metadata = .set(["n": $1])
        },
        .init(name: "renditions", limit: RepositorySupport.Limits.shortTextLength) {
            $0.renditions = [.init(kind: $1, key: "k")]
        } change: {
            $0.renditions = .set([.init(kind: $1, key: "k")])
        },
        .init(name: "renditions", limit: RepositorySupport.Limits.keyLength) {
            $0.renditions = [.init(kind: "k", key: $1)]
        } change: {
            $0.renditions = .set([.init(kind: "k", key: $1)])
        },
        .init(name: "visibility", limit: RepositorySupport.Limits.shortTextLength) {
            $0.visibility = .init(rawValue: $1)
        } change: {
            $0.visibility = .set(.init(rawValue: $1))
        },
        .init(name: "externalID", limit: RepositorySupport.Limits.identifierLength) {
            $0.externalID = $1
        } change: {
            $0.externalID = .set($1)
        },
        .init(name: "state", limit: RepositorySupport.Limits.reasonLength) {
            $0.state = .failed(reason: $1)
        } change: {
            $0.state = .set(.failed(reason: $1))
        },
        .init(name: "upload", limit: RepositorySupport.Limits.uploadIDLength) { video, text in
            video.editUpload { $0.id = text }
        } change: { changes, text in
            changes.editUpload { $0.id = text }
        },
        .init(name: "upload", limit: RepositorySupport.Limits.shortTextLength) { video, text in
            video.editUpload { $0.contentType = text }
        } change: { changes, text in
            changes.editUpload { $0.contentType = text }
        },
    ]
}

extension NewVideo {
    /// Edits the first upload, which has the key of the video.
    fileprivate mutating func editUpload(_ edit: (inout Video.Upload) -> Void) {
        var upload = upload ?? .init(objectKey: objectKey)
        edit(&upload)
        self.upload = upload
    }
}

extension VideoChanges {
    /// Edits an upload with a key of its own, which a failed video may have.
    fileprivate mutating func editUpload(_ edit: (inout Video.Upload) -> Void) {
        var changed = Video.Upload(objectKey: "replacement")
        if case .set(let upload?) = upload { changed = upload }
        edit(&changed)
        upload = .set(changed)
    }
}
