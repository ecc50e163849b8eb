#if Storage
internal import Crypto
internal import R2Kit
internal import R2KitSupport

/// The rules for the ETags of parts, and of objects made of parts.
///
/// Source: R2 "Multipart upload" (ETags).
enum MultipartETag {
    /// Returns the ETag of the object that consists of the given parts: the MD5 of their MD5 digests, and their number.
    ///
    /// Returns `nil` if a part's ETag isn't an MD5 digest.
    static func object(madeOf parts: [CompletedPart]) -> ETag? {
        var digests = Insecure.MD5()
        for part in parts.sorted(by: { $0.number < $1.number }) {
            guard let digest = md5(part.etag) else { return nil }
            digests.update(data: digest)
        }
        return try? ETag("\(Hexadecimal.encode(digests.finalize()))-\(parts.count)")
    }

    /// Returns the number of parts in an object's ETag, or `nil` if the object wasn't uploaded in parts.
    static func partCount(_ etag: ETag) -> Int? {
        let fields = etag.opaqueValue.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard fields.count == 2, fields[0].count == 2 * Insecure.MD5.byteCount else { return nil }
        return Int(Substring(fields[1]))
    }

    /// Returns the MD5 digest in a part's ETag, or `nil` if it isn't one, as with a customer-provided key.
    static func md5(_ etag: ETag) -> [UInt8]? {
        guard let digest = Hexadecimal.decode(etag.opaqueValue), digest.count == Insecure.MD5.byteCount else {
            return nil
        }
        return digest
    }
}
#endif
