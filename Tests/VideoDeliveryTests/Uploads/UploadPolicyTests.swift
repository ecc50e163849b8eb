#if Delivery && Emulator
import TestSupport
import R2Emulator
import R2Kit
import Testing
import VideoCatalog
import VideoDelivery

/// The rules for what may be uploaded, and idempotent beginnings.
@Suite struct UploadPolicyTests {
    struct Named: Sendable, CustomTestStringConvertible {
        let name: String
        let declared: String?
        let expected: String?
        var testDescription: String { "\(name) as \(declared ?? "nothing")" }
    }

    @Test(arguments: [
        Named(name: "a.mp4", declared: "video/mp4", expected: "video/mp4"),
        Named(name: "A.MP4", declared: nil, expected: "video/mp4"),
        Named(name: "a.mov", declared: "video/mp4", expected: "video/quicktime"),
        Named(name: "a.mkv", declared: "", expected: "video/x-matroska"),
        Named(name: "a.ts", declared: "text/vnd.trolltech.linguist", expected: "video/mp2t"),
        Named(name: "a.webm", declared: "application/octet-stream", expected: "video/webm"),
        Named(name: "folder.mp4/lecture", declared: "video/webm; codecs=vp9", expected: "video/webm"),
        Named(name: "lecture", declared: "Video/MP4", expected: "video/mp4"),
        Named(name: "lecture", declared: nil, expected: nil),
        Named(name: ".mp4", declared: nil, expected: nil),
        Named(name: "a.mp4.exe", declared: "video/mp4", expected: nil),
        Named(name: "a.html", declared: "video/mp4", expected: nil),
        Named(name: "a.", declared: "video/mp4", expected: nil),
        Named(name: "a.avi", declared: "video/x-msvideo", expected: nil),
    ])
    func `the extension decides the type, and the declared type decides without one`(_ file: Named) {
        let type = UploadPolicy().type(ofFileNamed: file.name, declaredAs: file.declared)
        #expect(type?.contentType == file.expected)
    }

    @Test func `nothing is stored for a file that the policy refuses`() async throws {
        let policy = UploadPolicy(types: [.mp4], maximumSize: 10_000)
        try await UploadWorld.with(policy: policy) { world in
            let files: [(UploadFile, VideoDeliveryError.Code)] = [
                (UploadFile(name: "a.webm", byteSize: 100), .typeNotAllowed),
                (UploadFile(name: "a.mp4", byteSize: 10_001), .sizeNotAllowed),
                (UploadFile(name: "a.mp4", byteSize: 0), .sizeNotAllowed),
                (UploadFile(name: "a.mp4", byteSize: -1), .sizeNotAllowed),
                (UploadFile(name: "a.mp4", byteSize: .max), .sizeNotAllowed),
                (UploadFile(name: "", contentType: "video/mp4", byteSize: 1), .invalidArgument),
                (UploadFile(name: "a\u{0}.mp4", byteSize: 1), .invalidArgument),
                (UploadFile(name: "a.mp4", byteSize: 1, fingerprint: ""), .invalidArgument),
            ]
            for (file, code) in files {
                await expectError(code) {
                    _ = try await world.uploads.begin(file, title: "t", token: "t", by: UploadWorld.user)
                }
            }
            for (title, token) in [("", "t"), ("t", ""), ("t", String(repeating: "t", count: 256))] {
                await expectError(.invalidArgument) {
                    let file = UploadFile(name: "a.mp4", byteSize: 1)
                    _ = try await world.uploads.begin(file, title: title, token: token, by: UploadWorld.user)
                }
            }
            let count = try await world.catalog.count(matching: VideoQuery())
            #expect(count == 0)
            #expect(world.r2.log.requests.isEmpty)
        }
    }

