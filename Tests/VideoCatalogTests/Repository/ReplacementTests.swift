import Testing
import VideoCatalog
import VideoCatalogTesting

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A replacement of a video's file")
struct ReplacementTests {
    private let clock = ManualClock()
    private let repository: InMemoryVideoRepository

    init() { repository = InMemoryVideoRepository(clock: clock.catalogClock) }

    private func insert(_ key: String, _ edit: (inout NewVideo) -> Void = { _ in }) async throws -> Video {
        var video = NewVideo(title: "Lecture", objectKey: key, uploadedBy: "u", state: .ready)
        edit(&video)
        return try await repository.insert(video)
    }

    @Test func `leaves no size, ETag or picture of the old file`() async throws {
        let video = try await insert("old") {
            ($0.byteSize, $0.etag, $0.duration, $0.width, $0.height, $0.frameRate) = (1, "old", 2, 3, 4, 5)
            ($0.contentType, $0.thumbnailKey) = ("video/mp4", "thumb")
        }
        let begun = try await repository.beginReplacement(of: video, upload: .init(objectKey: "new"))
        let finished = try await repository.finishReplacement(of: begun)
        #expect(finished.byteSize == nil && finished.etag == nil && finished.duration == nil)
        #expect(finished.width == nil && finished.height == nil && finished.frameRate == nil)
        #expect(finished.contentType == "video/mp4" && finished.thumbnailKey == "thumb")
        #expect(finished.objectKey == "new" && finished.replacedKeys == ["old"] && finished.upload == nil)
    }

    @Test func `is finished by a plain update of the key`() async throws {
        let video = try await insert("old") { $0.state = .failed(reason: "wrongSize") }
        let begun = try await repository.beginReplacement(of: video, upload: .init(objectKey: "new"))
        let finished = try await repository.update(begun) {
            $0.objectKey = "new"
            $0.state = .ready
        }
        #expect(finished.state == .ready && finished.upload == nil && finished.replacedKeys == ["old"])
    }

    @Test func `is due when its end has passed, and not at the end of the first upload`() async throws {
        let video = try await insert("old") { $0.uploadExpiresAt = clock.now.addingTimeInterval(-60) }
        var begun = try await repository.beginReplacement(of: video, upload: .init(objectKey: "new"))
        #expect(begun.uploadExpiresAt == nil)
        #expect(try await repository.claim(.expiredUploads, limit: 10, lease: .seconds(60)).claims.isEmpty)
        begun = try await repository.update(begun) { $0.uploadExpiresAt = clock.now.addingTimeInterval(60) }
        clock.advance(by: .seconds(60))
        let report = try await repository.performHousekeeping(.expiredUploads) { claim in
            try await repository.cancelReplacement(of: claim.video)
        }
        #expect(report.handled == [video.id])
        #expect(try await repository.requiredVideo(id: video.id).replacedKeys == ["new"])
    }

    @Test func `can't lose a key beyond the limit`() async throws {
        var video = try await insert("old") { $0.replacedKeys = (0..<49).map { "old/\($0)" } }
        video = try await repository.beginReplacement(of: video, upload: .init(objectKey: "new"))
        let error = await #expect(throws: CatalogError.self) {
            try await repository.update(video) { $0.replacedKeys.append("one more") }
        }
        #expect(error?.fields.map(\.name) == ["replacedKeys"])
        video = try await repository.cancelReplacement(of: video)
        #expect(video.replacedKeys.count == 50 && video.replacedKeys.last == "new")
    }

    @Test func `has its old objects deleted, except those that another video has by now`() async throws {
        let video = try await insert("k") { $0.replacedKeys = ["a", "\u{E4}", "a\u{308}", "deleted"] }
        let user = try await insert("a\u{308}")
        let deleted = try await insert("deleted")
        try await repository.delete(deleted.id)
        var keys = [String]()
        let report = try await repository.deleteReplacedObjects { keys.append($0) }
        #expect(keys.map { Array($0.utf8) } == ["a", "\u{E4}"].map { Array($0.utf8) })
        #expect(report.handled == [video.id] && report.failures.isEmpty)
        #expect(try await repository.requiredVideo(id: video.id).replacedKeys == [])
        #expect(try await repository.requiredVideo(id: user.id) == user)
        let nothing = try await repository.deleteReplacedObjects { keys.append($0) }
        #expect(nothing.handled == [] && keys.count == 2)
    }

    @Test func `keeps an old object that the video's own thumbnail or rendition names`() async throws {
        var video = try await insert("first") {
            $0.renditions = [.init(kind: "original", key: "first")]
            ($0.thumbnailKey, $0.replacedKeys) = ("thumb", ["thumb", "older"])
        }
        video = try await repository.beginReplacement(of: video, upload: .init(objectKey: "second"))
        video = try await repository.finishReplacement(of: video)
        #expect(video.replacedKeys == ["thumb", "older", "first"])
        var keys = [String]()
        let report = try await repository.deleteReplacedObjects { keys.append($0) }
        #expect(keys == ["older"] && report.handled == [video.id])
        let kept = try await repository.requiredVideo(id: video.id)
        #expect(kept.replacedKeys == ["thumb", "first"])
        // While there is nothing to do for a video, it isn't changed, and another one takes its place.
        clock.advance(by: .seconds(1))
        let other = try await insert("other") { $0.replacedKeys = ["old"] }
        let next = try await repository.deleteReplacedObjects(limit: 1) { keys.append($0) }
        #expect(next.handled == [other.id] && keys == ["older", "old"])
        #expect(try await repository.requiredVideo(id: video.id) == kept)
        try await repository.update(kept) { ($0.thumbnailKey, $0.renditions) = (nil, []) }
        let last = try await repository.deleteReplacedObjects { keys.append($0) }
        #expect(last.handled == [video.id] && keys.suffix(2) == ["thumb", "first"])
        #expect(try await repository.requiredVideo(id: video.id).replacedKeys == [])
    }

    @Test func `keeps the key of an object that couldn't be deleted`() async throws {
        struct Broken: Error {}
        let video = try await insert("k") { $0.replacedKeys = ["a", "b"] }
        let report = try await repository.deleteReplacedObjects { key in if key == "b" { throw Broken() } }
        #expect(report.failures.map(\.id) == [video.id])
        #expect(try await repository.requiredVideo(id: video.id) == video)
        let again = try await repository.deleteReplacedObjects { _ in }
        #expect(again.handled == [video.id])
    }
}
