#if Emulator
internal import R2Kit
internal import SigV4

extension R2Emulator.Options {
    /// Throws if an option isn't valid.
    func check() throws(R2Emulator.StartError) {
        func require(_ isValid: Bool, _ problem: String) throws(R2Emulator.StartError) {
            guard isValid else { throw R2Emulator.StartError(description: problem) }
        }
        // A name such as 127.example.com isn't an address.
        let isAddress = host.utf8.allSatisfy { "0123456789.".utf8.contains($0) }
        let isLoopback = ["localhost", "::1"].contains(host) || host.hasPrefix("127.") && isAddress
        try require(
            isLoopback || allowsRemoteAccess,
            "Invalid host \(host): other machines could reach it. Use 127.0.0.1, or allow remote access.")
        try require(!host.isEmpty, "Invalid host: it's empty. Use 127.0.0.1.")
        try require((0...65_535).contains(port), "Invalid port \(port): expected 0 to 65535, where 0 is a free port.")
        try require(!buckets.isEmpty, "No bucket: name at least one.")
        for bucket in buckets {
            try require(
                (try? BucketName(bucket)) != nil,
                "Invalid bucket name \(bucket): expected 3 to 63 lowercase letters, digits and hyphens.")
        }
        try require(
            basePath.isEmpty || basePath.hasPrefix("/") && !basePath.hasSuffix("/"),
            "Invalid base path \(basePath): it must start with a slash and not end with one.")
        try require(
            (try? AccountID(accountID)) != nil, "Invalid account ID: expected 32 hexadecimal digits.")
        try require(idleTimeout > .zero, "Invalid idle timeout: expected more than zero.")
        try require(logCapacity > 0, "Invalid log capacity: expected at least 1.")
        try require(
            Set(keys.map(\.accessKeyID)).count == keys.count, "Two access keys have the same ID: give each its own.")
        for key in keys { try key.check() }
    }

    /// Returns the URL of the S3 API.
    func url(port: Int) -> String {
        // An address that stands for all of the machine's isn't one that clients can use.
        let name = ["0.0.0.0", "::"].contains(host) ? "127.0.0.1" : host
        return "http://\(name.contains(":") ? "[\(name)]" : name):\(port)\(basePath)"
    }

    /// Returns the configuration of clients.
    func config(port: Int, key: R2Emulator.Key) throws -> R2Config {
        try R2Config(
            endpoint: R2Endpoint(url(port: port), allowsInsecureHTTP: true),
            credentials: R2Credentials(accessKeyID: key.accessKeyID, secretAccessKey: key.secret.exposed),
            bucket: BucketName(buckets[0]))
    }
}

extension R2Emulator.Storage {
    func makeBackend() throws -> any StorageBackend {
        switch self {
        case .memory(let capacity): MemoryBackend(capacity: capacity)
        case .directory(let path, let synchronizes): try FolderBackend(path, synchronizes: synchronizes)
        }
    }
}

extension R2Emulator.Key {
    fileprivate func check() throws(R2Emulator.StartError) {
        do {
            _ = try R2Credentials(accessKeyID: accessKeyID, secretAccessKey: secret.exposed)
        } catch {
            throw R2Emulator.StartError(description: error.message)
        }
    }

    /// The key as the authenticator knows it.
    var accessKey: AccessKey {
        // The raw values are the same, so that the permission always exists.
        AccessKey(
            id: accessKeyID, secret: secret, permission: .init(rawValue: permission.rawValue) ?? .objectReadOnly,
            buckets: buckets)
    }
}
#endif
