#if Delivery
import Foundation
import Testing
import VideoCatalog
import VideoDelivery

@Suite("Playback: playlist tokens")
struct PlaylistTokenTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let signer: PlaylistTokenSigner
    private let token: PlaylistToken

    init() throws {
        signer = try PlaylistTokenSigner(secret: [UInt8](repeating: 1, count: 32))
        token = PlaylistToken(
            purpose: .playlist, video: Video.ID.make(), path: "videos/1/hls/ü.m3u8", viewer: "ann@example.com",
            expiresAt: now + 60.9)
    }

    @Test func `a token is verified, and is the same text each time`() throws {
        let text = try signer.sign(token)
        #expect(try signer.verify(text, for: .playlist, at: now) == token)
        #expect(try signer.sign(token) == text)
        #expect(text.utf8.allSatisfy { (0x30...0x7A).contains($0) || $0 == UInt8(ascii: "-") })
        #expect(token.expiresAt == now + 60)
    }

    @Test func `every changed character is noticed`() throws {
        let text = Array(try signer.sign(token).utf8)
        for index in text.indices {
            var changed = text
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let error = #expect(throws: VideoDeliveryError.self) {
                try signer.verify(String(decoding: changed, as: UTF8.self), for: .playlist, at: now)
            }
            #expect(error?.code == .invalidToken)
        }
        for other in ["", "A", "AAAA", String(decoding: text.dropLast(), as: UTF8.self), "\(text)", "=", "ü"] {
            #expect(throws: VideoDeliveryError.self) { try signer.verify(other, for: .playlist, at: now) }
        }
        let long = String(repeating: "A", count: 100_000)
        #expect(throws: VideoDeliveryError.self) { try signer.verify(long, for: .playlist, at: now) }
    }

    @Test func `a token is valid for one kind of route, until its date`() throws {
        let text = try signer.sign(token)
        for purpose in [PlaylistToken.Purpose.segment, .key] {
            let error = #expect(throws: VideoDeliveryError.self) { try signer.verify(text, for: purpose, at: now) }
            #expect(error?.code == .invalidToken)
        }
        #expect(try signer.verify(text, for: .playlist, at: now + 59.9) == token)
        let error = #expect(throws: VideoDeliveryError.self) { try signer.verify(text, for: .playlist, at: now + 60) }
        #expect(error?.code == .expiredToken)
        #expect(error?.video == token.video)
    }

    @Test func `a secret can be changed, and has at least 32 bytes`() throws {
        let text = try signer.sign(token)
        let new = [UInt8](repeating: 2, count: 32)
        let both = try PlaylistTokenSigner(secret: new, previousSecrets: [[UInt8](repeating: 1, count: 32)])
        #expect(try both.verify(text, for: .playlist, at: now) == token)
        #expect(throws: VideoDeliveryError.self) {
            try PlaylistTokenSigner(secret: new).verify(text, for: .playlist, at: now)
        }
        #expect(throws: VideoDeliveryError.self) { try signer.verify(try both.sign(token), for: .playlist, at: now) }
        let error = #expect(throws: VideoDeliveryError.self) { try PlaylistTokenSigner(secret: Array(new.dropLast())) }
        #expect(error?.code == .invalidConfiguration)
        #expect(!String(reflecting: both).contains("2, 2"))
    }

    @Test(arguments: [(0, 255, true), (0, 256, false), (1024, 0, true), (1025, 0, false)])
    func `long fields are refused, not cut`(_ path: Int, _ viewer: Int, _ isAllowed: Bool) throws {
        let token = PlaylistToken(
            purpose: .segment, video: Video.ID.make(), path: String(repeating: "p", count: max(path, 1)),
            viewer: String(repeating: "v", count: viewer), expiresAt: now)
        if isAllowed {
            #expect(try signer.verify(try signer.sign(token), for: .segment, at: now - 1) == token)
        } else {
            #expect(throws: VideoDeliveryError.self) { try signer.sign(token) }
        }
    }

    @Test func `fields can't move into each other`() throws {
        let video = Video.ID.make()
        let first = PlaylistToken(purpose: .key, video: video, path: "bc", viewer: "a", expiresAt: now)
        let second = PlaylistToken(purpose: .key, video: video, path: "c", viewer: "ab", expiresAt: now)
        #expect(try signer.sign(first) != signer.sign(second))
    }

    @Test func `a date before 1970 or far away is refused`() throws {
        for seconds in [-1.0, .infinity, .nan, 1e30] {
            let token = PlaylistToken(
                purpose: .key, video: Video.ID.make(), path: "a", viewer: "",
                expiresAt: Date(timeIntervalSince1970: seconds))
            #expect(throws: VideoDeliveryError.self) { try signer.sign(token) }
        }
    }
}
#endif
