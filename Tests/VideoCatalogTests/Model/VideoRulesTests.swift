import TestSupport
import Testing
import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The rules of the model")
struct VideoRulesTests {
    typealias Kind = Video.State.Kind

    @Test func `have this table of transitions`() {
        let table: [Kind: Set<Kind>] = [
            .pendingUpload: [.pendingUpload, .uploading, .verifying, .ready, .failed, .expired],
            .uploading: [.uploading, .verifying, .ready, .failed, .expired],
            .verifying: [.verifying, .ready, .failed],
            .ready: [.ready, .failed],
            .failed: [.failed, .pendingUpload],
            .expired: [.expired, .pendingUpload, .uploading, .verifying],
        ]
        for from in Kind.allCases {
            for to in Kind.allCases {
                #expect(from.canTransition(to: to) == table[from]?.contains(to), "\(from) to \(to)")
            }
        }
    }

    @Test func `name the states that are possible where one is not`() throws {
        var video = Fixture.minimal()
        video.state = .ready
        var changes = VideoChanges()
        changes.state = .set(.uploading)
        let error = try #require(throws: CatalogError.self) {
            try RepositorySupport.updatedVideo(video, applying: changes, expecting: 1, at: Fixture.instant)
        }
        #expect(error.message.contains("a video that is ready can't become uploading, only ready, failed"))
        #expect(error.current == video)
    }

    @Test func `refuse to count a version beyond the last number`() throws {
        var video = Fixture.minimal()
        video.version = .max
        let updated = try #require(throws: CatalogError.self) {
            try RepositorySupport.updatedVideo(video, applying: VideoChanges(), expecting: .max, at: Fixture.instant)
        }
        let deleted = try #require(throws: CatalogError.self) {
            try RepositorySupport.deletedVideo(video, expecting: nil, at: Fixture.instant)
        }
        for error in [updated, deleted] {
            #expect(error.code == .invalidFields)
            #expect(error.fields.map(\.name) == ["version"])
        }
    }

    @Test func `check of a deletion, a restoration and a purge only what they set`() throws {
        var video = Fixture.minimal()
        (video.title, video.width, video.byteSize, video.tags) = ("", 0, -1, ["a", "a"])
        let deleted = try RepositorySupport.deletedVideo(video, expecting: 1, at: Fixture.instant)
        #expect(deleted.isDeleted && deleted.title.isEmpty && deleted.tags == ["a", "a"])
        #expect(try RepositorySupport.purgeStartedVideo(deleted, at: Fixture.instant).purgeStartedAt != nil)
        #expect(try !RepositorySupport.restoredVideo(deleted, at: Fixture.instant).isDeleted)
        let rules: [(Date) throws -> Video] = [
            { try RepositorySupport.deletedVideo(video, expecting: nil, at: $0) },
            { try RepositorySupport.purgeStartedVideo(deleted, at: $0) },
            { try RepositorySupport.restoredVideo(deleted, at: $0) },
        ]
        for (rule, names) in zip(rules, [["updatedAt", "deletedAt"], ["updatedAt", "purgeStartedAt"], ["updatedAt"]]) {
            let error = #expect(throws: CatalogError.self) { try rule(.distantFuture) }
            #expect(error?.code == .invalidFields && error?.fields.map(\.name) == names)
        }
        let update = #expect(throws: CatalogError.self) {
            try RepositorySupport.updatedVideo(video, applying: VideoChanges(), expecting: 1, at: Fixture.instant)
        }
        #expect(update?.fields.map(\.name) == ["title", "byteSize", "width", "tags"])
    }

    @Test func `make of the difference between two videos what turns one into the other`() throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let (old, new) = (randomVideo(&generator), randomVideo(&generator))
            let updated = try RepositorySupport.updatedVideo(
                old, applying: VideoChanges(from: old, to: new), expecting: old.version, at: Fixture.instant + 1)
            var expected = new
            expected.version = old.version + 1
            expected.updatedAt = Fixture.instant + 1
            try #require(updated == expected, "seed \(seed)")
            // Equal strings may still differ in their bytes.
            try #require(updated.title.utf8.elementsEqual(new.title.utf8), "seed \(seed)")
            try #require(updated.tags.map { Array($0.utf8) } == new.tags.map { Array($0.utf8) }, "seed \(seed)")
            let nothing = VideoChanges(from: new, to: new)
            try #require(nothing == VideoChanges(), "seed \(seed)")
        }
    }

    @Test func `see another composition as a change of every text`() {
        var (old, new) = (Fixture.minimal("\u{E4}"), Fixture.minimal("a\u{308}"))
        let edit = { (video: inout Video, text: String) in
            video.title = text
            video.description = text
            video.contentType = text
            video.etag = text
            video.state = .failed(reason: text)
            video.sessionID = .init(text)
            video.uploadedBy = .init(text)
            video.thumbnailKey = text
            video.tags = [text]
            video.metadata = ["n": text]
            video.renditions = [.init(kind: text, key: text)]
            video.visibility = .init(rawValue: text)
            video.upload = .init(objectKey: "u", id: text)
            video.replacedKeys = [text]
            video.externalID = text
        }
        edit(&old, "\u{E4}")
        edit(&new, "a\u{308}")
        let changes = VideoChanges(from: old, to: new)
        #expect(changes.title.isSet && changes.description.isSet && changes.objectKey.isSet && changes.sessionID.isSet)
        #expect(changes.uploadedBy.isSet && changes.thumbnailKey.isSet && changes.tags.isSet && changes.metadata.isSet)
        #expect(changes.renditions.isSet && changes.visibility.isSet && changes.externalID.isSet)
        #expect(changes.upload.isSet && changes.replacedKeys.isSet)
        #expect(changes.contentType.isSet && changes.etag.isSet && changes.state.isSet)
    }

    @Test func `see another composition of a name in the metadata as a change`() {
        var (old, new) = (Fixture.minimal(), Fixture.minimal())
        old.metadata = ["\u{E4}": "value", "b": "c"]
        new.metadata = ["a\u{308}": "value", "b": "c"]
        #expect(VideoChanges(from: old, to: new).metadata.isSet)
        #expect(!VideoChanges(from: old, to: old).metadata.isSet)
    }

    private func randomVideo(_ generator: inout SeededGenerator) -> Video {
        var video = Fixture.full()
        video.state = .ready
        video.deletedAt = nil
        func pick(_ texts: [String]) -> String { texts[Int.random(in: 0..<texts.count, using: &generator)] }
        let texts = ["a", "\u{E4}", "a\u{308}", "🎬"]
        func date() -> Date? {
            let days = Int.random(in: -1..<3, using: &generator)
            return days < 0 ? nil : Fixture.instant + Double(days) * 86_400
        }
        func number() -> Int? {
            let number = Int.random(in: 0..<4, using: &generator)
            return number == 0 ? nil : number
        }
        video.title = pick(texts)
        video.description = number().map { texts[$0] }
        video.objectKey = pick(texts)
        video.sessionID = number().map { CourseSessionID($0) }
        video.uploadedBy = UserID(pick(texts))
        video.contentType = number().map { texts[$0] }
        video.byteSize = number().map(Int64.init)
        video.etag = number().map { texts[$0] }
        video.duration = number().map(Double.init)
        video.width = number()
        video.height = number()
        video.frameRate = number().map(Double.init)
        video.thumbnailKey = number().map { texts[$0] }
        video.tags = number().map { Array(texts[$0...]) } ?? []
        video.metadata = number().map { ["n": texts[$0]] } ?? [:]
        video.renditions = number().map { [.init(kind: "hls", key: texts[$0])] } ?? []
        video.visibility = .init(rawValue: pick(texts))
        video.externalID = number().map { texts[$0] }
        video.uploadExpiresAt = date()
        video.uploadedAt = date()
        video.readyAt = date()
        video.deleteAfter = date()
        return video
    }
}

