#if Emulator
/// A writer for HTML that escapes every string that isn't part of this program.
struct HTMLWriter {
    /// The markup so far.
    private(set) var markup = ""

    /// Creates an empty writer.
    init() {}

    /// Writes markup, which can only be a literal.
    mutating func write(_ literal: StaticString) { markup += "\(literal)" }

    /// Writes text.
    ///
    /// Control characters, which HTML can't contain, become replacement characters. So do the characters that change
    /// the direction of text, which could make one key look like another.
    mutating func write(text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": markup += "&amp;"
            case "<": markup += "&lt;"
            case ">": markup += "&gt;"
            case "\"": markup += "&quot;"
            case "'": markup += "&#39;"
            case "\n", "\t": markup.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
                markup += "\u{FFFD}"
            default: markup.unicodeScalars.append(scalar)
            }
        }
    }

    /// Writes an element that contains text.
    mutating func element(_ name: StaticString, _ text: String) { element(name) { $0.write(text: text) } }

    /// Writes an element and its content.
    mutating func element(_ name: StaticString, _ content: (inout HTMLWriter) -> Void) {
        markup += "<\(name)>"
        content(&self)
        markup += "</\(name)>\n"
    }

    /// Writes a row of a table.
    /// - Parameters:
    ///   - cells: The texts of the cells.
    ///   - name: The name of a cell's element.
    mutating func row(_ cells: [String], of name: StaticString = "td") {
        element("tr") { row in
            for cell in cells { row.element(name, cell) }
        }
    }
}
#endif
