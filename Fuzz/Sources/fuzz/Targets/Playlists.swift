import R2Kit
import VideoDeliveryPlaylists

/// A playlist after a byte that says where it's cut, and whether unknown URIs stay.
@Sendable func fuzzPlaylist(_ input: FuzzInput) {
    guard let first = input.bytes.first else { return }
    let bytes = Array(input.bytes.dropFirst())
    let cut = min(Int(first), bytes.count)
    let whole = rewrite([bytes])
    check(whole == rewrite([Array(bytes[..<cut]), Array(bytes[cut...])]), "a cut at \(cut) gives another result")
    check(whole == rewrite(bytes.map { [$0] }), "single bytes give another result")
    guard case .success(let text) = whole else { return }

    guard let string = String(validating: text, as: UTF8.self) else {
        return check(false, "the result isn't UTF-8")
    }
    for line in string.utf8.split(separator: UInt8(ascii: "\n")) {
        let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        guard let start = line.first else { continue }
        check(!line.contains(UInt8(ascii: "\r")), "a carriage return in a line: \(Substring(line))")
        if start != UInt8(ascii: "#") {
            check(isURL(String(Substring(line))), "a relative URI in a line: \(Substring(line))")
        }
    }
}

/// Returns the text, or the error.
private func rewrite(_ chunks: [[UInt8]]) -> Result<[UInt8], PlaylistError> {
    let key = required("a constant") { try ObjectKey("videos/42/a/index.m3u8") }
    let scope = required("a constant") { try PlaylistScope(["videos/42/"]) }
    let options = PlaylistRewriter.Options(maximumLineLength: 4096, maximumOutputLength: 1 << 20)
    var rewriter = PlaylistRewriter(playlist: key, scope: scope, links: CheckedLinks(), options: options)
    do throws(PlaylistError) {
        var text: [UInt8] = []
        for chunk in chunks { text += try rewriter.rewrite(chunk) }
        text += try rewriter.finish()
        return .success(text)
    } catch {
        check(error.line == nil || error.line ?? 0 > 0, "an error in line \(error.line ?? 0)")
        return .failure(error)
    }
}

private func isURL(_ text: String) -> Bool {
    if text.hasBytes("r2.test/videos/42/") || text.hasBytes("/play/videos/42/") { return true }
    let lowered = text.lowercased()
    return ["http:", "https:", "data:"].contains { lowered.utf8.starts(with: $0.utf8) }
}

/// Links that check the keys that they're asked for.
private struct CheckedLinks: PlaylistLinks {
    func mediaURLs(for keys: [ObjectKey]) -> [String] { keys.map { "https://r2.test/\(path($0))" } }

    func playlistURL(for key: ObjectKey) -> String { "/play/\(path(key))" }

    func keyURL(for key: ObjectKey) -> String { "/key/\(path(key))" }

    private func path(_ key: ObjectKey) -> String {
        let segments = key.rawValue.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        check(segments.count > 2 && key.rawValue.utf8.starts(with: "videos/42/".utf8), "a key elsewhere: \(key)")
        for segment in segments {
            let name = String(Substring(segment))
            check(!["", ".", ".."].contains(name) && !name.hasBytes("\\"), "an odd segment in a key: \(key)")
        }
        return "videos/42/x"
    }
}
