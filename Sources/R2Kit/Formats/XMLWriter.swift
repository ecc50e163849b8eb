/// A writer for XML documents.
package struct XMLWriter {
    package private(set) var bytes: [UInt8] = Array(#"<?xml version="1.0" encoding="UTF-8"?>"#.utf8)

    /// Returns a document.
    /// - Parameters:
    ///   - root: The name of the root element.
    ///   - namespace: A Boolean value that indicates whether the root element is in S3's namespace.
    ///   - content: A function that writes the content of the root element.
    /// - Returns: The bytes of the document.
    package static func document(
        _ root: StaticString, namespace: Bool = true, _ content: (inout XMLWriter) -> Void
    ) -> [UInt8] {
        var writer = XMLWriter()
        writer.write(namespace ? "<\(root) xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" : "<\(root)>")
        content(&writer)
        writer.write("</\(root)>")
        return writer.bytes
    }

    /// Writes an element that contains elements.
    package mutating func element(_ name: StaticString, _ content: (inout XMLWriter) -> Void) {
        write("<\(name)>")
        content(&self)
        write("</\(name)>")
    }

    /// Writes an element that contains text, which must pass ``canHold(_:)``.
    package mutating func element(_ name: StaticString, _ text: String) {
        write("<\(name)>")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): write("&amp;")
            case UInt8(ascii: "<"): write("&lt;")
            case UInt8(ascii: ">"): write("&gt;")
            case UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): write("&#\(byte);")
            default: bytes.append(byte)
            }
        }
        write("</\(name)>")
    }

    /// Returns a Boolean value that indicates whether XML can represent a string.
    ///
    /// XML can't represent most control characters.
    static func canHold(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(canHold) }

    /// Returns a string with replacement characters for those that XML can't represent.
    package static func holdable(_ text: String) -> String {
        guard !canHold(text) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { canHold($0) ? $0 : "\u{FFFD}" }))
    }

    private static func canHold(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<9, 0xB, 0xC, 0xE..<0x20, 0xFFFE, 0xFFFF: false
        default: true
        }
    }

    private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
