import Testing
import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A field with a valid and an invalid value.
struct FieldLimit: Sendable, CustomStringConvertible {
    let name: String
    let isTaken: @Sendable (inout Video) -> Void
    let isRefused: @Sendable (inout Video) -> Void
    var description: String { name }

    static func text(
        _ name: String, _ limit: Int, allowsEmpty: Bool = false,
        _ set: @escaping @Sendable (inout Video, String) -> Void
    ) -> [FieldLimit] {
        let text = { @Sendable (count: Int) in String(repeating: "é", count: count / 2) + (count % 2 == 1 ? "x" : "") }
        return [
            FieldLimit(name: name) {
                set(&$0, text(limit))
            } isRefused: {
                set(&$0, text(limit + 1))
            },
            FieldLimit(name: name) {
                set(&$0, allowsEmpty ? "" : "x")
            } isRefused: {
                set(&$0, allowsEmpty ? "\0" : "")
            },
            FieldLimit(name: name) {
                set(&$0, "\u{1}")
            } isRefused: {
                set(&$0, "a\0")
            },
        ]
    }

    static func instant(_ name: String, _ set: @escaping @Sendable (inout Video, Date) -> Void) -> [FieldLimit] {
        [
            FieldLimit(name: name) {
                set(&$0, CatalogTimestamp.first.date)
            } isRefused: {
                set(&$0, CatalogTimestamp.first.date - 0.000_001)
            },
            FieldLimit(name: name) {
                set(&$0, CatalogTimestamp.last.date)
            } isRefused: {
                set(&$0, CatalogTimestamp.last.date + 0.000_001)
            },
        ]
    }

    static func number(_ name: String, _ set: @escaping @Sendable (inout Video, Double) -> Void) -> [FieldLimit] {
        [(0, -0.1), (1e300, .infinity), (0.1, .nan)].map { taken, refused in
            FieldLimit(name: name) {
                set(&$0, taken)
            } isRefused: {
                set(&$0, refused)
            }
        }
    }

    static let texts: [FieldLimit] =
        text("title", 500) { $0.title = $1 } + text("description", 10_000, allowsEmpty: true) { $0.description = $1 }
        + text("objectKey", 1024) { $0.objectKey = $1 } + text("sessionID", 255) { $0.sessionID = .init($1) }
        + text("uploadedBy", 255) { $0.uploadedBy = .init($1) } + text("contentType", 255) { $0.contentType = $1 }
        + text("etag", 255) { $0.etag = $1 } + text("thumbnailKey", 1024) { $0.thumbnailKey = $1 }
        + text("tags", 100) { $0.tags = [$1] } + text("metadata", 8192) { $0.metadata = [$1: ""] }
        + text("metadata", 8191, allowsEmpty: true) { $0.metadata = ["n": $1] }
        + text("renditions", 255) { $0.renditions = [.init(kind: $1, key: "k")] }
        + text("renditions", 1024) { $0.renditions = [.init(kind: "k", key: $1)] }
        + text("visibility", 255) { $0.visibility = .init(rawValue: $1) }
        + text("upload", 1024) { $0.upload = .init(objectKey: $0.objectKey, id: $1) }
        + text("upload", 255) { $0.upload = .init(objectKey: $0.objectKey, contentType: $1) }
        + text("replacedKeys", 1024) { $0.replacedKeys = [$1] }
        + text("externalID", 255) { $0.externalID = $1 } + text("state", 1000) { $0.state = .failed(reason: $1) }

