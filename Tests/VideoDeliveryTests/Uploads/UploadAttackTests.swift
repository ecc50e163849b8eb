#if Delivery && Emulator
import HTTPTypes
import R2Emulator
import R2Kit
import R2Storage
import Synchronization
import TestSupport
import Testing
import VideoCatalog
import VideoDelivery

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Clients that try to get other bytes into a video than those that were checked, or into a video of another user.
@Suite struct UploadAttackTests {
    /// The number of calls of a completion, after each of which an attack can come.
    static let steps = Array(1...9)

    @Test(arguments: ObjectServer.allCases, steps)
    func `a PUT replayed between any two steps of a completion doesn't change the checked bytes`(
        _ server: ObjectServer, _ step: Int
    ) async throws {
        try await UploadWorld.with(server: server) { world in
            let bytes = SampleVideo.mp4(seed: 1)
            let evil = SampleVideo.mp4(seed: 2)
            let upload = try await world.upload(bytes)
            let request = try #require(upload.request)
            // The completion dies after this step, the attacker sends other bytes, and another completion finishes.
            world.log.watch(Trouble(kind: .deathAfter, call: step))
            _ = try? await world.uploads.complete(upload.video, by: UploadWorld.user)
            world.log.stop()
            let status = try await world.send(request, evil)
            try await world.uploads.complete(upload.video, by: UploadWorld.user)
            try await world.expectReady(upload.video, bytes)
            // Write-once: the replay is refused until the upload's own key is free again.
            #expect(status == (step < 8 ? 412 : 200))
            _ = try await world.send(request, evil)
            try await world.uploads.complete(upload.video, by: UploadWorld.user)
            try await world.expectReady(upload.video, bytes)
        }
    }

    @Test(arguments: ObjectServer.allCases)
    func `a file swapped between the check of its size and the copy isn't copied`(_ server: ObjectServer) async throws {
        try await UploadWorld.with(server: server) { world in
            let bytes = SampleVideo.mp4(seed: 1)
            let upload = try await world.upload(bytes)
            let keys = world.uploads.keys
            let key = try keys.upload(of: upload.video, attempt: upload.attempt)
            // Somebody with the app's own credentials, because a URL can't do it.
            world.log.watch(Trouble(kind: .deathBefore, call: 4))
            _ = try? await world.uploads.complete(upload.video, by: UploadWorld.user)
            world.log.stop()
            #expect(world.log.calls.dropFirst(3).first == "CopyObject")
            try await world.client.put(SampleVideo.text(4096), to: key)
            await expectError(.verificationFailed) {
                try await world.uploads.complete(upload.video, by: UploadWorld.user)
            }
        }
    }

    @Test(arguments: ObjectServer.allCases, [VideoDeliveryOptions(), UploadWorld.inParts])
    func `a body of another size and another type is refused`(
        _ server: ObjectServer, _ options: VideoDeliveryOptions
    ) async throws {
        try await UploadWorld.with(server: server, options: options) { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.begin(bytes)
            let request = upload.request ?? upload.parts[0].request
            #expect(try await world.send(request, bytes + [0]) == 403)
            #expect(try await world.send(request, Array(bytes.dropLast())) == 403)
            #expect(try await world.send(request, []) == 403)
            if upload.request != nil {
                #expect(try await world.send(request, bytes, headers: [("content-type", "text/html")]) == 403)
                #expect(try await world.send(request, bytes, headers: [("if-none-match", "\"x\"")]) == 403)
            }
            await expectError(.notUploaded) {
                try await world.uploads.complete(upload.video, by: UploadWorld.user)
            }
            #expect(try await world.objects().isEmpty)
            try await world.send(bytes, upload)
            try await world.uploads.complete(upload.video, by: UploadWorld.user)
            try await world.expectReady(upload.video, bytes)
        }
    }

    @Test(arguments: ObjectServer.allCases)
    func `a part replaced after the list is found out, and the last one counts`(_ server: ObjectServer) async throws {
        try await UploadWorld.with(server: server, options: UploadWorld.inParts) { world in
            let first = SampleVideo.mp4(seed: 1)
            let upload = try await world.upload(first)
            world.log.watch(Trouble(kind: .deathAfter, call: 2))
            _ = try? await world.uploads.complete(upload.video, by: UploadWorld.user)
            world.log.stop()
            #expect(world.log.calls.dropFirst().first == "ListParts")
            let other = SampleVideo.mp4(seed: 2)
            try await world.send(other, upload)
            let video = try await world.uploads.complete(upload.video, by: UploadWorld.user)
            // SeaweedFS lists both parts with their seconds, so it can't be told which of them is the last.
            let stored = try await world.bytes(of: video.objectKey)
            let checked = server == .seaweedFS && stored == first ? first : other
            try await world.expectReady(upload.video, checked)
            // The object can't be changed by a part URL anymore.
            #expect(try await world.send(upload.parts[0], of: SampleVideo.mp4(seed: 3)) == 404)
            try await world.expectReady(upload.video, checked)
        }
    }

