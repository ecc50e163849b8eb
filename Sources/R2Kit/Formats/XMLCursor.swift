/// A position in the bytes of an XML document, and the lexical rules for what may follow it.
///
/// ``XMLScanner`` builds on it and knows which elements are open.
struct XMLCursor {
    private let bytes: [UInt8]
    private var position = 0
    /// A Boolean value that indicates whether the end of the root element is still to come.
    var isBeforeRootEnd = true

    /// The maximum length of one element's text, in bytes.
    static let maximumTextLength = 65_536

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    func problem(_ message: String) -> XMLError {
        let endsWithTag = bytes.last { !Self.isSpace($0) } == UInt8(ascii: ">")
        let isEarlyEnd = isBeforeRootEnd && (position >= bytes.count || !endsWithTag)
        return XMLError(message: message, offset: position, isEarlyEnd: isEarlyEnd)
    }

    // MARK: Comparing

    func isAt(_ character: Unicode.Scalar) -> Bool {
        position < bytes.count && bytes[position] == UInt8(ascii: character)
    }

    func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        for index in 0..<count where bytes[position + index] != text.utf8Start[index] { return false }
        return true
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    // MARK: Skipping

    /// Skips a byte order mark, whitespace, and the XML declaration.
    mutating func skipProlog() throws(XMLError) {
        if starts(with: "\u{FEFF}") { position += 3 }
        // Servers send whitespace to keep the connection alive while they work, some before the declaration.
        skipSpace()
        if starts(with: "<?xml"), position + 5 < bytes.count, Self.isSpace(bytes[position + 5]) {
            position += 5
            try skip(past: "?>")
        }
    }

    /// Skips whitespace and comments.
    mutating func skipMiscellaneous() throws(XMLError) {
        skipSpace()
        while starts(with: "<!--") {
            try skipComment()
            skipSpace()
        }
    }

    mutating func skipSpace() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    mutating func skipComment() throws(XMLError) {
        position += 4
        try skip(past: "--")
        guard isAt(">") else { throw problem("a comment contains '--'") }
        position += 1
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

    // MARK: Tags

    /// Reads a start tag up to its end.
    /// - Returns: The range of the qualified name, and whether the element is empty (`<a/>`).
    mutating func startTag() throws(XMLError) -> (name: Range<Int>, isEmpty: Bool) {
        position += 1
        let name = try qualifiedName()
        while true {
            let before = position
            skipSpace()
            if isAt(">") {
                position += 1
                return (name, false)
            }
            if starts(with: "/>") {
                position += 2
                return (name, true)
            }
            guard position > before else { throw problem("a tag isn't closed") }
            try skipAttribute()
        }
    }

    /// Reads the end tag of the element whose qualified name is in `expected`.
    mutating func endTag(_ expected: Range<Int>) throws(XMLError) {
        position += 2
        for index in expected {
            guard position < bytes.count, bytes[position] == bytes[index] else {
                throw problem("an end tag doesn't match its start tag")
            }
            position += 1
        }
        skipSpace()
        guard isAt(">") else { throw problem("an end tag doesn't match its start tag") }
        position += 1
    }

    /// Returns the part of a qualified name after its prefix.
    func localName(_ name: Range<Int>) -> String {
        let colon = name.first { bytes[$0] == UInt8(ascii: ":") }
        return String(decoding: bytes[(colon.map { $0 + 1 } ?? name.lowerBound)..<name.upperBound], as: UTF8.self)
    }

    /// Reads a name of ASCII letters, digits, `-`, `_`, and `.`, with at most one prefix.
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
        guard isAt("\"") || isAt("'") else { throw problem("an attribute's value isn't quoted") }
        let quote = bytes[position]
        position += 1
        while position < bytes.count, bytes[position] != quote {
            guard bytes[position] != UInt8(ascii: "<") else { throw problem("an attribute's value contains '<'") }
            position += 1
        }
        guard position < bytes.count else { throw problem("the document ends inside a tag") }
        position += 1
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".")
    }

    // MARK: Text

    /// Reads the text up to the next tag: joins runs, references, and CDATA sections, and leaves comments out.
    mutating func text() throws(XMLError) -> String {
        let first = position
        let hasReturn = try skipRun()
        // Nearly every text is one run.
        if !hasReturn, starts(with: "</") { return try decoded(bytes[first..<position]) }
        position = first
        return try decoded(pieces()[...])
    }

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

    /// Moves to the next `<` or `&`.
    /// - Returns: A Boolean value that indicates whether the run contains a carriage return.
    @discardableResult
    private mutating func skipRun() throws(XMLError) -> Bool {
        var hasReturn = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") { return hasReturn }
            if byte < 32 {
                guard Self.isSpace(byte) else { throw problem("the text contains a control character") }
                hasReturn = hasReturn || byte == UInt8(ascii: "\r")
            } else if byte == UInt8(ascii: ">"), isAfterBrackets {
                throw problem("']]>' appears outside a CDATA section")
            }
            position += 1
        }
        throw problem("the document ends inside an element")
    }

    /// A Boolean value that indicates whether the two bytes before this one are `]]`.
    private var isAfterBrackets: Bool {
        position >= 2 && bytes[position - 1] == UInt8(ascii: "]") && bytes[position - 2] == UInt8(ascii: "]")
    }

    /// Appends characters, with every line ending as one line feed.
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
            throw problem("'&' doesn't start a reference")
        }
        if let character = Self.predefined(bytes[start..<end]) {
            text.append(character)
        } else {
            let name = String(decoding: bytes[start..<end], as: UTF8.self)
            guard let scalar = Self.scalar(name) else { throw problem("a reference is unknown") }
            text.append(contentsOf: String(Character(scalar)).utf8)
        }
        position = end + 1
    }

    /// Returns the character of one of the five predefined entities.
    private static func predefined(_ name: ArraySlice<UInt8>) -> UInt8? {
        func isName(_ text: StaticString) -> Bool {
            guard name.count == text.utf8CodeUnitCount else { return false }
            for index in 0..<name.count where name[name.startIndex + index] != text.utf8Start[index] { return false }
            return true
        }
        if isName("quot") { return UInt8(ascii: "\"") }
        if isName("amp") { return UInt8(ascii: "&") }
        if isName("lt") { return UInt8(ascii: "<") }
        if isName("gt") { return UInt8(ascii: ">") }
        return isName("apos") ? UInt8(ascii: "'") : nil
    }

    /// Returns the character of `#65` or `#x41`.
    ///
    /// Control characters are included: servers write them this way where a key contains one.
    private static func scalar(_ name: String) -> UnicodeScalar? {
        guard name.hasPrefix("#") else { return nil }
        let isHexadecimal = name.hasPrefix("#x")
        let digits = name.dropFirst(isHexadecimal ? 2 : 1)
        guard !digits.isEmpty, digits.utf8.allSatisfy(isHexadecimal ? ASCII.isHexDigit : ASCII.isDigit),
            let value = UInt32(digits, radix: isHexadecimal ? 16 : 10), value != 0
        else { return nil }
        return UnicodeScalar(value)
    }

    private func decoded(_ text: ArraySlice<UInt8>) throws(XMLError) -> String {
        guard text.count <= Self.maximumTextLength else { throw problem("a text is too long") }
        guard let text = String(validating: text, as: UTF8.self) else { throw problem("a text isn't valid UTF-8") }
        return text
    }
}
