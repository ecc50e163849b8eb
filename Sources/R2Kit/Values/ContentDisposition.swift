internal import SigV4

/// What a browser does with an object: show it, or save it under a name.
///
/// Any file name can be given: its header carries the exact name in RFC 8187's encoding, and beside it a plain ASCII
/// one for clients that do not know that. Source: RFC 6266.
public struct ContentDisposition: Sendable, Hashable {
    /// The header's value: printable ASCII.
    public let headerValue: String

    /// Saved, under the name that the URL ends with.
    public static let attachment = ContentDisposition(headerValue: "attachment")
    /// Shown, where the browser can.
    public static let inline = ContentDisposition(headerValue: "inline")

    /// Saved under `filename`.
    /// - Throws: ``R2KitError`` with the code `invalidFilename` if it is empty or holds a control character.
    public static func attachment(filename: String) throws(R2KitError) -> ContentDisposition {
        ContentDisposition(headerValue: "attachment" + (try parameters(filename)))
    }

    /// Shown; saved under `filename` if the viewer chooses to.
    /// - Throws: ``R2KitError`` with the code `invalidFilename` if it is empty or holds a control character.
    public static func inline(filename: String) throws(R2KitError) -> ContentDisposition {
        ContentDisposition(headerValue: "inline" + (try parameters(filename)))
    }

    private init(headerValue: String) { self.headerValue = headerValue }

    private static func parameters(_ filename: String) throws(R2KitError) -> String {
        let isControl: (UnicodeScalar) -> Bool = { $0.properties.generalCategory == .control }
        guard !filename.isEmpty, !filename.unicodeScalars.contains(where: isControl) else {
            throw R2KitError(.invalidFilename, "a file name must not be empty nor hold control characters")
        }
        // RFC 6266 appendix D: clients differ on '\' escapes and on '%' in the plain form, so neither appears there.
        // Two spaces in a row are signed as one by some and as two by others.
        var plain = ""
        for character in filename {
            let isPlain = character.asciiValue.map(ASCII.isPrintable) == true && !"\"\\%/".contains(character)
            plain.append(isPlain && !(character == " " && plain.last == " ") ? character : "_")
        }
        let quoted = "; filename=\"\(plain)\""
        return plain == filename ? quoted : quoted + "; filename*=UTF-8''\(PercentEncoding.encode(filename))"
    }
}
