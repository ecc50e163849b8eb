#if Emulator
internal import R2KitSupport

/// The bucket and key that a request addresses.
struct RequestAddress: Sendable, Equatable {
    /// The bucket, or `nil` for the account.
    var bucket: String?
    /// The key, decoded and in the composed form, or `nil` for the bucket.
    var key: String?
    /// A Boolean value that indicates whether the host contains the bucket.
    var bucketIsInHost = false

    /// Reads the path, and the host if it contains the bucket.
    ///
    /// R2 (documented): both styles work. A bucket in the host is recognized before `.localhost`, the only name under
    /// which a machine has subdomains of its own.
    /// - Parameters:
    ///   - request: The request.
    ///   - basePath: The path before the bucket, without a slash at its end, or nothing.
    /// - Returns: The address, or `nil` if the path doesn't start with the base path.
    /// - Throws: ``Refusal/invalidObjectName`` if the key isn't UTF-8.
    static func parse(_ request: EmulatorRequest, basePath: String) throws(Refusal) -> RequestAddress? {
        guard request.rawPath.hasPrefix(basePath) else { return nil }
        let rest = request.rawPath.utf8.dropFirst(basePath.utf8.count)
        guard rest.first == UInt8(ascii: "/") || rest.isEmpty && !basePath.isEmpty else { return nil }
        let path = rest.dropFirst()
        if let bucket = bucket(inHost: request.header("host") ?? "") {
            return RequestAddress(bucket: bucket, key: try key(path), bucketIsInHost: true)
        }
        let slash = path.firstIndex(of: UInt8(ascii: "/"))
        let name = String(Substring(path[..<(slash ?? path.endIndex)]))
        guard !name.isEmpty else { return RequestAddress(bucket: nil, key: nil) }
        // A bucket's name is never encoded. An encoded one is decoded, and then isn't found.
        let bucket = PercentDecoding.decode(name) ?? name
        guard let slash else { return RequestAddress(bucket: bucket, key: nil) }
        return RequestAddress(bucket: bucket, key: try key(path[path.index(after: slash)...]))
    }

    private static func key(_ path: Substring.UTF8View) throws(Refusal) -> String? {
        guard !path.isEmpty else { return nil }
        return try decodedKey(String(Substring(path)))
    }

    /// Decodes a key once.
    ///
    /// A `+` stays a `+`.
    ///
    /// Unsettled: R2's response to a key that isn't UTF-8.
    static func decodedKey(_ text: String) throws(Refusal) -> String {
        guard let key = PercentDecoding.decode(text) else { throw .invalidObjectName }
        return key
    }

    private static func bucket(inHost host: String) -> String? {
        let name = host.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)[0].lowercased()
        guard name.hasSuffix(".localhost") else { return nil }
        let bucket = String(name.dropLast(10))
        return bucket.isEmpty ? nil : bucket
    }
}
#endif
