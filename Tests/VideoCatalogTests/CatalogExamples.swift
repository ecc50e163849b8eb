import R2Kit
import Testing
import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The Swift code of the guide to the catalog and of its documentation comments, each example exactly as there.
@Suite("The examples of the catalog's documentation")
struct CatalogExamples {
    private let config: R2Config

    init() throws {
        config = try R2Config(
            accountID: try AccountID("0123456789abcdef0123456789abcdef"),
            credentials: try R2Credentials(accessKeyID: "id", secretAccessKey: "secret"),
            bucket: try BucketName("media"))
    }

    @Test func `an app signs an upload and inserts its row`() async throws {
        let repository = InMemoryVideoRepository()
        let presigner = R2Presigner(config)

        // The client states what it will send. Insert the row before the URL is returned: every object then has a row.
        let id = Video.ID.make()
        let key = try ObjectKey("videos/\(id)/lecture.mp4")
        let upload = try presigner.presignUpload(
            to: key,
            constraints: UploadConstraints(
                contentType: "video/mp4", contentLength: 52_428_800, precondition: .ifAbsent))
        let video = try await repository.insert(
            NewVideo(
                title: "Lecture 1", objectKey: key.rawValue, uploadedBy: UserID(42), id: id,
                sessionID: CourseSessionID("autumn-2026/3"), contentType: "video/mp4", byteSize: 52_428_800,
                uploadExpiresAt: upload.expiresAt))

        // The client reports that it has finished. Check the object's size, type and ETag, then update the row.
        let ready = try await repository.update(video) {
            $0.state = .ready
            $0.etag = "9bb58f26192e4ba00f01e2e7b136bbd8"
        }

        // A user who can see the session gets its videos, and a URL for each.
        let query = VideoQuery(sessionID: "autumn-2026/3", states: [.ready])
        let page = try await repository.videos(matching: query, page: .first(50))
        let urls = try presigner.presignPlayback(of: page.videos.map { try ObjectKey($0.objectKey) })

        #expect(upload.url.contains("/videos/\(id)/lecture.mp4?"))
        #expect(page.videos == [ready])
        #expect(urls.count == 1)
        #expect(ready.readyAt != nil && ready.version == 2)
    }

    @Test func `a video is inserted, updated and listed`() async throws {
        let repository = InMemoryVideoRepository()
        let video = try await repository.insert(
            NewVideo(
                title: "Lecture 1", objectKey: "videos/1.mp4", uploadedBy: UserID(42), sessionID: "autumn-2026/3"))
        let ready = try await repository.update(video) { $0.state = .ready }
        let page = try await repository.videos(in: "autumn-2026/3")

        #expect(page.videos == [ready])
    }

    @Test func `a conflict contains the current row`() async throws {
        let repository = InMemoryVideoRepository()
        let video = try await repository.insert(sample())
        _ = try await repository.update(video) { $0.title = "Lecture One" }

        var changes = VideoChanges()
        changes.title = .set("Lecture 1, corrected")
        changes.sessionID = .clear
        do {
            try await repository.update(video.id, expecting: video.version, changes)
        } catch let error as CatalogError where error.code == .versionConflict {
            print("The title is now \(error.current?.title ?? "").")
        }

        let tagged = try await repository.update(video.id) { $0.tags.append("exam") }

        #expect(tagged.title == "Lecture One")
        #expect(tagged.tags == ["exam"])
    }

    @Test func `changes name the fields that they set`() async throws {
        let repository = InMemoryVideoRepository()
        let video = try await repository.insert(sample())
        var changes = VideoChanges()
        changes.title = .set("Lecture 2")
        changes.sessionID = .clear

        let changed = try await repository.update(video.id, expecting: 1, changes)
        #expect(changed.title == "Lecture 2")
        #expect(changed.sessionID == nil)

    }

    @Test func `an edited video is stored`() async throws {
        let repository = InMemoryVideoRepository()
        let video = try await repository.insert(sample())

        let renamed = try await repository.update(video) { $0.title = "Lecture 2" }

        #expect(renamed.title == "Lecture 2" && renamed.version == 2)
    }

    @Test func `a list is read page by page`() async throws {
        let repository = InMemoryVideoRepository()
        for number in 0..<60 {
            var video = sample(number)
            video.tags = ["exam"]
            video.state = .ready
            _ = try await repository.insert(video)
        }

        let query = VideoQuery(
            sessionIDs: ["autumn-2026/3", "autumn-2026/4"], states: [.ready], tags: ["exam"], titleContains: "lecture")
        let first = try await repository.videos(matching: query, page: .first(50))
        let token = first.next?.description  // for the client, which sends it back

        if let token {
            let second = try await repository.videos(matching: query, page: .after(VideoCursor(token), limit: 50))
            print(second.videos.count)
        }
        let total = try await repository.count(matching: query)
        for try await video in repository.allVideos(matching: query) { print(video.title, total) }

        #expect(token?.utf8.count == 34)
        #expect(total == 60)
        for try await video in repository.allVideos(matching: VideoQuery(uploadedBy: "42")) { print(video.title) }
    }

