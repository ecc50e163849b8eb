#if Delivery && Emulator
import TestSupport
import Foundation
import R2Kit
import HTTPTypes
import R2Emulator
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery
import VideoEndpoints

@Suite("The routes of uploads")
struct UploadRouteTests {
    static let inParts = VideoDeliveryOptions(
        singleRequestLimit: 0, partSize: PartPlan.minimumPartLength, partsPerResponse: 1)
    static let twoParts = Int(PartPlan.minimumPartLength) + 4096

    @Test func `a file is sent in one request, looked at, and completed`() async throws {
        try await EndpointWorld.with { world in
            let upload = try await world.begin()
            try Golden.expect("begin", upload)
            let id = try upload.string("video")
            try Golden.expect("status-waiting", try await world.send(.get, "/uploads/\(id)"))
            try await world.sendFile(SampleVideo.mp4(), upload)
            let attempt = try upload.string("attempt")
            try Golden.expect("status-arrived", try await world.send(.get, "/uploads/\(id)?attempt=\(attempt)"))
            let body = "{\"attempt\": \"\(attempt)\"}"
            let completed = try await world.send(.post, "/uploads/\(id)/complete", json: body)
            try Golden.expect("complete", completed)
            // A client repeats the call after a lost response.
            let again = try await world.send(.post, "/uploads/\(id)/complete", json: body)
            #expect(again.text == completed.text)
            try Golden.expect("status-ready", try await world.send(.get, "/uploads/\(id)"))
        }
    }

    @Test func `a file is sent in parts, some of which are signed on demand`() async throws {
        try await EndpointWorld.with(delivery: Self.inParts) { world in
            let bytes = SampleVideo.mp4(Self.twoParts)
            let upload = try await world.begin(bytes.count)
            let id = try upload.string("video")
            let video = try #require(Video.ID(id))
            let uploadID = try #require(try await world.catalog.requiredVideo(id: video).upload?.id)
            let names: KeyValuePairs = [uploadID: "UPLOAD", PercentEncoded.of(uploadID): "UPLOAD"]
            try Golden.expect("begin-parts", upload, naming: names)
            try await world.sendFile(bytes, upload)
            try Golden.expect("status-parts", try await world.send(.get, "/uploads/\(id)"))
            try Golden.expect("complete-parts-missing", try await world.send(.post, "/uploads/\(id)/complete"))
            let parts = try await world.send(.post, "/uploads/\(id)/parts", json: #"{"numbers": [2]}"#)
            try Golden.expect("parts", parts, naming: names)
            try await world.sendFile(bytes, parts)
            let completed = try await world.send(.post, "/uploads/\(id)/complete")
            #expect(completed.status == 200)
            #expect(completed.object["state"] as? String == "ready")
        }
    }

    @Test func `an upload is canceled, unless the file has arrived`() async throws {
        try await EndpointWorld.with { world in
            let first = try await world.begin()
            let id = try first.string("video")
            try Golden.expect("cancel", try await world.send(.delete, "/uploads/\(id)"))
            try await world.send(.get, "/uploads/\(id)").expectProblem(410, "uploadCanceled")
            let ready = try await world.ready(token: "t2")
            try Golden.expect("cancel-kept", try await world.send(.delete, "/uploads/\(ready)"))
        }
    }

    @Test func `a file is replaced, and the old one stays until then`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            world.r2.clock.advance(by: .seconds(1))
            let file = #"{"file": {"name": "new.mp4", "byteSize": 5000}, "token": "r1"}"#
            let upload = try await world.send(.post, "/videos/\(id)/replacement", json: file)
            try Golden.expect("replacement", upload)
            let before = try await world.send(.get, "/videos/\(id)")
            #expect(before.object["hasReplacement"] as? Bool == true)
            #expect(before.object["byteSize"] as? Int == 4096)
            try await world.sendFile(SampleVideo.mp4(5000), upload)
            let completed = try await world.send(.post, "/uploads/\(id)/complete")
            #expect(completed.object["byteSize"] as? Int == 5000)
            #expect(completed.object["hasReplacement"] as? Bool == false)
        }
    }

    @Test func `a file that is no video is rejected with the reason`() async throws {
        try await EndpointWorld.with(delivery: Self.inParts) { world in
            let text = Array(repeating: UInt8(ascii: "x"), count: 4096)
            let upload = try await world.begin(text.count)
            try await world.sendFile(text, upload)
            let id = try upload.string("video")
            try Golden.expect("complete-rejected", try await world.send(.post, "/uploads/\(id)/complete"))
        }
    }

    @Test func `an upload that is too late has expired`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.begin().string("video")
            let url = world.r2.clock.now.formatted(.iso8601)
            world.r2.clock.advance(by: .seconds(8 * 3600))
            let status = try await world.send(.get, "/uploads/\(id)?urlExpiresAt=\(url)")
            #expect(status.object["phase"] as? String == "expired")
            #expect(Findings.codes(status) == ["uploadExpired", "urlExpired"])
            try await world.send(.post, "/uploads/\(id)/complete").expectProblem(410, "uploadExpired")
        }
    }
}

enum PercentEncoded {
    static func of(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._~"))) ?? text
    }
}

enum Findings {
    static func codes(_ reply: Reply) -> [String] {
        (reply.object["findings"] as? [[String: String]] ?? []).compactMap { $0["code"] }
    }
}
#endif
