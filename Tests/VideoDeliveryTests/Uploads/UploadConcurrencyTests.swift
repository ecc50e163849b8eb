#if Delivery && Emulator
import TestSupport
import R2Emulator
import R2Kit
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery

/// Several calls for one upload at the same time.
@Suite struct UploadConcurrencyTests {
    @Test(arguments: [VideoDeliveryOptions(), UploadWorld.inParts])
    func `20 completions at once have one result`(_ options: VideoDeliveryOptions) async throws {
        try await UploadWorld.with(options: options) { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.upload(bytes)
            let videos = try await withThrowingTaskGroup(of: Video?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            return try await world.uploads.complete(upload.video, by: UploadWorld.user)
                        } catch let error as VideoDeliveryError where error.code == .verificationPending {
                            return nil
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(videos.compactMap { $0?.etag }).count == 1)
            try await world.expectReady(upload.video, bytes)
            #expect(try await world.row(upload.video).version == (options.singleRequestLimit == 0 ? 4 : 3))
        }
    }

    @Test(arguments: [VideoDeliveryOptions(), UploadWorld.inParts])
    func `completions and cancellations at once never destroy a file that has arrived`(
        _ options: VideoDeliveryOptions
    ) async throws {
        try await UploadWorld.with(options: options) { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.upload(bytes)
            try await withThrowingTaskGroup { group in
                for index in 0..<20 {
                    group.addTask {
                        if index.isMultiple(of: 2) {
                            _ = try? await world.uploads.complete(upload.video, by: UploadWorld.user)
                        } else {
                            let result = try await world.uploads.cancel(upload.video, by: UploadWorld.user)
                            #expect(result != .canceled)
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await world.uploads.complete(upload.video, by: UploadWorld.user)
            try await world.expectReady(upload.video, bytes)
            // Markers of cancellations that lost are gone or empty, and nothing else is left.
            for key in try await world.objects() where key.hasPrefix("uploads/") {
                #expect(try await world.bytes(of: key).isEmpty)
            }
        }
    }

    @Test func `a file that arrives while its upload is canceled is kept or refused, never lost`() async throws {
        try await UploadWorld.with { world in
            for index in 0..<10 {
                let bytes = SampleVideo.mp4()
                let upload = try await world.begin(bytes, token: "token \(index)")
                let request = try #require(upload.request)
                async let status = world.send(request, bytes)
                async let result = world.uploads.cancel(upload.video, by: UploadWorld.user)
                switch try await (status, result) {
                case (412, .canceled): #expect(try await world.row(upload.video).isDeleted)
                case (200, .kept):
                    try await world.uploads.complete(upload.video, by: UploadWorld.user)
                    try await world.expectReady(upload.video, bytes)
                case let other: Issue.record("\(other)")
                }
            }
        }
    }

    @Test func `an app that edits the row during a completion doesn't disturb it`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.upload(bytes)
            async let completed = world.uploads.complete(upload.video, by: UploadWorld.user)
            for index in 0..<20 { try await world.catalog.update(upload.video) { $0.title = "Title \(index)" } }
            _ = try await completed
            try await world.expectReady(upload.video, bytes)
            #expect(try await world.row(upload.video).title == "Title 19")
        }
    }

    @Test func `a video that was deleted during its upload can't be completed`() async throws {
        try await UploadWorld.with { world in
            let upload = try await world.upload(SampleVideo.mp4())
            try await world.catalog.delete(upload.video)
            await expectError(.uploadCanceled) {
                try await world.uploads.complete(upload.video, by: UploadWorld.user)
            }
            await expectError(.uploadCanceled) { _ = try await world.begin(SampleVideo.mp4()) }
            // Restored, it continues where it was.
            try await world.catalog.restore(upload.video)
            try await world.uploads.complete(upload.video, by: UploadWorld.user)
        }
    }

    @Test func `a canceled task stops, and the next call continues`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.upload(bytes)
            let task = Task { try await world.uploads.complete(upload.video, by: UploadWorld.user) }
            task.cancel()
            _ = try? await task.value
            try await world.uploads.complete(upload.video, by: UploadWorld.user)
            try await world.expectReady(upload.video, bytes)
        }
    }
}
#endif
