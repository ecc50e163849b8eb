#if Delivery
import R2Kit
import Synchronization
import VideoDelivery

/// URLs that show the key and the kind of link, and a record of the keys that were asked for.
final class RecordingLinks: PlaylistLinks {
    private let mediaBase: String
    private let asked = Mutex<[[String]]>([])

    init(media mediaBase: String = "https://r2.test/") { self.mediaBase = mediaBase }

    /// The keys of each call for media.
    var batches: [[String]] { asked.withLock { $0 } }

    func mediaURLs(for keys: [ObjectKey]) -> [String] {
        asked.withLock { $0.append(keys.map(\.rawValue)) }
        return keys.map { "\(mediaBase)\(encoded($0))?signed" }
    }

    func playlistURL(for key: ObjectKey) -> String { "https://app.test/play/\(encoded(key))" }

    func keyURL(for key: ObjectKey) -> String { "https://app.test/key/\(encoded(key))" }

    private func encoded(_ key: ObjectKey) -> String {
        key.rawValue.utf8.map { byte in
            (0x21...0x7E).contains(byte) && !"\"%\\{}<>^`|".utf8.contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}

/// The folder of the playlist in these tests.
let folder = "videos/42/a/hls/"

/// Returns a rewriter of `index.m3u8` in the folder.
func makeRewriter(
    _ links: any PlaylistLinks = RecordingLinks(), _ options: PlaylistRewriter.Options = .init()
) throws -> PlaylistRewriter {
    PlaylistRewriter(
        playlist: try ObjectKey("\(folder)index.m3u8"), scope: try PlaylistScope(["videos/42/"]), links: links,
        options: options)
}

/// Returns a rewritten playlist.
func rewritten(
    _ bytes: some Sequence<UInt8>, _ links: any PlaylistLinks = RecordingLinks(),
    _ options: PlaylistRewriter.Options = .init()
) throws -> String {
    var rewriter = try makeRewriter(links, options)
    let text = try rewriter.rewrite(Array(bytes))
    return String(decoding: text + (try rewriter.finish()), as: UTF8.self)
}

/// Returns a rewritten playlist whose first line is `#EXTM3U`, without that line.
func rewritten(
    lines: String, _ links: any PlaylistLinks = RecordingLinks(), _ options: PlaylistRewriter.Options = .init()
) throws -> String {
    String(try rewritten("#EXTM3U\n\(lines)".utf8, links, options).dropFirst("#EXTM3U\n".count))
}

/// Returns the error for a playlist whose first line is `#EXTM3U`, or `nil` if it's rewritten.
func refusal(lines: String, _ options: PlaylistRewriter.Options = .init()) throws -> PlaylistError? {
    do {
        _ = try rewritten(lines: lines, RecordingLinks(), options)
        return nil
    } catch let error as PlaylistError {
        return error
    }
}
#endif
