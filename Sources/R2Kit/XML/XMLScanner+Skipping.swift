// What is passed over, and what comes next.
extension XMLScanner {
    mutating func skipDeclaration() throws(XMLError) {
        position += 5
        try skip(past: "?>")
    }

    mutating func skipComment() throws(XMLError) {
        position += 4
        try skip(past: "--")
        guard isAt(">") else { throw problem("a comment holds '--'") }
        position += 1
    }

    /// White space and comments, outside of the root element.
    mutating func skipMiscellaneous() throws(XMLError) {
        skipSpace()
        while starts(with: "<!--") {
            try skipComment()
            skipSpace()
        }
    }

    mutating func skip(past text: StaticString) throws(XMLError) {
        while position < bytes.count {
            if starts(with: text) {
                position += text.utf8CodeUnitCount
                return
            }
            position += 1
        }
        throw problem("the document ends early")
    }

    mutating func skipSpace() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    func isAt(_ character: Unicode.Scalar) -> Bool {
        position < bytes.count && bytes[position] == UInt8(ascii: character)
    }

    func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        for index in 0..<count where bytes[position + index] != text.utf8Start[index] { return false }
        return true
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
