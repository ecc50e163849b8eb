import Foundation
import VideoCatalog

/// The sample videos, numbered from 1, the same in every catalog.
///
/// A session has 100 videos, which were inserted among those of 19 other sessions. A twentieth of the videos wait for
/// their upload, which has expired.
enum Sample {
    static func createdAt(_ number: Int) -> Date { Date(timeIntervalSince1970: 1_262_304_000 + Double(number) * 30) }

    /// The identifier: a UUID of version 7, with the date and the number.
    static func id(_ number: Int) -> Video.ID {
        let milliseconds = UInt64(createdAt(number).timeIntervalSince1970) * 1000
        let high = (milliseconds << 16 | 0x7000).bigEndian
        let low = (0x8000 << 48 | UInt64(number)).bigEndian
        return withUnsafeBytes(of: (high, low)) { Video.ID(UUID(uuid: $0.loadUnaligned(as: uuid_t.self))) }
    }

    static func session(_ number: Int) -> CourseSessionID { CourseSessionID(number / 2000 * 20 + number % 20) }

    static func topic(_ number: Int) -> String { "topic \(number % 100 / 10)\(number % 10)" }

    static func isDeleted(_ number: Int) -> Bool { number / 20 % 20 == 7 }

    static func video(_ number: Int) -> NewVideo {
        let (id, createdAt) = (id(number), createdAt(number))
        let isPending = number / 20 % 20 == 1
        var video = NewVideo(
            title: "Lecture \(number): \(topic(number))", objectKey: "videos/\(id)/original.mp4",
            uploadedBy: UserID(number % 997), id: id,
            description: "Recorded in room \(number % 40); the slides are on the page of the course.",
            sessionID: session(number), contentType: "video/mp4", byteSize: 52_428_800 + Int64(number),
            tags: ["lecture", "week-\(number % 12)"], metadata: ["language": "en"],
            state: isPending ? .pendingUpload : .ready, uploadExpiresAt: isPending ? createdAt + 900 : nil)
        video.createdAt = createdAt
        video.duration = 3600.5
        return video
    }
}
