/// Reads an XML document piece by piece: what S3 servers answer, and nothing of XML beyond that.
///
/// Namespaces are ignored: elements are known by their local names. Attributes are passed over. There are no
/// document types, no processing instructions and no entities but the five predefined ones and character references.
/// What is not well-formed is refused, and so is a document that ends early or goes on after its end: a list that was cut
/// off never passes for a whole one.
///
/// A reader descends: ``root(_:)``, then for each element ``nextChild()`` until it gives `nil`, with ``text()`` or
/// ``skip()`` for elements that have no children of interest, and ``finish()`` at the end.
struct XMLScanner {
    private let bytes: [UInt8]
    private var position = 0
    /// The names of the elements that are open, as they are written.
    private var open: [Range<Int>] = []
    /// Whether the latest element was `<a/>`, so that its end has been read with its beginning.
    private var isAtEmptyElement = false
    /// Whether the root element has begun.
    private var hasRoot = false

    /// The most elements that may be open at a time.
    static let maximumDepth = 16
    /// The most bytes of one element's text.
    static let maximumTextLength = 65_536

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    // MARK: Descending

    /// Enters the root element, and gives its name.
    mutating func root() throws(XMLError) -> String {
        if starts(with: "\u{FEFF}") { position += 3 }
        if starts(with: "<?xml"), position + 5 < bytes.count, Self.isSpace(bytes[position + 5]) {
            try skipDeclaration()
        }
        try skipMiscellaneous()
        guard isAt("<") else { throw problem("a document begins with its root element") }
        return try startTag()
    }

    /// Enters the next child of the element that is open; at that element's end leaves it and gives `nil`.
    mutating func nextChild() throws(XMLError) -> String? {
        if leaveEmptyElement() { return nil }
        while true {
            skipSpace()
            if starts(with: "</") {
                try endTag()
                return nil
            }
            if starts(with: "<!--") {
                try skipComment()
            } else if isAt("<") {
                return try startTag()
            } else {
                throw problem("there is text where an element was expected")
            }
        }
    }

    /// The text of the element that is open, which must have no children; leaves the element.
    mutating func text() throws(XMLError) -> String {
        if leaveEmptyElement() { return "" }
        let first = position
        try skipRun()
        // Nearly every text is one run.
        if starts(with: "</"), !bytes[first..<position].contains(UInt8(ascii: "\r")) {
            let text = try decoded(bytes[first..<position])
            try endTag()
            return text
        }
        position = first
        let text = try decoded(pieces()[...])
        try endTag()
        return text
    }

    /// Leaves the element that is open, without looking at what is in it beyond whether it is well-formed.
    mutating func skip() throws(XMLError) {
        let depth = open.count
        while open.count >= depth {
            if leaveEmptyElement() { continue }
            _ = try decoded(pieces()[...])
            if starts(with: "</") {
                try endTag()
            } else {
                _ = try startTag()
            }
        }
    }

    /// Checks that nothing but white space and comments follows the root element, which must have been left.
    mutating func finish() throws(XMLError) {
        guard open.isEmpty else { throw problem("the root element is not at its end") }
        try skipMiscellaneous()
        guard position == bytes.count else { throw problem("something follows the root element") }
    }

    func problem(_ message: String) -> XMLError {
        let isInside = !hasRoot || !open.isEmpty
        let endsWithTag = bytes.last { !Self.isSpace($0) } == UInt8(ascii: ">")
        let isEarlyEnd = isInside && (position >= bytes.count || !endsWithTag)
        return XMLError(message: message, offset: position, isEarlyEnd: isEarlyEnd)
    }

    private mutating func leaveEmptyElement() -> Bool {
        guard isAtEmptyElement else { return false }
        isAtEmptyElement = false
        open.removeLast()
        return true
    }
}

// MARK: Text

