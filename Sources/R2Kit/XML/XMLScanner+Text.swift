// The text of elements.
extension XMLScanner {
    /// Moves to the next byte that is no plain character.
    /// - Returns: Whether a carriage return was among those that were passed.
    @discardableResult
    mutating func skipRun() throws(XMLError) -> Bool {
        var hasReturn = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") { return hasReturn }
            if byte < 32 {
                guard Self.isSpace(byte) else { throw problem("a control character stands in the text") }
                hasReturn = hasReturn || byte == UInt8(ascii: "\r")
            } else if byte == UInt8(ascii: ">"), endsWithBrackets {
                throw problem("']]>' stands outside of CDATA")
            }
            position += 1
        }
        throw problem("the document ends within an element")
    }

    /// Whether the two bytes before this one are `]]`.
    private var endsWithBrackets: Bool {
        position >= 2 && bytes[position - 1] == UInt8(ascii: "]") && bytes[position - 2] == UInt8(ascii: "]")
    }

    /// The text up to the next tag: runs, references and CDATA sections joined, comments left out.
    mutating func pieces() throws(XMLError) -> [UInt8] {
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
        if let character = Self.predefined(bytes[start..<end]) {
            text.append(character)
        } else {
            let name = String(decoding: bytes[start..<end], as: UTF8.self)
            guard let scalar = Self.scalar(name) else { throw problem("a reference is unknown") }
            text.append(contentsOf: String(Character(scalar)).utf8)
        }
        position = end + 1
    }

    /// The character of one of the five entities.
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

    func decoded(_ text: ArraySlice<UInt8>) throws(XMLError) -> String {
        guard text.count <= Self.maximumTextLength else { throw problem("a text is too long") }
        guard let text = String(validating: text, as: UTF8.self) else { throw problem("a text is no UTF-8") }
        return text
    }
}
