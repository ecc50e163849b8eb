import Testing
import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The rules for uploads")
struct UploadRulesTests {
    private static let now = Fixture.instant

    private func video(_ state: Video.State, _ edit: (inout Video) -> Void = { _ in }) -> Video {
        var video = Fixture.minimal("k")
        video.state = state
        video.byteSize = 100
        edit(&video)
        return video
    }

    @Test func `count open uploads and stored videos`() {
        let (open, stored) = (UploadUsage(openUploads: 1, openBytes: 100), UploadUsage(storedBytes: 100))
        let expected: [(Video, UploadUsage)] = [
            (video(.pendingUpload), open), (video(.uploading), open), (video(.verifying), stored),
            (video(.ready), stored), (video(.failed(reason: "r")), UploadUsage()), (video(.expired), UploadUsage()),
            (video(.pendingUpload) { $0.byteSize = nil }, UploadUsage(openUploads: 1)),
            (video(.pendingUpload) { $0.uploadExpiresAt = Self.now + 0.000_001 }, open),
            (video(.uploading) { $0.uploadExpiresAt = Self.now }, UploadUsage()),
            (video(.ready) { $0.uploadExpiresAt = Self.now - 1 }, stored),
            (video(.pendingUpload) { $0.deletedAt = Self.now }, UploadUsage()),
            (video(.ready) { $0.deletedAt = Self.now }, UploadUsage()),
            (video(.pendingUpload) { $0.upload = .init(objectKey: "k", byteSize: 7) }, open),
            (
                video(.ready) { $0.upload = .init(objectKey: "new", byteSize: 7) },
                UploadUsage(openUploads: 1, openBytes: 7, storedBytes: 100)
            ),
            (
                video(.failed(reason: "r")) { $0.upload = .init(objectKey: "new", byteSize: 7) },
                UploadUsage(openUploads: 1, openBytes: 7)
            ),
            (
                video(.ready) {
                    $0.upload = .init(objectKey: "new", byteSize: 7)
                    $0.uploadExpiresAt = Self.now
                }, stored
            ),
        ]
        for (video, usage) in expected {
            #expect(RepositorySupport.usage(of: video, at: Self.now) == usage, "\(video)")
        }
    }

    @Test func `never add beyond the largest number`() {
        let most = UploadUsage(openUploads: .max, openBytes: .max, storedBytes: .max)
        #expect(most + UploadUsage(openUploads: 1, openBytes: 1, storedBytes: 1) == most)
        let sum = UploadUsage(openUploads: 1, openBytes: 2, storedBytes: 3) + UploadUsage(openUploads: 4)
        #expect(sum == UploadUsage(openUploads: 5, openBytes: 2, storedBytes: 3))
    }

    @Test func `name the exceeded limit and the numbers`() throws {
        let usage = UploadUsage(openUploads: 10, openBytes: 1000, storedBytes: 50)
        let expected: [(UploadLimits, String)] = [
            (.init(openUploads: 10), "11 open uploads, and 10 are allowed"),
            (.init(openBytes: 1099), "1100 bytes in open uploads, and 1099 are allowed"),
            (.init(totalBytes: 1149), "1150 bytes in uploads and videos, and 1149 are allowed"),
        ]
        for (limits, text) in expected {
            let error = try #require(throws: CatalogError.self) {
                try RepositorySupport.checkUsage(usage, adding: video(.uploading), within: limits, at: Self.now)
            }
            #expect(error.code == .uploadLimitExceeded && error.usage == usage)
            #expect(error.message.contains(text), "\(error)")
        }
        let enough = UploadLimits(openUploads: 11, openBytes: 1100, totalBytes: 1150)
        try RepositorySupport.checkUsage(usage, adding: video(.uploading), within: enough, at: Self.now)
    }

    @Test func `accept a video that adds nothing, whatever the usage`() throws {
        let usage = UploadUsage(openUploads: 10, openBytes: 1000, storedBytes: 50)
        for state in [Video.State.failed(reason: "r"), .expired] {
            try RepositorySupport.checkUsage(
                usage, adding: video(state), within: .init(openUploads: 0, openBytes: 0, totalBytes: 0), at: Self.now)
        }
    }

    @Test func `list every key of a video once`() {
        let video = video(.failed(reason: "r")) {
            $0.thumbnailKey = "thumb"
            $0.renditions = [.init(kind: "hls", key: "thumb"), .init(kind: "dash", key: "e\u{301}")]
            $0.upload = .init(objectKey: "\u{E9}")
            $0.replacedKeys = ["old", "thumb"]
        }
        let keys = RepositorySupport.keys(of: video).map { Array($0.utf8) }
        #expect(keys == ["k", "thumb", "e\u{301}", "\u{E9}", "old"].map { Array($0.utf8) })
        #expect(RepositorySupport.keys(of: self.video(.uploading) { $0.upload = .init(objectKey: "k") }) == ["k"])
    }
}
