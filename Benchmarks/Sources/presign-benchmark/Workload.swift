import R2Kit

/// What is signed: the same account, bucket and kind of key as in the drivers of the other implementations.
struct Workload: Sendable {
    let presigner: R2Presigner
    let keys: [ObjectKey]

    init(keys count: Int) throws {
        let account = "0123456789abcdef0123456789abcdef"
        let config = R2Config(
            accountID: try AccountID(account),
            credentials: try R2Credentials(
                accessKeyID: account, secretAccessKey: String(repeating: "0123456789abcdef", count: 4)),
            bucket: try BucketName("media-bucket"), uploadURLLifetime: try URLLifetime(seconds: 3600))
        presigner = R2Presigner(config)
        var generator = SystemRandomNumberGenerator()
        keys = try (0..<count).map { _ in try ObjectKey("videos/\(Self.uuid(&generator))/master.mp4") }
    }

    /// Signs one URL a key, and gives their total length so that nothing is optimised away.
    func run(_ kind: Kind) throws -> Int {
        switch kind {
        case .w1: return try keys.reduce(0) { try $0 + presigner.playback($1).url.utf8.count }
        case .w2:
            return try keys.reduce(0) { sum, key in
                let constraints = UploadConstraints(contentType: "video/mp4", contentLength: 52_428_800)
                return try sum + presigner.upload(key, constraints).url.utf8.count
            }
        case .batch: return try presigner.playback(keys).reduce(0) { $0 + $1.url.utf8.count }
        case .cold:
            return try keys.reduce(0) { try $0 + R2Presigner(presigner.config).playback($1).url.utf8.count }
        case .keys:
            return try keys.reduce(0) { try $0 + presigner.playback(ObjectKey($1.rawValue)).url.utf8.count }
        }
    }

    enum Kind: String, CaseIterable {
        /// GETs.
        case w1
        /// PUTs with a signed content type and length.
        case w2
        /// GETs in one call.
        case batch
        /// GETs, each from a presigner that has signed nothing before.
        case cold
        /// GETs of keys that are checked in the same go.
        case keys
    }

    /// Random enough for keys, and quick.
    private static func uuid(_ generator: inout SystemRandomNumberGenerator) -> String {
        let digits = Array(
            String(generator.next() | 1 << 63, radix: 16) + String(generator.next() | 1 << 63, radix: 16))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
