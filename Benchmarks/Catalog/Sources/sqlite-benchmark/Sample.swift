import Foundation
import VideoCatalog

/// The sample videos, the same for both sides.
enum Sample {
    static let sessions = 100
    static let description = "Recorded on the second day; the slides are on the course's page."

    static func title(_ number: Int) -> String { "Lecture \(number): sorting and searching" }
    static func key(_ number: Int) -> String { "videos/2026/03/\(number)/original.mp4" }
    static func id(_ number: Int) -> UUID {
        UUID(
            uuid: (
                1, 2, 3, 4, 5, 6, 0x70, 7, 0x80, 8, 9, UInt8(number >> 16 & 255), 0, 0, UInt8(number >> 8 & 255),
                UInt8(number & 255)
            ))
    }
    static func microseconds(_ number: Int) -> Int64 { 1_772_357_400_000_000 + Int64(number) * 1_000_000 }

    static func video(_ number: Int) -> NewVideo {
        var video = NewVideo(
            title: title(number), objectKey: key(number), uploadedBy: UserID(number % 50), id: Video.ID(id(number)),
            description: description, sessionID: CourseSessionID(number % sessions), contentType: "video/mp4",
            byteSize: 52_428_800, tags: ["algorithms", "week-\(number % 12)"], metadata: ["language": "en"],
            uploadExpiresAt: CatalogTimestamp(microseconds: microseconds(number) + 900_000_000).date)
        video.createdAt = CatalogTimestamp(microseconds: microseconds(number)).date
        video.duration = 3600.5
        return video
    }
}
