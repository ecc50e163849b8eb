#if Delivery && Emulator
import TestSupport
import R2Emulator
import R2Kit
import R2Storage
import Synchronization
import Testing
import VideoCatalog
import VideoDelivery

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// R2's event messages, as hints that trigger the ordinary steps.
@Suite struct R2EventTests {
    private static let body = """
        {"account":"3f4b7e3dcab231cbfdaa90a6a28bd548","action":"CopyObject","bucket":"media","object":{"key":"a/é.mp4",\
        "size":65536,"eTag":"c846ff7a18f28c2e262116d6e8719ef0"},"eventTime":"2026-05-24T19:36:44.379Z",\
        "copySource":{"bucket":"other","object":"b"},"later":[1]}
        """

    @Test func `a message is decoded as R2 documents it`() throws {
        let event = try R2Event(json: Self.body.utf8)
        #expect(event.account == "3f4b7e3dcab231cbfdaa90a6a28bd548")
        #expect(event.action == .copyObject)
        #expect(event.bucket == "media")
        #expect(event.key == "a/é.mp4")
        #expect(event.byteSize == 65536)
        #expect(event.etag == "c846ff7a18f28c2e262116d6e8719ef0")
        #expect(abs(event.time.timeIntervalSince1970 - 1_779_651_404.379) < 0.001)
        #expect(event.copySource?.bucket == "other")
        #expect(event.copySource?.key == "b")
        #expect(try R2Event(base64: Data(Self.body.utf8).base64EncodedString()) == event)
    }

    @Test func `a deletion has neither size nor ETag, and unknown actions are kept`() throws {
        let body = """
            {"account":"a","action":"Renamed","bucket":"media","object":{"key":"k"},"eventTime":"2026-05-24T19:36:44Z",\
            "copySource":null}
            """
        let event = try R2Event(json: body.utf8)
        #expect(event.action == R2Event.Action(rawValue: "Renamed"))
        #expect(event.byteSize == nil)
        #expect(event.etag == nil)
        #expect(event.copySource == nil)
    }

    @Test(arguments: [
        "", "[]", "{}",
        #"{"account":"a","action":"PutObject","bucket":"b","object":{},"eventTime":"2026-05-24T19:36:44Z"}"#,
        #"{"account":"a","action":"PutObject","bucket":"b","object":{"key":"k"},"eventTime":"yesterday"}"#,
    ])
    func `a body that isn't an event is rejected`(_ body: String) {
        #expect(throws: DecodingError.self) { try R2Event(json: body.utf8) }
        #expect(throws: DecodingError.self) { try R2Event(base64: "not base64!") }
    }

    /// Runs a test with the messages that the emulator sends.
    private func withEvents(
        _ delivery: R2Emulator.EventDelivery = .immediate,
        _ body: (UploadWorld, @escaping @Sendable () throws -> [R2Event]) async throws -> Void
    ) async throws {
        let bodies = Mutex<[Data]>([])
        var options = R2Emulator.Options()
        options.eventDelivery = delivery
        options.eventHandler = { event in
            guard let data = try? JSONEncoder().encode(event) else { return }
            bodies.withLock { $0.append(data) }
        }
        try await UploadWorld.with(emulator: options) { world in
            try await body(world) {
                try bodies.withLock { bodies in
                    defer { bodies = [] }
                    return try bodies.map { try R2Event(json: $0) }
                }
            }
        }
    }

    @Test func `the arrival of a file completes its upload, and repetitions change nothing`() async throws {
        try await withEvents(.duplicated) { world, events in
            let bytes = SampleVideo.mp4()
            let upload = try await world.upload(bytes)
            let housekeeping = world.housekeeping()
            let arrived = try events()
            #expect(arrived.count == 2)
            for event in arrived + arrived {
                guard case .completed(let video) = try await housekeeping.handle(event) else {
                    Issue.record("not completed")
                    continue
                }
                #expect(video.state == .ready)
            }
            try await world.expectReady(upload.video, bytes)
            let row = try await world.row(upload.video)
            // The copy and the deletion of the upload, which housekeeping itself made.
            let own = try events()
            #expect(own.map(\.action).contains(.copyObject))
            for event in own.reversed() { #expect(try await housekeeping.handle(event) == .ignored) }
            #expect(try await world.row(upload.video) == row)
        }
    }

    @Test func `late messages of uploads that are over do nothing`() async throws {
        try await withEvents { world, events in
            let bytes = SampleVideo.mp4()
            let video = try await world.ready(bytes)
            let upload = try await world.uploads.replace(
                video.id, with: UploadWorld.file(bytes), token: "new", by: UploadWorld.user)
            try await world.send(bytes, upload)
            _ = try await world.uploads.complete(video.id, by: UploadWorld.user)
            let canceled = try await world.begin(bytes, token: "canceled")
            _ = try await world.uploads.cancel(canceled.video, by: UploadWorld.user)
            let rows = [try await world.row(video.id), try await world.row(canceled.video)]
            let objects = try await world.objects()
            for event in try events().shuffled() { _ = try await world.housekeeping().handle(event) }
            #expect(try await world.row(video.id) == rows[0])
            #expect(try await world.row(canceled.video) == rows[1])
            #expect(try await world.objects() == objects)
        }
    }

    @Test func `a file that isn't a video ends its upload`() async throws {
        try await withEvents { world, events in
            let upload = try await world.upload(SampleVideo.text())
            for event in try events() { #expect(try await world.housekeeping().handle(event) == .ended) }
            #expect(try await world.row(upload.video).state == .failed(reason: "notAVideo"))
        }
    }

    @Test func `messages of other buckets, other keys and unknown videos are ignored`() async throws {
        try await withEvents { world, events in
            try await world.store("other.txt")
            try await world.store(try world.uploads.keys.upload(of: .make(), attempt: UUID()).rawValue)
            for event in try events() { #expect(try await world.housekeeping().handle(event) == .ignored) }
            _ = try await world.upload(SampleVideo.mp4())
            let key = try #require(try events().last).key
            let text = """
                {"account":"a","action":"PutObject","bucket":"elsewhere","object":{"key":"\(key)"},\
                "eventTime":"2026-05-24T19:36:44Z"}
                """
            #expect(try await world.housekeeping().handle(R2Event(json: text.utf8)) == .ignored)
        }
    }

    @Test func `the deletion of a ready video's file is noticed`() async throws {
        try await withEvents { world, events in
            let video = try await world.ready()
            _ = try events()
            try await world.client.delete(ObjectKey(video.objectKey))
            let event = try #require(try events().first)
            #expect(try await world.housekeeping().handle(event) == .fileMissing(video))
        }
    }

    @Test func `an error of R2 is thrown, so that the message comes again`() async throws {
        try await withEvents { world, events in
            let upload = try await world.upload(SampleVideo.mp4())
            let event = try #require(try events().first)
            world.log.watch(Trouble(kind: .refused, call: 2))
            await #expect(throws: R2Error.self) { try await world.housekeeping().handle(event) }
            world.log.stop()
            guard case .completed(let video) = try await world.housekeeping().handle(event) else {
                Issue.record("not completed")
                return
            }
            #expect(video.id == upload.video)
        }
    }
}
#endif