extension XMLScanner {
    /// Moves to the next byte that is no plain character.
    private mutating func skipRun() throws(XMLError) {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "<"), UInt8(ascii: "&"): return
            case UInt8(ascii: ">") where position >= 2 && bytes[position - 1] == UInt8(ascii: "]"):
                if bytes[position - 2] == UInt8(ascii: "]") { throw problem("']]>' stands outside of CDATA") }
            case 0..<32 where !Self.isSpace(bytes[position]): throw problem("a control character stands in the text")
            default: break
            }
            position += 1
        }
        throw problem("the document ends within an element")
    }

    /// The text up to the next tag: runs, references and CDATA sections joined, comments left out.
    private mutating func pieces() throws(XMLError) -> [UInt8] {
        var text: [UInt8] = []
        while true {
            let first = position
            try skipRun()
            Self.append(bytes[first..<position], to: &text)
            if isAt("&") {
                try appendReference(to: &text)
            } else if starts(with: "<!--") {
                try skipComment()
            } else if starts(with: "<![CDATA[") {
                position += 9
                let section = position
                try skip(past: "]]>")
                Self.append(bytes[section..<position - 3], to: &text)
            } else {
                return text
            }
            guard text.count <= Self.maximumTextLength else { throw problem("a text is too long") }
        }
    }

    /// Appends characters, every line end as one line feed.
    private static func append(_ run: ArraySlice<UInt8>, to text: inout [UInt8]) {
        var previous: UInt8 = 0
        for byte in run {
            if byte == UInt8(ascii: "\r") {
                text.append(UInt8(ascii: "\n"))
            } else if !(byte == UInt8(ascii: "\n") && previous == UInt8(ascii: "\r")) {
                text.append(byte)
            }
            previous = byte
        }
    }

    private mutating func appendReference(to text: inout [UInt8]) throws(XMLError) {
        let start = position + 1
        let limit = min(bytes.count, start + 10)
        guard let end = bytes[start..<limit].firstIndex(of: UInt8(ascii: ";")) else {
            throw problem("'&' begins no reference")
        }
        let name = String(decoding: bytes[start..<end], as: UTF8.self)
        switch name {
        case "amp": text.append(UInt8(ascii: "&"))
        case "lt": text.append(UInt8(ascii: "<"))
        case "gt": text.append(UInt8(ascii: ">"))
        case "quot": text.append(UInt8(ascii: "\""))
        case "apos": text.append(UInt8(ascii: "'"))
        default:
            guard let scalar = Self.scalar(name) else { throw problem("a reference is unknown") }
            text.append(contentsOf: String(Character(scalar)).utf8)
        }
        position = end + 1
    }

    /// The character of `#65` or `#x41`; control characters too, which servers write where a key holds them.
    private static func scalar(_ name: String) -> UnicodeScalar? {
        guard name.hasPrefix("#") else { return nil }
        let isHex = name.hasPrefix("#x")
        let digits = name.dropFirst(isHex ? 2 : 1)
        guard !digits.isEmpty, digits.utf8.allSatisfy(isHex ? ASCII.isHexDigit : ASCII.isDigit),
            let value = UInt32(digits, radix: isHex ? 16 : 10), value != 0
        else { return nil }
        return UnicodeScalar(value)
    }

    private func decoded(_ text: ArraySlice<UInt8>) throws(XMLError) -> String {
        guard text.count <= Self.maximumTextLength else { throw problem("a text is too long") }
        guard let text = String(validating: text, as: UTF8.self) else { throw problem("a text is no UTF-8") }
        return text
    }
}

// MARK: Tags

extension XMLScanner {
    /// Reads a start tag and enters its element.
    private mutating func startTag() throws(XMLError) -> String {
        position += 1
        let written = try qualifiedName()
        while true {
            let before = position
            skipSpace()
            if isAt(">") {
                position += 1
                break
            }
            if starts(with: "/>") {
                position += 2
                isAtEmptyElement = true
                break
            }
            guard position > before else { throw problem("a tag is not closed") }
            try skipAttribute()
        }
        guard open.count < Self.maximumDepth else { throw problem("elements are nested too deeply") }
        open.append(written)
        hasRoot = true
        let name = bytes[written]
        let local = name.firstIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name
        return String(decoding: local, as: UTF8.self)
    }

    /// Reads an end tag, which must be that of the element that is open, and leaves it.
    private mutating func endTag() throws(XMLError) {
        guard let expected = open.last, starts(with: "</") else { throw problem("an end tag was expected") }
        position += 2
        let length = expected.count
        guard position + length <= bytes.count, bytes[position..<position + length] == bytes[expected] else {
            throw problem("an end tag does not fit its beginning")
        }
        position += length
        skipSpace()
        guard isAt(">") else { throw problem("an end tag does not fit its beginning") }
        position += 1
        open.removeLast()
    }

    /// A name of ASCII letters, digits, `-`, `_` and `.`, with one prefix or none.
    private mutating func qualifiedName() throws(XMLError) -> Range<Int> {
        let first = position
        try skipName()
        if isAt(":") {
            position += 1
            try skipName()
        }
        return first..<position
    }

    private mutating func skipName() throws(XMLError) {
        guard position < bytes.count, ASCII.isLetter(bytes[position]) || bytes[position] == UInt8(ascii: "_") else {
            throw problem("a tag has no name")
        }
        position += 1
        while position < bytes.count, Self.isNameByte(bytes[position]) { position += 1 }
    }

    private mutating func skipAttribute() throws(XMLError) {
        _ = try qualifiedName()
        skipSpace()
        guard isAt("=") else { throw problem("an attribute has no value") }
        position += 1
        skipSpace()
        guard isAt("\"") || isAt("'") else { throw problem("an attribute's value is not quoted") }
        let quote = bytes[position]
        position += 1
        while position < bytes.count, bytes[position] != quote {
            guard bytes[position] != UInt8(ascii: "<") else { throw problem("an attribute's value holds '<'") }
            position += 1
        }
        guard position < bytes.count else { throw problem("the document ends within a tag") }
        position += 1
    }
}

// MARK: What is passed over

extension XMLScanner {
    private mutating func skipDeclaration() throws(XMLError) {
        position += 5
        try skip(past: "?>")
    }

    private mutating func skipComment() throws(XMLError) {
        position += 4
        try skip(past: "--")
        guard isAt(">") else { throw problem("a comment holds '--'") }
        position += 1
    }

    /// White space and comments, outside of the root element.
    private mutating func skipMiscellaneous() throws(XMLError) {
        skipSpace()
        while starts(with: "<!--") {
            try skipComment()
            skipSpace()
        }
    }

    private mutating func skip(past text: StaticString) throws(XMLError) {
        while position < bytes.count {
            if starts(with: text) {
                position += text.utf8CodeUnitCount
                return
            }
            position += 1
        }
        throw problem("the document ends early")
    }

    private mutating func skipSpace() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    private func isAt(_ character: Unicode.Scalar) -> Bool {
        position < bytes.count && bytes[position] == UInt8(ascii: character)
    }

    private func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        for index in 0..<count where bytes[position + index] != text.utf8Start[index] { return false }
        return true
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".")
    }
}
