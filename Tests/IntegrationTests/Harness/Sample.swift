import Foundation
import R2Kit
import TestSupport

/// Bodies and keys for tests.
enum Sample {
    /// A short text, whose checksums ``ChecksumTests`` knows.
    static let text = Body("A short body, to be signed for.\n".utf8)

    /// Bytes that differ from place to place, the same ones every time.
    static func bytes(_ count: Int, seed: UInt64 = 1) -> Body {
        var state = seed
        return Body(
            (0..<count).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            })
    }

    /// A key that no other test has.
    static func key(_ name: String = "video.mp4") throws -> ObjectKey { try ObjectKey("\(UUID().uuidString)/\(name)") }
}

extension TestServer {
    /// What a fresh URL finds under a key: `nil` if there is no object.
    func stored(_ key: ObjectKey) async throws -> Body? {
        let answer = try await Message(try presigner.presignPlayback(of: key)).send()
        switch answer.status {
        case 200: return answer.body
        case 404: return nil
        default: throw TestSupportError("a GET was answered with \(answer.status): \(answer.text)")
        }
    }

    /// Puts an object into the bucket.
    func store(_ body: Body, under key: ObjectKey, _ constraints: UploadConstraints = UploadConstraints()) async throws
    {
        let answer = try await Message(try presigner.presignUpload(to: key, constraints: constraints), body: body)
            .send()
        guard answer.isSuccess else {
            throw TestSupportError("a PUT was answered with \(answer.status): \(answer.text)")
        }
    }
}