@Suite("Equality of rows")
struct VideoEqualityTests {
    @Test func `is by bytes`() throws {
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        let base = try RepositorySupport.insertedVideo(
            from: NewVideo(title: "Lecture", objectKey: "k", uploadedBy: "u"), at: Fixture.instant)
        let edits: [(inout Video, String) -> Void] = [
            { $0.title = $1 }, { $0.description = $1 }, { $0.objectKey = $1 }, { $0.contentType = $1 },
            { $0.etag = $1 }, { $0.thumbnailKey = $1 }, { $0.externalID = $1 }, { $0.tags = [$1] },
            { $0.metadata = [$1: ""] }, { $0.metadata = ["n": $1] }, { $0.state = .failed(reason: $1) },
            { $0.renditions = [.init(kind: $1, key: "k")] }, { $0.renditions = [.init(kind: "k", key: $1)] },
            { $0.visibility = .init(rawValue: $1) }, { $0.uploadedBy = UserID(rawValue: $1) },
            { $0.sessionID = CourseSessionID(rawValue: $1) }, { $0.upload = .init(objectKey: $1) },
            { $0.upload = .init(objectKey: "u", id: $1) }, { $0.upload = .init(objectKey: "u", contentType: $1) },
            { $0.replacedKeys = [$1] },
        ]
        for edit in edits {
            var (first, second, same) = (base, base, base)
            edit(&first, composed)
            edit(&second, decomposed)
            edit(&same, composed)
            #expect(first != second)
            #expect(first == same && first.hashValue == same.hashValue)
            #expect(VideoChanges(from: first, to: second) != VideoChanges(from: first, to: same))
        }
    }
}