    @Test func `an upload in parts is kept in its fields`() async throws {
        let repository = InMemoryVideoRepository()
        let video = try await repository.insert(sample())
        let uploadID = try UploadID("AB12")
        let plan = try PartPlan(totalLength: 2_000_000_000)

        var upload = Video.Upload(objectKey: video.objectKey)
        upload.id = uploadID.rawValue
        upload.partSize = plan.partLength
        let uploading = try await repository.update(video) {
            $0.upload = upload
            $0.state = .uploading
        }

        #expect(uploading.upload?.partSize == 8_388_608)
        let ready = try await repository.update(uploading) { $0.state = .ready }
        #expect(ready.upload == nil)
    }

    @Test func `an uploader stays within limits`() async throws {
        let repository = InMemoryVideoRepository()
        var newVideo = sample()
        newVideo.byteSize = 30_000_000_000

        let limits = UploadLimits(openUploads: 5, openBytes: 20_000_000_000, totalBytes: 500_000_000_000)
        do {
            try await repository.insert(newVideo, within: limits)
        } catch let error as CatalogError where error.code == .uploadLimitExceeded {
            print("You have \(error.usage?.openUploads ?? 0) open uploads. Finish them first.")
        }
        let usage = try await repository.uploadUsage(of: UserID(42))
        print("\(usage.storedBytes) bytes are stored.")

        #expect(usage == UploadUsage())
    }

    @Test func `a file is replaced`() async throws {
        let repository = InMemoryVideoRepository()
        var ready = sample()
        ready.state = .ready
        let video = try await repository.insert(ready)
        let newKey = try ObjectKey("videos/1/2.mp4")
        let presigned = try R2Presigner(config).presignUpload(to: newKey)

        // The client wants to send another file. Choose a new key, because the old object must stay until the end.
        let begun = try await repository.beginReplacement(
            of: video, upload: Video.Upload(objectKey: newKey.rawValue, byteSize: 52_428_800),
            expiresAt: presigned.expiresAt)

        // The file has arrived and was checked. Its key becomes the video's key.
        let replaced = try await repository.finishReplacement(of: begun) {
            $0.etag = "9bb58f26192e4ba00f01e2e7b136bbd8"
        }

        // Later, a worker deletes the objects that nobody needs anymore.
        let report = try await repository.deleteReplacedObjects { key in print("delete the object \(key) here") }

        #expect(begun.objectKey == video.objectKey)
        #expect(replaced.objectKey == newKey.rawValue && replaced.replacedKeys == [video.objectKey])
        #expect(report.handled == [video.id])
    }

    @Test func `a deleted video comes back`() async throws {
        let repository = InMemoryVideoRepository()
        let video = try await repository.insert(sample())

        try await repository.delete(video.id)
        let trash = try await repository.deletedVideos()
        let restored = try await repository.restore(video.id)

        #expect(trash.videos.map(\.id) == [video.id])
        #expect(restored.deletedAt == nil)
    }

    @Test func `workers share the housekeeping`() async throws {
        let repository = InMemoryVideoRepository()
        var late = sample(1)
        late.uploadExpiresAt = Date() - 60
        _ = try await repository.insert(late)

        // Expire uploads that never arrived. Change the row first, which fails if a client has changed it meanwhile.
        let expired = try await repository.performHousekeeping(.expiredUploads) { claim in
            if claim.video.replacement != nil {
                try await repository.cancelReplacement(of: claim.video)
            } else {
                try await repository.update(claim.video) { $0.state = .expired }
            }
            if let id = claim.video.upload?.id { print("abort the multipart upload \(id) here") }
        }

        // Purge what was deleted a month ago: objects first, then rows.
        let monthAgo = Date() - 30 * 86_400
        let purged = try await repository.performPurges(deletedBefore: monthAgo) { order in
            for key in order.keys { print("delete the object \(key) here") }
        }
        print(expired.failures, expired.unreadable, purged.failures, purged.unreadable)

        #expect(try await repository.count(matching: VideoQuery(states: [.expired])) == 1)
        #expect(purged.handled.isEmpty)
    }

    @Test func `stalled uploads fail`() async throws {
        let repository = InMemoryVideoRepository()
        var stalled = sample()
        stalled.state = .verifying
        _ = try await repository.insert(stalled)
        let hourAgo = Date() + 60

        let report = try await repository.performHousekeeping(.stalledUploads(unchangedSince: hourAgo)) { claim in
            try await repository.update(claim.video) { $0.state = .failed(reason: "stalled") }
        }

        #expect(report.handled.count == 1 && report.failures.isEmpty)
    }

    private func sample(_ number: Int = 1) -> NewVideo {
        NewVideo(
            title: "Lecture \(number)", objectKey: "videos/\(number).mp4", uploadedBy: 42, sessionID: "autumn-2026/3")
    }
}