    static let values: [FieldLimit] =
        number("duration") { $0.duration = $1 } + number("frameRate") { $0.frameRate = $1 }
        + instant("updatedAt") { $0.updatedAt = $1 } + instant("uploadExpiresAt") { $0.uploadExpiresAt = $1 }
        + instant("uploadedAt") { $0.uploadedAt = $1 } + instant("readyAt") { $0.readyAt = $1 }
        + instant("deleteAfter") { $0.deleteAfter = $1 } + instant("deletedAt") { $0.deletedAt = $1 }
        + [
            FieldLimit(name: "byteSize") {
                $0.byteSize = 0
            } isRefused: {
                $0.byteSize = -1
            },
            FieldLimit(name: "upload") {
                $0.upload = .init(objectKey: $0.objectKey, partSize: 5_242_880, byteSize: 0)
            } isRefused: {
                $0.upload = .init(objectKey: $0.objectKey, partSize: 5_242_879)
            },
            FieldLimit(name: "upload") {
                $0.upload = .init(objectKey: $0.objectKey, partSize: 5_363_466_240)
            } isRefused: {
                $0.upload = .init(objectKey: $0.objectKey, partSize: 5_363_466_241)
            },
            FieldLimit(name: "upload") {
                $0.upload = .init(objectKey: $0.objectKey)
            } isRefused: {
                $0.upload = .init(objectKey: $0.objectKey, byteSize: -1)
            },
            FieldLimit(name: "upload") {
                $0.upload = .init(objectKey: $0.objectKey)
            } isRefused: {
                $0.upload = .init(objectKey: $0.objectKey + "2")
            },
            FieldLimit(name: "replacedKeys") {
                $0.replacedKeys = (0..<50).map(String.init)
            } isRefused: {
                $0.replacedKeys = (0..<51).map(String.init)
            },
            FieldLimit(name: "replacedKeys") {
                $0.replacedKeys = ["\u{E4}", "a\u{308}"]
            } isRefused: {
                $0.replacedKeys = ["\u{E4}", $0.objectKey]
            },
            FieldLimit(name: "width") {
                $0.width = 1
            } isRefused: {
                $0.width = 0
            },
            FieldLimit(name: "height") {
                $0.height = 1
            } isRefused: {
                $0.height = 0
            },
            FieldLimit(name: "tags") {
                $0.tags = ["a", "A"]
            } isRefused: {
                $0.tags = ["a", "a"]
            },
            FieldLimit(name: "tags") {
                $0.tags = ["\u{E4}", "a\u{308}"]
            } isRefused: {
                $0.tags = ["\u{E4}", "b", "\u{E4}"]
            },
            FieldLimit(name: "tags") {
                $0.tags = (0..<50).map(String.init)
            } isRefused: {
                $0.tags = (0..<51).map(String.init)
            },
            FieldLimit(name: "renditions") {
                $0.renditions = .init(repeating: .init(kind: "k", key: "k"), count: 50)
            } isRefused: {
                $0.renditions = .init(repeating: .init(kind: "k", key: "k"), count: 51)
            },
        ]
}

@Suite("The limits of a video's fields")
struct CatalogLimitsTests {
    @Test(arguments: FieldLimit.texts + FieldLimit.values)
    func `are taken, and not gone beyond`(field: FieldLimit) throws {
        var video = Fixture.minimal()
        field.isTaken(&video)
        try RepositorySupport.validate(video)
        field.isRefused(&video)
        let error = try #require(throws: CatalogError.self) { try RepositorySupport.validate(video) }
        #expect(error.code == .invalidFields)
        #expect(Set(error.fields.map(\.name)) == [field.name])
        #expect(error.message.contains(field.name))
    }

    @Test func `are named all at once, each of them once`() throws {
        var video = Fixture.minimal()
        for field in FieldLimit.texts + FieldLimit.values { field.isRefused(&video) }
        let error = try #require(throws: CatalogError.self) { try RepositorySupport.validate(video) }
        let names = Set((FieldLimit.texts + FieldLimit.values).map(\.name))
        #expect(Set(error.fields.map(\.name)) == names)
        #expect(Set(error.fields).count == error.fields.count)
        for name in names { #expect("\(error)".contains("\n  \(name): must ")) }
    }

    @Test func `hold for the instant of creation, which the host may give`() throws {
        var video = NewVideo(title: "t", objectKey: "k", uploadedBy: "u")
        video.createdAt = CatalogTimestamp.last.date
        _ = try RepositorySupport.insertedVideo(from: video, at: Fixture.instant)
        video.createdAt = CatalogTimestamp.last.date + 0.000_001
        let error = try #require(throws: CatalogError.self) {
            try RepositorySupport.insertedVideo(from: video, at: Fixture.instant)
        }
        #expect(error.fields.map(\.name) == ["createdAt"])
    }
}
