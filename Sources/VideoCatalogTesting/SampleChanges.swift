import VideoCatalog

/// Updates that change one field each.
enum SampleChanges {
    static let all: [VideoChanges] = edits.map { edit in
        var changes = VideoChanges()
        edit(&changes)
        return changes
    }

    private static let edits: [@Sendable (inout VideoChanges) -> Void] = [
        { $0.title = .set("Other") }, { $0.description = .set("Other") }, { $0.objectKey = .set("other") },
        { $0.sessionID = .set("other") }, { $0.uploadedBy = .set("other") }, { $0.contentType = .set("video/webm") },
        { $0.byteSize = .set(7) }, { $0.etag = .set("other") }, { $0.duration = .set(0.25) }, { $0.width = .set(1) },
        { $0.height = .set(2) }, { $0.frameRate = .set(29.97) }, { $0.thumbnailKey = .set("other.jpg") },
        { $0.tags = .set(["other"]) }, { $0.metadata = .set(["other": "value"]) },
        { $0.renditions = .set([.init(kind: "other", key: "other")]) },
        {
            $0.upload = .set(
                .init(objectKey: "videos/2.mp4", id: "other", partSize: 5_363_466_240, byteSize: 1, contentType: "x/y"))
        },
        { $0.upload = .set(.init(objectKey: "videos/2.mp4")) }, { $0.replacedKeys = .set(["\u{E4}", "other/0"]) },
        { $0.visibility = .set(.init(rawValue: "members")) }, { $0.externalID = .set("other") },
        { $0.uploadExpiresAt = .set(SampleVideos.date(1_800_000_000_000_001)) },
        { $0.uploadedAt = .set(SampleVideos.date(1_700_000_000_000_001)) },
        { $0.readyAt = .set(SampleVideos.date(1_700_000_001_000_001)) },
        { $0.deleteAfter = .set(SampleVideos.date(2_000_000_000_000_001)) },
        { $0.state = .set(.failed(reason: "other")) },
        { $0.tags = .set([]) }, { $0.metadata = .set([:]) }, { $0.renditions = .set([]) }, { $0.sessionID = .clear },
        { $0.upload = .clear }, { $0.replacedKeys = .set([]) },
    ]

    /// An update that sets every optional field to `nil`.
    static let clearing: VideoChanges = {
        var changes = VideoChanges()
        changes.description = .clear
        changes.sessionID = .clear
        changes.contentType = .clear
        changes.byteSize = .clear
        changes.etag = .clear
        changes.duration = .clear
        changes.width = .clear
        changes.height = .clear
        changes.frameRate = .clear
        changes.thumbnailKey = .clear
        changes.tags = .set([])
        changes.metadata = .set([:])
        changes.renditions = .set([])
        changes.upload = .clear
        changes.replacedKeys = .set([])
        changes.externalID = .clear
        changes.uploadExpiresAt = .clear
        changes.uploadedAt = .clear
        changes.readyAt = .clear
        changes.deleteAfter = .clear
        return changes
    }()
}
