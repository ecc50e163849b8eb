#if Delivery
/// Rewrites the lines of one playlist, one after another.
struct LineRewriter: Sendable {
    private let options: PlaylistRewriter.Options
    private var output: PlaylistOutput
    private var variables = PlaylistVariables()
    /// The number of the line, starting at 1.
    private var number = 0
    private var kind: PlaylistKind?
    /// The kind of file that the next line with a URI refers to.
    private var expected: PlaylistReference?

    init(output: PlaylistOutput, options: PlaylistRewriter.Options) {
        self.output = output
        self.options = options
    }

    /// A Boolean value that indicates whether the first line, with `#EXTM3U`, was rewritten.
    var hasStarted: Bool { number > 0 }

    /// Returns the text of the lines since the last call.
    mutating func take() throws(PlaylistError) -> [UInt8] { try output.take() }

    /// Rewrites a line.
    /// - Parameter line: The bytes of the line, with its end.
    /// - Throws: A ``PlaylistError`` with its place.
    mutating func rewrite(_ line: borrowing Span<UInt8>) throws(PlaylistError) {
        number += 1
        var end = line.count
        if end > 0, line[end - 1] == UInt8(ascii: "\n") { end -= 1 }
        if end > 0, line[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        do {
            if number == 1 { return try rewriteFirst(line, end: end) }
            let text = try PlaylistText(line, 0..<end)
            if end == 0 {
                output.append(line, 0..<line.count)
            } else if line[0] != UInt8(ascii: "#") {
                try rewriteURI(line, end: end, hasBrace: text.hasBrace)
            } else if line.hasBytes("#EXT", at: 0) {
                try rewriteTag(line, end: end, hasBrace: text.hasBrace)
            } else {
                output.append(line, 0..<line.count)
            }
        } catch {
            throw error.at(line: number)
        }
    }

    // MARK: Kinds of lines

    private mutating func rewriteFirst(_ line: borrowing Span<UInt8>, end: Int) throws(PlaylistError) {
        let start = line.hasBytes("\u{FEFF}", at: 0) ? 3 : 0
        var trimmed = end
        while trimmed > start, line[trimmed - 1] == UInt8(ascii: " ") || line[trimmed - 1] == UInt8(ascii: "\t") {
            trimmed -= 1
        }
        guard trimmed - start == 7, line.hasBytes("#EXTM3U", at: start) else {
            throw PlaylistError(.notAPlaylist, "The text must start with #EXTM3U: this isn't an HLS playlist.")
        }
        output.append(line, start..<line.count)
    }

    private mutating func rewriteURI(_ line: borrowing Span<UInt8>, end: Int, hasBrace: Bool) throws(PlaylistError) {
        guard let reference = expected else {
            throw PlaylistError(
                .malformed, "The URI has no EXTINF or EXT-X-STREAM-INF before it, so its kind isn't known: add the tag."
            )
        }
        try Self.checkForSpace(line, 0..<end)
        expected = nil
        if hasBrace, let new = try substituted(line, mustResolve: true) {
            let newEnd = new.count - (line.count - end)
            try output.appendURL(new.span, 0..<newEnd, reference, number: number)
        } else {
            try output.appendURL(line, 0..<end, reference, number: number)
        }
        output.append(line, end..<line.count)
    }

    private mutating func rewriteTag(_ line: borrowing Span<UInt8>, end: Int, hasBrace: Bool) throws(PlaylistError) {
        let nameEnd = line.firstIndex(of: UInt8(ascii: ":"), in: 1..<end) ?? end
        let tag = PlaylistTag.named(line, 1..<nameEnd)
        do {
            try note(tag)
            switch tag?.action {
            case .expect(.media), .keepText:
                output.append(line, 0..<line.count)
            default:
                let mustResolve =
                    switch tag?.action {
                    case .rewrite, .rewriteValue, .key, .dateRange, .define: true
                    default: false
                    }
                if hasBrace, let new = try substituted(line, mustResolve: mustResolve) {
                    let newEnd = new.count - (line.count - end)
                    try rewriteAttributes(new.span, min(nameEnd + 1, newEnd)..<newEnd, tag)
                } else {
                    try rewriteAttributes(line, min(nameEnd + 1, end)..<end, tag)
                }
            }
        } catch {
            throw error.at(line: number, tag: tag.map { "\($0.name)" } ?? line.string(1..<min(nameEnd, 65)))
        }
    }

    /// Notes the kind of playlist, and the kind of file of the next URI.
    private mutating func note(_ tag: PlaylistTag?) throws(PlaylistError) {
        guard let tag else { return }
        if let kind = tag.kind {
            guard self.kind == nil || self.kind == kind else {
                throw PlaylistError(
                    .mixedKinds,
                    "The tag belongs to another kind of playlist: keep segments and variants in separate files.")
            }
            self.kind = kind
        }
        if case .expect(let reference) = tag.action { expected = reference }
    }

    // MARK: Attributes

    private mutating func rewriteAttributes(
        _ line: borrowing Span<UInt8>, _ range: Range<Int>, _ tag: PlaylistTag?
    ) throws(PlaylistError) {
        switch tag?.action {
        case .contentSteering:
            throw PlaylistError(
                .contentSteering,
                "Content steering can send signed URLs to another host: remove the tag from the playlist.")
        case .rewriteValue(let reference):
            try Self.checkForSpace(line, range)
            output.append(line, 0..<range.lowerBound)
            try output.appendURL(line, range, reference, number: number)
            output.append(line, range.upperBound..<line.count)
        case .rewrite(let reference):
            let list = try attributes(line, range)
            try checkForUnknownURIs(list)
            try rewrite(try list.attribute("URI"), in: line, as: reference)
        case .key: try rewriteKey(line, try attributes(line, range))
        case .dateRange: try rewriteDateRange(line, try attributes(line, range))
        case .define: try define(line, try attributes(line, range))
        default:
            // A line without a colon has its attributes, if it has any, in what is read as the name.
            if options.unknownURIs == .refuse,
                AttributeList.mayContainURI(line, range) || AttributeList.mayContainURI(line, 0..<range.lowerBound)
            {
                throw Self.unknownURI
            }
            output.append(line, 0..<line.count)
        }
    }

    private mutating func rewriteKey(
        _ line: borrowing Span<UInt8>, _ list: AttributeList
    ) throws(PlaylistError) {
        try checkForUnknownURIs(list)
        let format = try list.attribute("KEYFORMAT").map { line.string($0.value) } ?? "identity"
        let uri = try list.attribute("URI")
        if format == "identity" {
            let reference: PlaylistReference = options.keys == .route ? .key : .media
            return try rewrite(uri, in: line, as: reference, anyScheme: true)
        }
        if let uri {
            guard let scheme = URIResolver.scheme(of: Array(try quoted(uri, in: line).utf8)) else {
                throw PlaylistError(
                    .unresolvableURI, "A key with this KEYFORMAT has a relative URI: write an absolute one.")
            }
            // Other schemes, such as `skd`, name a key for the player's own system and lead to no host.
            if scheme == "http" || scheme == "https" { try checkForAbsoluteURLs() }
        }
        output.append(line, 0..<line.count)
    }

    private mutating func rewriteDateRange(
        _ line: borrowing Span<UInt8>, _ list: AttributeList
    ) throws(PlaylistError) {
        for attribute in list.attributes where attribute.seemsToBeURI || attribute.name == "X-ASSET-LIST" {
            let scheme = URIResolver.scheme(of: Array(try quoted(attribute, in: line).utf8))
            guard scheme == "http" || scheme == "https" else {
                throw PlaylistError(
                    .unresolvableURI,
                    "\(attribute.name) is relative, and its file can't be rewritten: write an absolute https URL.")
            }
            try checkForAbsoluteURLs()
        }
        output.append(line, 0..<line.count)
    }

    private mutating func define(_ line: borrowing Span<UInt8>, _ list: AttributeList) throws(PlaylistError) {
        for source in ["IMPORT", "QUERYPARAM"] where try list.attribute(source) != nil {
            throw PlaylistError(
                .variable,
                "\(source) takes a value from outside the playlist: define the variable with NAME and VALUE.")
        }
        guard let name = try list.attribute("NAME"), let value = try list.attribute("VALUE") else {
            throw PlaylistError(.variable, "A definition needs NAME and VALUE.")
        }
        try variables.define(try quoted(name, in: line), as: Array(try quoted(value, in: line).utf8))
        output.append(line, 0..<line.count)
    }

    private mutating func rewrite(
        _ uri: AttributeList.Attribute?, in line: borrowing Span<UInt8>, as reference: PlaylistReference,
        anyScheme: Bool = false
    ) throws(PlaylistError) {
        guard let uri else { return output.append(line, 0..<line.count) }
        _ = try quoted(uri, in: line)
        output.append(line, 0..<uri.value.lowerBound)
        try output.appendURL(line, uri.value, reference, anyScheme: anyScheme, number: number)
        output.append(line, uri.value.upperBound..<line.count)
    }

    // MARK: Helpers

    private func attributes(
        _ line: borrowing Span<UInt8>, _ range: Range<Int>
    ) throws(PlaylistError) -> AttributeList {
        guard let list = AttributeList(line, range) else {
            throw PlaylistError(.malformed, "Invalid attributes: expected NAME=value pairs with commas between them.")
        }
        return list
    }

    private func quoted(
        _ attribute: AttributeList.Attribute, in line: borrowing Span<UInt8>
    ) throws(PlaylistError) -> String {
        guard attribute.isQuoted else {
            throw PlaylistError(.malformed, "Invalid attribute \(attribute.name): write it in quotation marks.")
        }
        return line.string(attribute.value)
    }

    private func checkForUnknownURIs(_ list: AttributeList) throws(PlaylistError) {
        guard options.unknownURIs == .refuse else { return }
        if list.attributes.contains(where: { $0.seemsToBeURI && $0.name != "URI" }) { throw Self.unknownURI }
    }

    /// Throws if the options refuse the absolute URL of an attribute that can't have a relative one.
    private func checkForAbsoluteURLs() throws(PlaylistError) {
        guard options.absoluteURIs == .refuse else { return }
        throw PlaylistError(
            .absoluteURI,
            "Absolute URLs aren't allowed here: remove the attribute, or keep them with the option absoluteURIs.")
    }

    private static func checkForSpace(_ line: borrowing Span<UInt8>, _ uri: Range<Int>) throws(PlaylistError) {
        guard !uri.isEmpty, isSpace(line[uri.lowerBound]) || isSpace(line[uri.upperBound - 1]) else { return }
        throw PlaylistError(.malformed, "The URI starts or ends with whitespace: remove it.")
    }

    private func substituted(
        _ line: borrowing Span<UInt8>, mustResolve: Bool
    ) throws(PlaylistError) -> [UInt8]? {
        try variables.substituting(in: line, mustResolve: mustResolve, limit: options.maximumLineLength)
    }

    private static var unknownURI: PlaylistError {
        PlaylistError(
            .unknownURI,
            "An attribute that isn't known seems to contain a URI: remove it, or keep it with the option unknownURIs.")
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
#endif
