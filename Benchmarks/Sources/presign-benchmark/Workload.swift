import R2Kit

/// The URLs to sign: the same account, bucket and kind of keys as in the drivers of the other implementations.
struct Workload: Sendable {
    let presigner: R2Presigner
    let keys: [ObjectKey]

    init(keys count: Int, _ shared: R2Presigner? = nil) throws {
        let account = "0123456789abcdef0123456789abcdef"
        let config = try R2Config(
            accountID: try AccountID(account),
            credentials: try R2Credentials(
                accessKeyID: account, secretAccessKey: String(repeating: "0123456789abcdef", count: 4)),
            bucket: try BucketName("media-bucket"), uploadURLLifetime: .seconds(3600))
        presigner = shared ?? R2Presigner(config)
        var generator = SystemRandomNumberGenerator()
        keys = try (0..<count).map { _ in try ObjectKey("videos/\(Self.uuid(&generator))/master.mp4") }
    }

    /// Signs one URL for each key, and returns their total length so that nothing is optimized away.
    func run(_ kind: Kind) throws -> Int {
        switch kind {
        case .w1: return try keys.reduce(0) { try $0 + presigner.presignPlayback(of: $1).url.utf8.count }
        case .w2:
            return try keys.reduce(0) { sum, key in
                let constraints = UploadConstraints(contentType: "video/mp4", contentLength: 52_428_800)
                return try sum + presigner.presignUpload(to: key, constraints: constraints).url.utf8.count
            }
        case .batch: return try presigner.presignPlayback(of: keys).reduce(0) { $0 + $1.url.utf8.count }
        case .lazy: return try presigner.presignPlayback(of: keys.lazy).reduce(0) { $0 + $1.url.utf8.count }
        case .append:
            var bytes: [UInt8] = []
            return try keys.reduce(0) { sum, key in
                bytes.removeAll(keepingCapacity: true)
                try presigner.presignPlayback(of: key, appendingTo: &bytes)
                return sum + bytes.count
            }
        case .windows:
            return try keys.reduce(0) { sum, key in
                let playback = try presigner.presignPlayback(of: key, stableWithin: .fiveMinutes)
                return try sum + playback.url.utf8.count + presigner.presignPlayback(of: key).url.utf8.count
            }
        case .cold:
            return try keys.reduce(0) { try $0 + R2Presigner(presigner.config).presignPlayback(of: $1).url.utf8.count }
        case .keys:
            return try keys.reduce(0) { try $0 + presigner.presignPlayback(of: ObjectKey($1.rawValue)).url.utf8.count }
        }
    }

    enum Kind: String, CaseIterable {
        /// GETs.
        case w1
        /// PUTs with a signed content type and length.
        case w2
        /// GETs in one call.
        case batch
        /// GETs in one call, each signed when it's needed.
        case lazy
        /// GETs whose URLs are appended to an array of bytes.
        case append
        /// Two GETs of each key, one of them with a signing window.
        case windows
        /// GETs, each from a new presigner.
        case cold
        /// GETs of keys that are checked as well.
        case keys
    }

    /// Returns a string that is random enough for a key, and fast to make.
    private static func uuid(_ generator: inout SystemRandomNumberGenerator) -> String {
        let digits = Array(
            String(generator.next() | 1 << 63, radix: 16) + String(generator.next() | 1 << 63, radix: 16))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