    @Test(arguments: ObjectServer.allCases)
    func `another user's upload, part and token are out of reach`(_ server: ObjectServer) async throws {
        try await UploadWorld.with(server: server, options: UploadWorld.inParts) { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.upload(bytes)
            let eve: UserID = "eve"
            let uploads = world.uploads
            let calls: [() async throws -> Void] = [
                { _ = try await uploads.parts([1], of: upload.video, by: eve) },
                { _ = try await uploads.status(of: upload.video, by: eve) },
                { _ = try await uploads.complete(upload.video, by: eve) },
                { _ = try await uploads.complete(upload.video, attempt: upload.attempt, by: eve) },
                { _ = try await uploads.cancel(upload.video, by: eve) },
                { _ = try await uploads.replace(upload.video, with: UploadWorld.file(bytes), token: "t", by: eve) },
            ]
            for call in calls { await expectError(.notFound) { try await call() } }
            // The same code as for a video that doesn't exist.
            await expectError(.notFound) { _ = try await uploads.status(of: Video.ID.make(), by: eve) }
            // The same token makes another video for another user.
            let other = try await world.begin(bytes, by: eve)
            #expect(other.video != upload.video)
            // An attempt of one video isn't one of another.
            await expectError(.superseded) {
                try await uploads.complete(other.video, attempt: upload.attempt, by: eve)
            }
            // Users whose names and tokens run together differ, too.
            let first = try await uploads.begin(UploadWorld.file(bytes), title: "t", token: "bc", by: "a")
            let second = try await uploads.begin(UploadWorld.file(bytes), title: "t", token: "c", by: "ab")
            #expect(first.video != second.video)
            try await uploads.complete(upload.video, by: UploadWorld.user)
        }
    }

    @Test(arguments: ObjectServer.allCases)
    func `an administrator manages uploads if the app says so`(_ server: ObjectServer) async throws {
        try await UploadWorld.with(server: server) { world in
            let authorization = UploadAuthorization { user, _ in user == "admin" }
            let world = try world.with(authorization: authorization)
            let upload = try await world.upload(SampleVideo.mp4())
            await expectError(.notFound) { try await world.uploads.complete(upload.video, by: "eve") }
            try await world.uploads.complete(upload.video, by: "admin")
        }
    }

    @Test(arguments: ObjectServer.allCases)
    func `no part of a key comes from the user`(_ server: ObjectServer) async throws {
        try await UploadWorld.with(server: server) { world in
            for (index, name) in ["../../x.mp4", "/etc/x.mp4", "a/b.mp4", "%2e%2e%2f.mp4", "ü\u{202E}.mp4"].enumerated()
            {
                let bytes = SampleVideo.mp4()
                let upload = try await world.uploads.begin(
                    UploadWorld.file(bytes, name: name), title: name, token: "../\(index)", by: "../user")
                let row = try await world.row(upload.video)
                #expect(row.objectKey == "videos/\(upload.video)/\(upload.attempt.lowercased)/file")
                #expect(row.metadata["upload.fileName"] == name)
                #expect(world.uploads.keys.location(of: row.objectKey)?.attempt == upload.attempt)
            }
        }
    }

    @Test(arguments: ObjectServer.allCases)
    func `a key is used by one attempt only`(_ server: ObjectServer) async throws {
        try await UploadWorld.with(server: server) { world in
            let first = try await world.begin(SampleVideo.mp4())
            #expect(try await world.uploads.cancel(first.video, by: UploadWorld.user) == .canceled)
            await expectError(.uploadCanceled) { _ = try await world.begin(SampleVideo.mp4()) }
            // Even when the row is gone for good, the same token gets other keys.
            _ = try await world.catalog.purge(deletedBefore: .distantFuture)
            let second = try await world.begin(SampleVideo.mp4())
            #expect(second.video == first.video && second.attempt != first.attempt)
        }
    }

    @Test func `strings that aren't keys of uploads have no location`() throws {
        let keys = try VideoKeys(prefix: "app/")
        let video = Video.ID.make()
        let attempt = UUID()
        let file = try keys.file(of: video, attempt: attempt).rawValue
        let upload = try keys.upload(of: video, attempt: attempt).rawValue
        for (key, isUpload) in [(file, false), (upload, true)] {
            let location = try #require(keys.location(of: key))
            #expect(location.video == video && location.attempt == attempt && location.isUpload == isUpload)
        }
        let others = [
            "", "app/", "x" + file, file + "/", file + "x", String(file.dropLast(5)), upload + "/file",
            "videos/x/y/file",
            file.uppercased(), "app/videos/\(video)/\(attempt.uuidString)/file", String(file.dropFirst(4)),
            "app/videos/\(video)//file", "app/uploads/\(video)/", "app/uploads/\(video)/\(attempt.lowercased) ",
        ]
        for key in others { #expect(keys.location(of: key) == nil, "\(key)") }
    }

    @Test func `errors and descriptions hold no signature`() async throws {
        try await UploadWorld.with { world in
            let upload = try await world.begin(SampleVideo.mp4())
            #expect(!"\(upload)".contains("X-Amz-Signature"))
            let error = await expectError(.notUploaded) {
                try await world.uploads.complete(upload.video, by: UploadWorld.user)
            }
            #expect(error.map { !"\($0)".contains("http") } == true)
        }
    }
}
#endif
