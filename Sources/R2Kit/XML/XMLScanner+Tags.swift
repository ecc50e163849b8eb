// Start tags and end tags.
extension XMLScanner {
    /// Reads a start tag and enters its element.
    mutating func startTag() throws(XMLError) -> String {
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
        let prefixEnd = written.first { bytes[$0] == UInt8(ascii: ":") }
        return String(
            decoding: bytes[(prefixEnd.map { $0 + 1 } ?? written.lowerBound)..<written.upperBound], as: UTF8.self)
    }

    /// Reads an end tag, which must be that of the element that is open, and leaves it.
    mutating func endTag() throws(XMLError) {
        guard let expected = open.last, starts(with: "</") else { throw problem("an end tag was expected") }
        position += 2
        for index in expected {
            guard position < bytes.count, bytes[position] == bytes[index] else {
                throw problem("an end tag does not fit its beginning")
            }
            position += 1
        }
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

    private static func isNameByte(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".")
    }
}
