import R2Kit
import SigV4

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Edge tokens: `encoding|message|time|time to live|position|length|replacement|token|origin|path|directory`.
///
/// A token is valid for its message and its time alone. It isn't valid with `length` bytes at `position` replaced by
/// `replacement`, and neither is any other string.
@Sendable func fuzzEdgeToken(_ input: FuzzInput) {
    var input = input
    let encoding = input.choice([EdgeTokenSigner.Encoding.standard, .urlSafe])
    let signer = required("a constant") { try EdgeTokenSigner(secret: Secrets.key, encoding: encoding) }
    let message = input.text()
    let instant = Date(timeIntervalSince1970: input.double())
    let timeToLive = input.number()
    guard let genuine = try? signer.token(for: message, at: instant) else { return }
    check(genuine.isUnreserved(or: "%"), "a token holds a byte that must be encoded: \(genuine)")
    Secrets.check(absentFrom: "\(signer) \(String(reflecting: signer))")
    checkTimes(signer, genuine, message, timeToLive, instant)
    checkBoundary(signer, genuine, message, instant)

    var forged = Array(genuine.utf8)
    let start = Int(UInt(bitPattern: input.number()) % UInt(forged.count + 1))
    let length = Int(UInt(bitPattern: input.number()) % UInt(forged.count - start + 1))
    forged.replaceSubrange(start..<start + length, with: Array(input.text().utf8))
    for token in [String(decoding: forged, as: UTF8.self), input.text()] {
        guard signer.isValid(token, for: message, timeToLive: .seconds(Int64.max), at: instant) else { continue }
        // The same token in another percent-encoding is the same token.
        let isSame = PercentEncoding.decode(token) == PercentEncoding.decode(genuine)
        check(isSame, "\(token) is taken for \(genuine)")
    }
    checkURLs(signer, input.text(), input.text(), input.text(), instant)
}

private func checkTimes(
    _ signer: EdgeTokenSigner, _ token: String, _ message: String, _ timeToLive: Int, _ instant: Date
) {
    let isValid = { (message: String, later: Double) in
        signer.isValid(token, for: message, timeToLive: .seconds(timeToLive), at: instant.addingTimeInterval(later))
    }
    check(isValid(message, 0) == (timeToLive >= 1), "a fresh token, for \(timeToLive) s")
    check(!isValid(message + "/", 0), "a token is taken for another message")
    guard (0...1_000_000_000).contains(timeToLive) else { return }
    check(!isValid(message, Double(timeToLive) + 1), "a token is taken after its time")
    if timeToLive >= 2 { check(isValid(message, Double(timeToLive) - 2), "a token is refused within its time") }
}

/// Checks that no digit can move between the message and the time, which the code covers without a separator.
private func checkBoundary(_ signer: EdgeTokenSigner, _ token: String, _ message: String, _ instant: Date) {
    for count in 1..<10 {
        let shifted = String(repeating: "0", count: count) + token.dropFirst(count)
        let isTaken = signer.isValid(
            shifted, for: message + token.prefix(count), timeToLive: .seconds(Int64.max), at: instant)
        check(!isTaken, "\(shifted) is taken for \(message + token.prefix(count)), made of \(token) for \(message)")
    }
}

private func checkURLs(
    _ signer: EdgeTokenSigner, _ origin: String, _ path: String, _ directory: String, _ instant: Date
) {
    let whole = try? signer.url(origin, path: path, at: instant)
    let part = try? signer.url(origin, path: path, directory: directory, at: instant)
    let (path, directory) = (composed(path), composed(directory))
    for (url, message) in [(whole, path), (part, directory)] {
        guard let url else { continue }
        check(url.isUnreserved(or: ":/[]?=%"), "a URL holds a byte that must be encoded: \(url)")
        check(url.occurrences(of: "?") == 1 && url.occurrences(of: "?verify=") == 1, "no parameter, or two: \(url)")
        check(url.hasBytes(PercentEncoding.encodePath(path)), "the path is not in the URL: \(url)")
        let token = url.split(separator: "=", maxSplits: 1).last.map(String.init) ?? ""
        let isGood = signer.isValid(
            token, for: PercentEncoding.encodePath(message), timeToLive: .seconds(1), at: instant)
        check(isGood, "the URL's token is not valid: \(url)")
    }
}

/// Returns a path in the form that R2 stores.
private func composed(_ path: String) -> String {
    let end = path.utf8.last == UInt8(ascii: "/") && path.utf8.count > 1 ? 1 : 0
    guard let key = try? ObjectKey(String(Substring(path.utf8.dropFirst().dropLast(end)))) else { return path }
    return "/\(key)" + (end == 1 ? "/" : "")
}
