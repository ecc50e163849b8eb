import Foundation
import R2Kit
import TestSupport

/// Bodies and keys for the tests.
enum Sample {
    /// A short text, whose checksums ``ChecksumTests`` contains.
    static let text = Body("A short body, to be signed for.\n".utf8)

    /// Returns pseudorandom bytes, which are the same every time.
    static func bytes(_ count: Int, seed: UInt64 = 1) -> Body {
        var state = seed
        return Body(
            (0..<count).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            })
    }

    /// Returns a key that no other test uses.
    static func key(_ name: String = "video.mp4") throws -> ObjectKey { try ObjectKey("\(UUID().uuidString)/\(name)") }
}

extension TestServer {
    /// Returns the object under a key, read with a new URL, or `nil` if it doesn't exist.
    func stored(_ key: ObjectKey) async throws -> Body? {
        let response = try await Message(try presigner.presignPlayback(of: key)).send()
        switch response.status {
        case 200: return response.body
        case 404: return nil
        default: throw TestSupportError("GET failed with status \(response.status): \(response.text)")
        }
    }

    /// Stores an object in the bucket.
    func store(_ body: Body, under key: ObjectKey, _ constraints: UploadConstraints = UploadConstraints()) async throws
    {
        let response = try await Message(try presigner.presignUpload(to: key, constraints: constraints), body: body)
            .send()
        guard response.isSuccess else {
            throw TestSupportError("PUT failed with status \(response.status): \(response.text)")
        }
    }
}
