#if Delivery
/// Checks the bytes of one line.
///
/// RFC 8216 section 4 forbids control characters and requires UTF-8. Line separators other than LF and CRLF are
/// rejected: a player that ends a line at one of them would read the rest as a URI, which wouldn't be rewritten.
struct PlaylistText {
    /// A Boolean value that indicates whether the line contains a `{`, with which references to variables start.
    private(set) var hasBrace = false

    /// Creates the result of a check.
    /// - Throws: A ``PlaylistError`` without a place.
    init(_ line: borrowing Span<UInt8>, _ range: Range<Int>) throws(PlaylistError) {
        var hasControl = false
        var isASCII = true
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = line[index]
            if byte < 0x20 || byte == 0x7F {
                if byte != 0x09 { hasControl = true }
            } else if byte >= 0x80 {
                isASCII = false
            } else if byte == UInt8(ascii: "{") {
                hasBrace = true
            }
            index += 1
        }
        if hasControl { throw Self.controlCharacter }
        if !isASCII { try Self.checkUnicode(line, range) }
    }

    private static func checkUnicode(_ line: borrowing Span<UInt8>, _ range: Range<Int>) throws(PlaylistError) {
        let text = line.extracting(range).withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
        guard let text else {
            throw PlaylistError(.invalidText, "The text isn't UTF-8: save the playlist as UTF-8.")
        }
        for scalar in text.unicodeScalars {
            // The C1 control characters, and Unicode's line and paragraph separators.
            switch scalar.value {
            case 0x80...0x9F, 0x2028, 0x2029: throw controlCharacter
            default: break
            }
        }
    }

    private static var controlCharacter: PlaylistError {
        PlaylistError(
            .invalidText, "The line contains a control character or line separator: end lines with LF or CRLF alone.")
    }
}
#endif
