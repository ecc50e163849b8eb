import R2Kit
import Testing

@Suite("Checksums", .againstServers)
struct ChecksumTests {
    /// A checksum of ``Sample/text`` that other software computed.
    struct Known: Sendable, CustomTestStringConvertible {
        let algorithm: Checksum.Algorithm
        let base64: String

        var testDescription: String { algorithm.description }
    }

    static let known = [
        Known(algorithm: .md5, base64: "X/8YrsR8YCWSnUMFEBnVSQ=="),
        Known(algorithm: .crc32, base64: "ObvFSw=="),
        Known(algorithm: .crc32c, base64: "f5fSjA=="),
        Known(algorithm: .sha1, base64: "D/F5vrsWm57/5oO3MwkEHyonUZ0="),
        Known(algorithm: .sha256, base64: "MWhUZzLBmxEL+/jsLPvOh8AOhudUN9ZKIJkmG6/GEcA="),
    ]

    @Test(arguments: ServerKind.allCases, known)
    func `a body with the right checksum is stored`(_ kind: ServerKind, _ known: Known) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        let checksum = try Checksum(known.algorithm, base64: known.base64)
        let upload = try server.presigner.presignUpload(to: key, constraints: UploadConstraints(checksum: checksum))
        #expect(try await Message(upload, body: Sample.text).send().status == 200)
        #expect(try await server.stored(key) == Sample.text)
    }

    @Test(arguments: ServerKind.allCases, known)
    func `a body with another checksum is rejected`(_ kind: ServerKind, _ known: Known) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        let checksum = try Checksum(known.algorithm, base64: known.base64)
        let upload = try server.presigner.presignUpload(
            to: key, constraints: UploadConstraints(contentLength: Int64(Sample.text.count), checksum: checksum))
        var body = Sample.text
        body.bytes[0] ^= 1
        #expect(try await Message(upload, body: body).send().status == 400)
        #expect(try await server.stored(key) == nil)
    }
}
