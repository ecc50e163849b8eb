import R2Kit
import SigV4

/// The key parser: a key obeys R2's rules, and stays the same when it's parsed again.
@Sendable func fuzzObjectKey(_ input: FuzzInput) {
    let text = input.wholeText
    guard let key = try? ObjectKey(text) else { return }
    let raw = key.rawValue
    check((1...ObjectKey.maximumLength).contains(raw.utf8.count), "a key of \(raw.utf8.count) bytes is taken")
    check(!raw.utf8.contains { $0 < 32 || $0 == 127 }, "a key with a control byte is taken")
    check(raw == text, "the key is not the text that was given, in any spelling")
    check((try? ObjectKey(raw))?.rawValue.isSame(raw) == true, "a key changes when it is taken once more")

    let path = PercentEncoding.encodePath(raw)
    check(PercentEncoding.decode(path)?.isSame(raw) == true, "the path is not the key's: \(path)")
    for segment in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
        // Clients also remove percent-encoded dot segments.
        let decoded = PercentEncoding.decode(String(Substring(segment)))
        check(!["", ".", "..", nil].contains(decoded), "clients would fold the path \(path)")
    }
}
