#if Emulator
internal import Crypto
internal import Hummingbird
internal import NIOCore
internal import R2KitSupport

/// The body of a request, read as it arrives.
struct IncomingBody: Sendable {
    private let source: RequestBody
    /// The announced length in bytes, or `nil` without one.
    let length: Int64?

    init(_ source: RequestBody, length: Int64?) {
        self.source = source
        self.length = length
    }

    /// Passes the body on in pieces.
    /// - Throws: ``Refusal/entityTooLarge`` past the limit, ``Refusal/incompleteBody`` if the connection ends early.
    func forEach(limit: Int64, _ consume: (ByteBuffer) async throws -> Void) async throws {
        var count: Int64 = 0
        var iterator = source.makeAsyncIterator()
        while true {
            let piece: ByteBuffer?
            do {
                piece = try await iterator.next()
            } catch {
                throw Refusal.incompleteBody
            }
            guard let piece else { break }
            count += Int64(piece.readableBytes)
            guard count <= limit else { throw Refusal.entityTooLarge }
            try await consume(piece)
        }
        if let length, count != length { throw Refusal.incompleteBody }
    }

    /// Reads a document into memory, and checks its digests.
    /// - Parameters:
    ///   - limit: The maximum length, in bytes.
    ///   - expected: The digests that the request states.
    /// - Returns: The document.
    /// - Throws: ``Refusal/malformedXML`` past the limit, or the refusal of a digest.
    func collect(limit: Int, _ expected: ExpectedDigests) async throws -> [UInt8] {
        if let length, length > limit { throw Refusal.malformedXML }
        var bytes: [UInt8] = []
        var digester = BodyDigester(expected)
        do {
            try await forEach(limit: Int64(limit)) { piece in
                digester.update(piece)
                bytes.append(contentsOf: piece.readableBytesView)
            }
        } catch let refusal as Refusal where refusal.code == Refusal.entityTooLarge.code {
            throw Refusal.malformedXML
        }
        _ = try digester.finish()
        return bytes
    }

    /// Stores the body, and checks its digests.
    ///
    /// If a check fails, nothing is left behind.
    /// - Parameters:
    ///   - writer: The writer for the stored body.
    ///   - limit: The maximum length, in bytes.
    ///   - expected: The digests that the request states.
    /// - Returns: The stored body and its digests.
    /// - Throws: A ``Refusal``, or an error of the storage.
    func store(
        with writer: consuming any BodyWriter, limit: Int64, _ expected: ExpectedDigests
    ) async throws -> (body: any StoredBody, digests: BodyDigests) {
        var writer = writer
        var digester = BodyDigester(expected)
        try await forEach(limit: limit) { piece in
            digester.update(piece)
            try await writer.write(piece)
        }
        let digests = try digester.finish()
        return (try await writer.finish(), digests)
    }
}

/// Computes the digests of a body, and compares them with those that a request states.
struct BodyDigester: Sendable {
    private let expected: ExpectedDigests
    private var md5 = HashDigest<Insecure.MD5>()
    private var contentHash: HashDigest<SHA256>?
    private var checksums: [ChecksumAlgorithm: any RunningDigest]

    init(_ expected: ExpectedDigests) {
        self.expected = expected
        contentHash = expected.contentHash == nil ? nil : HashDigest()
        checksums = Dictionary(
            uniqueKeysWithValues: expected.computed.union(expected.checksums.keys).map { ($0, $0.makeDigest()) })
    }

    mutating func update(_ piece: ByteBuffer) {
        md5.update(piece)
        contentHash?.update(piece)
        for algorithm in checksums.keys { checksums[algorithm]?.update(piece) }
    }

    /// Returns the digests if they are those that the request states.
    func finish() throws(Refusal) -> BodyDigests {
        // R2 (observed): Content-MD5, then the other checksums. Unsettled: the place of the signed hash.
        if let contentHash, contentHash.bytes != expected.contentHash { throw .payloadMismatch }
        let md5 = md5.bytes
        try Self.compare(expected.md5, md5, "MD5")
        let actual = checksums.mapValues(\.bytes)
        for algorithm in ChecksumAlgorithm.allCases {
            guard let computed = actual[algorithm] else { continue }
            try Self.compare(expected.checksums[algorithm], computed, algorithm.displayName)
        }
        return BodyDigests(etag: Hexadecimal.encode(md5), md5: md5, checksums: actual)
    }

    private static func compare(_ expected: [UInt8]?, _ actual: [UInt8], _ name: String) throws(Refusal) {
        guard let expected, expected != actual else { return }
        throw .badDigest(name, expected: Hexadecimal.encode(expected), actual: Hexadecimal.encode(actual))
    }
}
#endif
