internal import R2KitSupport

/// The name of an object in a bucket, such as `videos/2026/lecture-1.mp4`.
///
/// A key is 1 to 1,024 bytes of UTF-8 in Unicode's composed form (NFC), which is how R2 stores it: two spellings of `é`
/// are one object. ``init(_:)`` rejects keys that HTTP clients rewrite, because the rewritten request would fail or
/// reach another object: an empty segment (a slash at the start or end, or two in a row), a `.` or `..` segment, and
/// control characters.
///
/// Source: R2 "Limits" (key length) and "Unicode interoperability" (NFC).
public struct ObjectKey: Sendable, Hashable {
    /// The key as R2 stores it.
    public let rawValue: String

    /// The maximum length of a key, in bytes of UTF-8.
    public static let maximumLength = 1024

    /// Creates a key, normalizing it to NFC.
    /// - Parameter key: The key, in any Unicode form.
    /// - Throws: ``R2ValidationError`` with the code `invalidObjectKey`.
    public init(_ key: String) throws(R2ValidationError) {
        let key = Normalization.nfc(key)
        guard !key.isEmpty else { throw R2ValidationError(.invalidObjectKey, "Invalid object key: it's empty.") }
        guard key.utf8.count <= Self.maximumLength else { throw Self.tooLong(key) }
        if let problem = key.utf8.withContiguousStorageIfAvailable(Self.problem) ?? Self.problem(with: key.utf8) {
            throw R2ValidationError(.invalidObjectKey, problem)
        }
        rawValue = key
    }

    /// Creates a key that already exists, without changing or checking it beyond its length.
    ///
    /// Use it for objects that other software stored under keys that ``init(_:)`` rejects. Signing is exact, but know
    /// what clients do with such keys. Browsers, `URLSession`, `curl` (without `--path-as-is`) and most HTTP libraries
    /// remove `.` and `..` segments, so that the URL's signature no longer matches. Some, such as Python's requests,
    /// drop one of two slashes at the start of a path. Proxies may merge slashes. The key isn't normalized: R2
    /// normalizes it, other S3 servers don't.
    /// - Parameter key: The key, exactly as it is.
    /// - Throws: ``R2ValidationError`` with the code `invalidObjectKey` if the key is empty or longer than 1,024 bytes.
    public init(unchecked key: String) throws(R2ValidationError) {
        guard !key.isEmpty else { throw R2ValidationError(.invalidObjectKey, "Invalid object key: it's empty.") }
        guard key.utf8.count <= Self.maximumLength else { throw Self.tooLong(key) }
        rawValue = key
    }

    private static func tooLong(_ key: String) -> R2ValidationError {
        R2ValidationError(
            .invalidObjectKey,
            "Invalid object key: expected at most \(maximumLength) bytes of UTF-8, but it has \(key.utf8.count).")
    }

    /// Checks the bytes of a key in one pass.
    /// - Returns: A message. `nil` if the key is valid.
    private static func problem(with bytes: some Sequence<UInt8>) -> String? {
        var length = 0  // of the segment so far
        var dots = 0  // in the segment so far
        for byte in bytes {
            if byte == UInt8(ascii: "/") {
                if let problem = problem(withSegmentOf: length, dots: dots) { return problem }
                length = 0
                dots = 0
            } else {
                if ASCII.isControl(byte) { return "Invalid object key: remove the control characters." }
                length += 1
                if byte == UInt8(ascii: ".") { dots += 1 }
            }
        }
        return problem(withSegmentOf: length, dots: dots)
    }

    @inline(__always)
    private static func problem(withSegmentOf length: Int, dots: Int) -> String? {
        if length == 0 {
            return "Invalid object key: remove the empty segment. A key can't start or end with '/', or contain '//'."
        }
        if length == dots && length <= 2 {
            return "Invalid object key: '.' and '..' can't be segments, because HTTP clients remove them."
        }
        return nil
    }
}

extension ObjectKey: Comparable {
    /// Compares bytes.
    ///
    /// Unchecked keys in two Unicode forms are different keys.
    public static func == (first: ObjectKey, second: ObjectKey) -> Bool {
        first.rawValue.hasBytes(of: second.rawValue)
    }

    /// Compares bytes, in the order in which R2 lists keys.
    public static func < (first: ObjectKey, second: ObjectKey) -> Bool {
        first.rawValue.utf8.lexicographicallyPrecedes(second.rawValue.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        for byte in rawValue.utf8 { hasher.combine(byte) }
    }
}

extension ObjectKey: CustomStringConvertible {
    /// The key itself.
    public var description: String { rawValue }
}

extension ObjectKey: Codable {
    /// Creates a key from a string, checking it like ``init(_:)``.
    ///
    /// A key from ``init(unchecked:)`` that breaks the rules can't be decoded. Store its string instead.
    public init(from decoder: any Decoder) throws {
        self = try decoder.checkedString { (text) throws(R2ValidationError) in try Self(text) }
    }

    /// Encodes the key as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
