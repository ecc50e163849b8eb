#if Delivery
public import R2Kit

/// A rewriter of HLS playlists, which replaces the URIs of a private bucket with URLs that work.
///
/// A playlist's relative URIs don't work with presigned URLs, because players don't append the playlist's signature to
/// them. The rewriter signs the URIs of media, and replaces those of other playlists with URLs of your app, which has
/// to rewrite them as well.
///
/// ```swift
/// let links = PresignedPlaylistLinks(presigner: presigner) { "/playlists/\($0)" }
/// var rewriter = PlaylistRewriter(playlist: key, scope: try PlaylistScope(["videos/42/"]), links: links)
/// var text = try rewriter.rewrite(bytes)
/// text += try rewriter.finish()
/// ```
///
/// It takes bytes as they arrive, and returns the lines that are complete. Everything that isn't a URI stays byte for
/// byte, except for a byte order mark and for the values of variables, which are filled in. A playlist that can't be
/// rewritten safely is rejected: no relative URI is left in it, and none leaves the scope.
///
/// Sources: RFC 8216 and draft-pantos-hls-rfc8216bis. `Docs/delivery.md` has the table of tags.
public struct PlaylistRewriter: Sendable {
    private let options: Options
    private var lines: LineRewriter
    /// The start of a line whose end hasn't arrived.
    private var rest: [UInt8] = []
    private var received = 0
    private var failure: PlaylistError?

    /// Creates a rewriter for one playlist.
    /// - Parameters:
    ///   - key: The playlist's key, against which its URIs are resolved.
    ///   - scope: The folders that the URIs may refer to.
    ///   - links: The URLs that replace URIs.
    ///   - options: Limits and choices.
    public init(
        playlist key: ObjectKey, scope: PlaylistScope, links: any PlaylistLinks, options: Options = Options()
    ) {
        self.options = options
        let resolver = URIResolver(playlist: key, scope: scope, allowsAbsolute: options.absoluteURIs == .keep)
        let output = PlaylistOutput(links: links, resolver: resolver, limit: options.maximumOutputLength)
        lines = LineRewriter(output: output, options: options)
    }

    /// Rewrites the next bytes.
    /// - Parameter bytes: Bytes of the playlist, cut anywhere.
    /// - Returns: The rewritten lines that these bytes complete, which may be none.
    /// - Throws: A ``PlaylistError``. All later calls throw it again.
    public mutating func rewrite(_ bytes: [UInt8]) throws(PlaylistError) -> [UInt8] {
        if let failure { throw failure }
        do {
            return try accept(bytes)
        } catch {
            failure = error
            throw error
        }
    }

    /// Rewrites a last line without a line feed.
    /// - Returns: The rest of the text.
    /// - Throws: A ``PlaylistError``, also if nothing arrived.
    public mutating func finish() throws(PlaylistError) -> [UInt8] {
        if let failure { throw failure }
        do {
            if !rest.isEmpty || !lines.hasStarted { try rewriteRest() }
            return try lines.take()
        } catch {
            failure = error
            throw error
        }
    }

    // MARK: Parts

    private mutating func accept(_ bytes: [UInt8]) throws(PlaylistError) -> [UInt8] {
        received += bytes.count
        guard received <= options.maximumLength else {
            throw PlaylistError(
                .tooLong,
                "The playlist has more than \(options.maximumLength) bytes: use longer segments or a higher limit.")
        }
        let span = bytes.span
        var start = 0
        while let lineFeed = span.firstIndex(of: UInt8(ascii: "\n"), in: start..<span.count) {
            if rest.isEmpty {
                try checkLength(lineFeed + 1 - start)
                try lines.rewrite(span.extracting(start..<lineFeed + 1))
            } else {
                try checkLength(rest.count + lineFeed + 1 - start)
                rest.append(span, start..<lineFeed + 1)
                try rewriteRest()
            }
            start = lineFeed + 1
        }
        try checkLength(rest.count + span.count - start)
        rest.append(span, start..<span.count)
        return try lines.take()
    }

    private mutating func rewriteRest() throws(PlaylistError) {
        // Moved out, so that the line isn't copied.
        var line: [UInt8] = []
        swap(&line, &rest)
        try lines.rewrite(line.span)
    }

    private func checkLength(_ length: Int) throws(PlaylistError) {
        guard length <= options.maximumLineLength else {
            throw PlaylistError(
                .tooLong, "A line has more than \(options.maximumLineLength) bytes: this may not be a playlist.")
        }
    }
}
#endif
