import Testing
import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("An error of the catalog")
struct CatalogErrorTests {
    /// A row with confidential values.
    static func confidential() -> Video {
        var video = Fixture.minimal("shown/key.mp4")
        video.title = "confidential"
        video.description = "confidential"
        video.metadata = ["confidential": "confidential"]
        video.tags = ["confidential"]
        video.uploadedBy = "confidential"
        return video
    }

    @Test func `names identifier and key, and none of the row's contents`() throws {
        let video = Self.confidential()
        var changes = VideoChanges()
        changes.title = .set(String(repeating: "confidential", count: 100))
        changes.metadata = .set(["confidential": "\0"])
        var replacement = VideoChanges()
        replacement.upload = .set(.init(objectKey: "confidential"))
        let instant = Fixture.instant
        let errors = [
            CatalogError.notFound(video.id), .objectKeyTaken(video.objectKey, by: video), .idTaken(video.id, by: video),
            .claimed(video), .purgeStarted(video), .uploadInProgress(video), .objectKeyTaken(video.objectKey, by: nil),
            .purgeRefused(RefusedRow(id: video.id, reason: "FOREIGN KEY constraint failed")),
            try #require(throws: CatalogError.self) {
                try RepositorySupport.updatedVideo(video, applying: changes, expecting: 1, at: instant)
            },
            try #require(throws: CatalogError.self) {
                try RepositorySupport.updatedVideo(video, applying: changes, expecting: 2, at: instant)
            },
            try #require(throws: CatalogError.self) {
                try RepositorySupport.updatedVideo(video, applying: replacement, expecting: 1, at: instant)
            },
            try #require(throws: CatalogError.self) {
                try RepositorySupport.checkUsage(
                    UploadUsage(), adding: video, within: .init(openUploads: 0), at: instant)
            },
            try #require(throws: CatalogError.self) {
                try RepositorySupport.checkLimits(.init(openBytes: 1), for: video, at: instant)
            },
            try #require(throws: CatalogError.self) {
                try RepositorySupport.deletedVideo(video, expecting: 2, at: instant)
            },
        ]
        for error in errors {
            #expect(!"\(error)".contains("confidential"), "\(error)")
            #expect("\(error)".hasPrefix("\(error.code): "))
            #expect(error.errorDescription == error.description)
            if error.code == .objectKeyTaken { #expect(error.message.contains("\"shown/key.mp4\"")) }
            if error.code != .invalidFields, error.current != nil { #expect(error.message.contains("\(video.id)")) }
        }
    }

    @Test func `names a field once, whatever is wrong with it`() throws {
        var video = NewVideo(title: "", objectKey: "k", uploadedBy: "u")
        video.tags = Array(repeating: "a", count: 51)
        let error = try #require(throws: CatalogError.self) {
            try RepositorySupport.insertedVideo(from: video, at: Fixture.instant)
        }
        #expect(error.message.hasSuffix(": title, tags."))
        #expect(error.fields.map(\.name) == ["title", "tags", "tags"])
    }

    @Test func `says what is, what was expected and what to do`() throws {
        let error = try #require(throws: CatalogError.self) {
            try RepositorySupport.deletedVideo(Fixture.minimal(), expecting: 7, at: Fixture.instant)
        }
        #expect(
            "\(error)"
                == "versionConflict: Version conflict: the video 017f22e2-79b0-7cc3-98c4-dc0c0c07398f is at version 1, "
                + "not 7. Read it again before you repeat the change.")
    }

    @Test func `lists every field at fault on a line of its own`() {
        let error = CatalogError(
            .invalidFields, "broken", fields: [.init("title", "must be"), .init("tags", "must not")])
        #expect("\(error)" == "invalidFields: broken\n  title: must be\n  tags: must not")
    }

    @Test func `may have a code of the host's own`() {
        #expect(CatalogError.Code("quotaExceeded") != .storageFull)
        #expect(CatalogError.Code("notFound") == .notFound)
        #expect("\(CatalogError(.init("quotaExceeded"), "full"))" == "quotaExceeded: full")
    }
}
