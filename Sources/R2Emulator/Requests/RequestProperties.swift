#if Emulator
internal import R2KitSupport

extension StoredProperties {
    /// The headers that are stored with an object and sent with it.
    static let headerNames = [
        "content-type", "cache-control", "content-disposition", "content-encoding", "content-language", "expires",
    ]

    /// Reads the headers of a request that stores an object.
    init(_ request: EmulatorRequest, customerKey: CustomerKey?, limits: R2Emulator.Limits) throws(Refusal) {
        // R2 (documented): these two classes.
        storageClass = request.header("x-amz-storage-class") ?? "STANDARD"
        guard ["STANDARD", "STANDARD_IA"].contains(storageClass) else { throw .invalidStorageClass }
        for name in Self.headerNames { headers[name] = request.header(name) }
        for (name, _) in request.headers where name.lowercased().hasPrefix("x-amz-meta-") {
            let name = name.lowercased()
            // R2 (documented): RFC 2047 words are decoded on write.
            metadata[String(name.dropFirst(11))] = EncodedWords.decode(request.header(name) ?? "")
        }
        customerKeyMD5 = customerKey?.md5
        // R2 (documented): the limit holds for decoded values.
        guard metadataLength <= limits.maximumMetadataLength else { throw .metadataTooLarge }
    }

    /// R2 (documented semantics of bindings): the lengths of names and values in UTF-16 units, twice if a unit is 256
    /// or more.
    var metadataLength: Int {
        func length(_ text: String) -> Int { text.utf16.count * (text.utf16.contains { $0 >= 256 } ? 2 : 1) }
        return metadata.reduce(0) { $0 + length($1.key) + length($1.value) }
    }

    /// The headers of a response that carry the metadata.
    ///
    /// R2 (documented): values beyond ASCII are encoded as RFC 2047 words. Names beyond ASCII, which only Cloudflare's
    /// own API can store, are left out and counted in `x-amz-missing-meta`. Unsettled: R2's choice between the two
    /// encodings of RFC 2047.
    var metadataHeaders: [(String, String)] {
        var result: [(String, String)] = []
        var missing = 0
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            if name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
                result.append(("x-amz-meta-\(name)", EncodedWords.encode(value)))
            } else {
                missing += 1
            }
        }
        if missing > 0 { result.append(("x-amz-missing-meta", String(missing))) }
        return result
    }
}
#endif
