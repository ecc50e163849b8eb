#if Emulator
/// A writer for the XML documents of responses.
struct XMLDocument {
    private var text: String
    private let root: String

    /// Creates a document.
    /// - Parameters:
    ///   - root: The name of the root element.
    ///   - namespace: A Boolean value that indicates whether the root is in S3's namespace.
    init(root: String, namespace: Bool = true) {
        self.root = root
        text = #"<?xml version="1.0" encoding="UTF-8"?><"# + root
        text += namespace ? #" xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"# : ">"
    }

    /// Creates a document whose root contains only text.
    init(root: String, text: String) {
        self.init(root: root)
        write(text)
    }

    /// The complete document.
    var bytes: [UInt8] { Array((text + "</\(root)>").utf8) }

    /// Writes an element that contains text.
    ///
    /// R2 (observed): apostrophes and quotation marks are escaped too. Characters that XML 1.0 can't represent become
    /// character references, as S3 writes them.
    mutating func element(_ name: String, _ value: String) {
        text += "<\(name)>"
        write(value)
        text += "</\(name)>"
    }

    private mutating func write(_ value: String) {
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&apos;"
            case "\u{0}"..<"\u{20}" where scalar != "\n" && scalar != "\t": text += "&#\(scalar.value);"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    /// Writes an element that contains text, unless the text is `nil`.
    mutating func element(_ name: String, optional value: String?) {
        if let value { element(name, value) }
    }

    /// Writes an element that contains elements.
    mutating func element(_ name: String, _ content: (inout XMLDocument) -> Void) {
        text += "<\(name)>"
        content(&self)
        text += "</\(name)>"
    }
}
#endif
