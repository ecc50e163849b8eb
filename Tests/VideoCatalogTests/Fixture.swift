import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Values that many tests use.
enum Fixture {
    /// 2026-03-01T09:30:00Z.
    static let instant = CatalogTimestamp(microseconds: 1_772_357_400_000_000).date

    static func date(_ microseconds: Int64) -> Date { CatalogTimestamp(microseconds: microseconds).date }

    static func minimal(_ key: String = "v/1.mp4") -> Video {
        Video(
            id: Video.ID(UUID(uuid: (1, 127, 34, 226, 121, 176, 124, 195, 152, 196, 220, 12, 12, 7, 57, 143))),
            title: "Lecture 1", objectKey: key, uploadedBy: "42", state: .pendingUpload, version: 1,
            createdAt: instant, updatedAt: instant)
    }

    static func full() -> Video {
        var video = minimal()
        video.description = "First"
        video.sessionID = "7"
        video.contentType = "video/mp4"
        video.byteSize = 52_428_800
        video.etag = "\"abc\""
        video.duration = 1.5
        video.width = 1920
        video.height = 1080
        video.frameRate = 25
        video.thumbnailKey = "t.jpg"
        video.tags = ["b", "a"]
        video.metadata = ["camera": "B"]
        video.renditions = [.init(kind: "hls", key: "hls/m.m3u8")]
        video.upload = .init(
            objectKey: "v/2.mp4", id: "AB", partSize: 8_388_608, byteSize: 7, contentType: "video/webm")
        video.replacedKeys = ["v/0.mp4"]
        video.visibility = .unlisted
        video.externalID = "ext"
        video.state = .failed(reason: "wrongSize")
        video.version = 3
        video.updatedAt = date(1_772_357_400_000_001)
        video.uploadExpiresAt = date(1_772_357_400_000_020)
        video.uploadedAt = date(1_772_357_400_000_300)
        video.readyAt = date(1_772_357_400_004_000)
        video.deleteAfter = date(1_772_357_400_050_000)
        video.deletedAt = date(1_772_357_400_600_000)
        return video
    }
}