    @Test(arguments: [VideoDeliveryOptions(), UploadWorld.inParts])
    func `the same token returns the same upload, with new requests`(_ options: VideoDeliveryOptions) async throws {
        try await UploadWorld.with(options: options) { world in
            let bytes = SampleVideo.mp4()
            let first = try await world.begin(bytes)
            try await world.r2.advanceClock(by: .seconds(2 * 3600))
            // The first URLs have expired, and the upload hasn't.
            let second = try await world.begin(bytes)
            #expect(second.video == first.video && second.attempt == first.attempt)
            let old = first.request ?? first.parts[0].request
            #expect(try await world.send(old, bytes) == 403)
            try await world.send(bytes, second)
            #expect(try await world.begin(bytes).phase == .arrived)
            try await world.uploads.complete(first.video, by: UploadWorld.user)
            #expect(try await world.begin(bytes).phase == .ready)
            try await world.expectReady(first.video, bytes)
            #expect(try await world.catalog.count(matching: VideoQuery()) == 1)
        }
    }

    @Test func `50 beginnings with one token make one upload`() async throws {
        try await UploadWorld.with(options: UploadWorld.inParts) { world in
            let bytes = SampleVideo.mp4()
            let attempts = try await withThrowingTaskGroup(of: UploadAttempt.self) { group in
                for _ in 0..<50 { group.addTask { try await world.begin(bytes) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(attempts.map(\.attempt)).count == 1)
            // The multipart uploads that lost the race are aborted.
            #expect(try await world.multipartUploads() == 1)
            let last = try #require(attempts.last)
            try await world.send(bytes, last)
            try await world.uploads.complete(last.video, by: UploadWorld.user)
            try await world.expectReady(last.video, bytes)
        }
    }

    @Test(arguments: [VideoDeliveryOptions(), UploadWorld.inParts])
    func `a wrong file picked again after a reload is refused by size and a hash of its first bytes`(
        _ options: VideoDeliveryOptions
    ) async throws {
        try await UploadWorld.with(options: options) { world in
            let bytes = SampleVideo.mp4()
            func begin(_ bytes: [UInt8], _ fingerprint: String?, name: String = "lecture.mp4") async throws {
                _ = try await world.uploads.begin(
                    UploadWorld.file(bytes, name: name, fingerprint: fingerprint), title: "t", token: "t",
                    by: UploadWorld.user)
            }
            try await begin(bytes, "first")
            try await begin(bytes, "first")
            // A client that can't compute it may continue.
            try await begin(bytes, nil)
            await expectError(.differentFile) { try await begin(bytes, "second") }
            await expectError(.differentFile) { try await begin(SampleVideo.mp4(5000), "first") }
            await expectError(.differentFile) { try await begin(bytes, "first", name: "lecture.webm") }
        }
    }

    @Test func `a quota holds in a race of 50 parallel beginnings`() async throws {
        let policy = UploadPolicy(limits: UploadLimits(openUploads: 5))
        try await UploadWorld.with(policy: policy) { world in
            let results = await withTaskGroup(of: VideoDeliveryError.Code?.self) { group in
                for index in 0..<50 {
                    group.addTask {
                        do {
                            _ = try await world.begin(SampleVideo.mp4(), token: "token \(index)")
                            return nil
                        } catch { return (error as? VideoDeliveryError)?.code }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count { $0 == nil } == 5)
            #expect(results.count { $0 == .uploadLimitExceeded } == 45)
            let usage = try await world.catalog.uploadUsage(of: UploadWorld.user)
            #expect(usage.openUploads == 5)
        }
    }

    @Test(arguments: [VideoDeliveryOptions(), UploadWorld.inParts])
    func `a quota holds in a race of replacements, which the catalog doesn't limit`(
        _ options: VideoDeliveryOptions
    ) async throws {
        try await UploadWorld.with(options: options) { world in
            var videos: [Video.ID] = []
            for index in 0..<6 { videos.append(try await world.ready(token: "token \(index)").id) }
            let limits = UploadLimits(openUploads: 2)
            await withTaskGroup { group in
                // Each of them twice, as a client does that has lost the response.
                for video in videos + videos {
                    group.addTask {
                        _ = try? await world.uploads.replace(
                            video, with: UploadWorld.file(SampleVideo.mp4()), token: "new", by: UploadWorld.user,
                            limits: limits)
                    }
                }
            }
            #expect(try await world.catalog.uploadUsage(of: UploadWorld.user).openUploads <= 2)
            // One after the other, there is room.
            for video in videos {
                _ = try? await world.uploads.replace(
                    video, with: UploadWorld.file(SampleVideo.mp4()), token: "again", by: UploadWorld.user,
                    limits: limits)
            }
            #expect(try await world.catalog.uploadUsage(of: UploadWorld.user).openUploads == 2)
        }
    }

    @Test func `an upload whose time is over is refused, and so is its token`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.upload(bytes)
            try await world.r2.advanceClock(by: .seconds(8 * 3600))
            await expectError(.uploadExpired) {
                try await world.uploads.complete(upload.video, by: UploadWorld.user)
            }
            await expectError(.uploadExpired) { _ = try await world.begin(bytes) }
            let status = try await world.uploads.status(of: upload.video, by: UploadWorld.user)
            #expect(status.phase == .expired)
        }
    }

    @Test func `URLs signed in advance expire while they queue, and only those are signed again`() async throws {
        try await UploadWorld.with(options: UploadWorld.inParts) { world in
            let bytes = SampleVideo.mp4(11 * 1024 * 1024)
            let upload = try await world.begin(bytes)
            #expect(try await world.send(upload.parts[0], of: bytes) == 200)
            try await world.r2.advanceClock(by: .seconds(3601))
            #expect(try await world.send(upload.parts[1], of: bytes) == 403)
            let missing = try await world.uploads.status(of: upload.video, by: UploadWorld.user).missingParts
            #expect(missing.map(\.number) == [2, 3])
            let version = try await world.row(upload.video).version
            for _ in 0..<3 {
                let parts = try await world.uploads.parts([2, 3], of: upload.video, by: UploadWorld.user)
                for part in parts { #expect(try await world.send(part, of: bytes) == 200) }
            }
            // Signing often doesn't write the row each time.
            #expect(try await world.row(upload.video).version <= version + 1)
            try await world.uploads.complete(upload.video, by: UploadWorld.user)
            try await world.expectReady(upload.video, bytes)
        }
    }

    @Test func `a part that the upload doesn't have isn't signed`() async throws {
        var options = UploadWorld.inParts
        options.partsPerResponse = 2
        try await UploadWorld.with(options: options) { world in
            let upload = try await world.begin(SampleVideo.mp4(11 * 1024 * 1024))
            for numbers in [[0], [4], [-1], [1, 1], [1, 2, 3]] {
                await expectError(.invalidArgument) {
                    _ = try await world.uploads.parts(numbers, of: upload.video, by: UploadWorld.user)
                }
            }
        }
    }

    @Test func `options out of range are refused`() async throws {
        try await UploadWorld.with { world in
            let edits: [(inout VideoDeliveryOptions) -> Void] = [
                { $0.keyPrefix = "app" }, { $0.keyPrefix = "../" }, { $0.keyPrefix = "a//" },
                { $0.keyPrefix = "e\u{301}/" }, { $0.keyPrefix = String(repeating: "a", count: 600) + "/" },
                { $0.singleRequestLimit = -1 }, { $0.singleRequestLimit = 1 << 40 }, { $0.partSize = 1024 },
                { $0.partsPerResponse = 0 }, { $0.urlLifetime = .milliseconds(1500) },
                { $0.backgroundURLLifetime = .seconds(8 * 86_400) }, { $0.uploadGrace = .seconds(-1) },
            ]
            for edit in edits {
                var options = VideoDeliveryOptions()
                edit(&options)
                #expect(throws: R2ValidationError.self) { _ = try world.with(options: options) }
            }
        }
    }
}
#endif
