/// The name of an object in a bucket, such as `videos/2026/lecture-1.mp4`.
///
/// A key is 1 to 1,024 bytes of UTF-8 in Unicode's composed form (NFC), which is how R2 stores it: two spellings of `é`
/// are one object. Keys that clients rewrite on the way are refused, because the rewritten request would be refused by
/// R2, or reach another object: an empty segment (a slash at the beginning or end, or two in a row), a `.` or `..`
/// segment, and control bytes.
///
/// Source: R2 "Limits" (key length) and "Unicode interoperability" (NFC).
public struct ObjectKey: Sendable, Hashable {
    /// The key as R2 stores it.
    public let rawValue: String

    /// The most bytes of UTF-8 that a key may have.
    public static let maximumLength = 1024

    /// Takes a key, in whatever Unicode form, and keeps its composed form.
    /// - Throws: ``R2KitError`` with the code `invalidObjectKey`.
    public init(_ key: String) throws(R2KitError) {
        let key = Self.composed(key)
        guard !key.isEmpty else { throw R2KitError(.invalidObjectKey, "an object key must not be empty") }
        guard key.utf8.count <= Self.maximumLength else {
            throw R2KitError(
                .invalidObjectKey, "an object key has at most 1024 bytes of UTF-8; this one has \(key.utf8.count)")
        }
        if let problem = key.utf8.withContiguousStorageIfAvailable(Self.problem) ?? Self.problem(with: key.utf8) {
            throw R2KitError(.invalidObjectKey, problem)
        }
        rawValue = key
    }

    /// Takes a key that exists already, exactly as it is, unless no request could carry it.
    ///
    /// Use it for objects that other software has stored under keys that ``init(_:)`` refuses. Know what clients do
    /// with them: browsers, `URLSession`, `curl` (without `--path-as-is`) and most HTTP libraries fold `.` and `..`
    /// segments, so that the URL's signature no longer fits; some, Python's requests among them, drop a slash of two at
    /// the beginning of a path; proxies may merge slashes. Signing is exact all the same. The key is not normalised: R2
    /// normalises it, other S3 servers do not.
    /// - Throws: ``R2KitError`` with the code `invalidObjectKey` if the key is empty or longer than 1,024 bytes.
    public init(unchecked key: String) throws(R2KitError) {
        guard (1...Self.maximumLength).contains(key.utf8.count) else {
            throw R2KitError(
                .invalidObjectKey, "an object key has 1 to 1024 bytes of UTF-8; this one has \(key.utf8.count)")
        }
        rawValue = key
    }

    /// What is wrong with the bytes of a key, looked at in one pass.
    private static func problem(with bytes: some Sequence<UInt8>) -> String? {
        var length = 0  // of the segment so far
        var dots = 0  // dots at the segment's beginning, while there is nothing else in it
        for byte in bytes {
            if byte == UInt8(ascii: "/") {
                if let problem = problem(withSegmentOf: length, dots: dots) { return problem }
                length = 0
                dots = 0
            } else {
                if ASCII.isControl(byte) { return "an object key must not hold control characters; remove them" }
                length += 1
                if byte == UInt8(ascii: ".") { dots += 1 }
            }
        }
        return problem(withSegmentOf: length, dots: dots)
    }

    @inline(__always)
    private static func problem(withSegmentOf length: Int, dots: Int) -> String? {
        if length == 0 {
            return "an object key must not begin or end with '/', nor hold '//': remove the empty segment"
        }
        if length == dots && length <= 2 {
            return "an object key must not have '.' or '..' as a segment: HTTP clients remove them, and change the key"
        }
        return nil
    }

    /// A text in NFC.
    static func composed(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 128 }) { return text }
        // The standard library's own normalisation. FoundationEssentials has none, and full Foundation would bring ICU.
        // It leaves the marks of these three, which are always taken apart, in the wrong order: take them apart first.
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{F73}": scalars.append(contentsOf: ["\u{F71}", "\u{F72}"])
            case "\u{F75}": scalars.append(contentsOf: ["\u{F71}", "\u{F74}"])
            case "\u{F81}": scalars.append(contentsOf: ["\u{F71}", "\u{F80}"])
            default: scalars.append(scalar)
            }
        }
        return String(decoding: String(scalars)._nfcCodeUnits, as: UTF8.self)
    }
}

extension ObjectKey {
    /// Compares bytes: unchecked keys in two spellings are two keys.
    public static func == (first: ObjectKey, second: ObjectKey) -> Bool {
        first.rawValue.utf8.elementsEqual(second.rawValue.utf8)
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
    /// Reads a string and checks it as ``init(_:)`` does.
    ///
    /// A key that was made with ``init(unchecked:)`` and breaks the rules is not read again: keep its text instead.
    public init(from decoder: any Decoder) throws {
        self = try decoder.checkedString { (text) throws(R2KitError) in try Self(text) }
    }

    /// Writes the key as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
