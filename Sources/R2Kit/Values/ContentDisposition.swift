internal import SigV4

/// A `Content-Disposition` header, which says whether a browser shows an object or saves it, and under which name.
///
/// Any filename is possible: the header contains the exact name in RFC 8187's encoding, and beside it a plain ASCII one
/// for clients that don't support that. Source: RFC 6266.
public struct ContentDisposition: Sendable, Hashable {
    /// The header's value: printable ASCII.
    public let headerValue: String

    /// Saves the object under the name that the URL ends with.
    public static let attachment = ContentDisposition(headerValue: "attachment")
    /// Shows the object, where the browser can.
    public static let inline = ContentDisposition(headerValue: "inline")

    /// Saves the object under a filename.
    /// - Parameter filename: The filename, in any script.
    /// - Returns: The header.
    /// - Throws: ``R2ValidationError`` with the code `invalidFilename` if the name is empty or contains a control
    ///   character.
    public static func attachment(filename: String) throws(R2ValidationError) -> ContentDisposition {
        ContentDisposition(headerValue: "attachment" + (try parameters(filename)))
    }

    /// Shows the object, and suggests a filename to viewers who save it.
    /// - Parameter filename: The filename, in any script.
    /// - Returns: The header.
    /// - Throws: ``R2ValidationError`` with the code `invalidFilename` if the name is empty or contains a control
    ///   character.
    public static func inline(filename: String) throws(R2ValidationError) -> ContentDisposition {
        ContentDisposition(headerValue: "inline" + (try parameters(filename)))
    }

    private init(headerValue: String) { self.headerValue = headerValue }

    private static func parameters(_ filename: String) throws(R2ValidationError) -> String {
        let isControl: (UnicodeScalar) -> Bool = { $0.properties.generalCategory == .control }
        guard !filename.isEmpty, !filename.unicodeScalars.contains(where: isControl) else {
            throw R2ValidationError(
                .invalidFilename, "Invalid filename: it can't be empty or contain control characters.")
        }
        // RFC 6266 appendix D: clients differ on '\' escapes and on '%' in the plain form, so neither is used there.
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
