import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Videos that the rules insert.
enum SampleVideos {
    /// Returns a video with the required fields only.
    static func plain(_ key: String) -> NewVideo { NewVideo(title: "Lecture", objectKey: key, uploadedBy: "user") }

    /// Returns a video with every field set.
    static func full(_ key: String) -> NewVideo {
        var video = NewVideo(
            title: "Lecture 1: \"Größe\" & Maß", objectKey: key, uploadedBy: "42", description: "Line 1\nLine 2\t🎬",
            sessionID: "course/7", contentType: "video/mp4; codecs=\"avc1\"", byteSize: 5_368_709_120_123,
            tags: ["zeta", "alpha", "Ünï"], metadata: ["camera": "B", "empty": ""],
            visibility: .unlisted, externalID: "ext-1", state: .ready,
            uploadExpiresAt: date(1_772_360_000_123_456), deleteAfter: date(1_900_000_000_000_001))
        video.id = Video.ID(UUID(uuid: (1, 156, 3, 4, 5, 6, 0x47, 8, 0x89, 10, 11, 12, 13, 14, 15, 255)))
        video.createdAt = date(1_600_000_000_999_999)
        video.etag = "\"d41d8cd98f00b204e9800998ecf8427e-12\""
        video.duration = 3723.041_666_666_666_7
        video.width = 3840
        video.height = 2160
        video.frameRate = 24_000.0 / 1001
        video.thumbnailKey = "thumbs/1.jpg"
        video.renditions = [.init(kind: "hls", key: "hls/1/master.m3u8"), .init(kind: "dash", key: "dash/1.mpd")]
        video.upload = .init(
            objectKey: "videos/2.mp4", id: "AB/+=_-.~", partSize: 5_242_880, byteSize: 5_368_709_120_124,
            contentType: "video/webm")
        video.replacedKeys = ["videos/0.mp4", "a\u{308}", "\u{E4}"]
        video.uploadedAt = date(1_772_350_000_000_007)
        video.readyAt = date(1_772_350_001_500_000)
        return video
    }

    /// Returns a date by its microseconds since 1970.
    static func date(_ microseconds: Int64) -> Date { CatalogTimestamp(microseconds: microseconds).date }
}
