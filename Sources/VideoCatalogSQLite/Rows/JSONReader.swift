#if SQLite

internal import VideoCatalog

/// Reads lists and dictionaries of texts from JSON; `nil` for anything else.
struct JSONReader {
    private var bytes: ArraySlice<UInt8>

    private init(_ text: String) { bytes = Array(text.utf8)[...] }

    /// Reads what ``JSONWriter/init(_:)`` writes for a list of texts.
    static func texts(_ text: String) -> [String]? {
        if text.utf8.count == 2, text == "[]" { return [] }
        var reader = JSONReader(text)
        guard let texts = reader.array({ $0.string() }), reader.isAtEnd else { return nil }
        return texts
    }

    /// Reads what ``JSONWriter`` writes for a dictionary; a name that is repeated is refused.
    static func dictionary(_ text: String) -> [String: String]? {
        if text.utf8.count == 2, text == "{}" { return [:] }
        var reader = JSONReader(text)
        guard let pairs = reader.object(), reader.isAtEnd else { return nil }
        var dictionary = [String: String](minimumCapacity: pairs.count)
        for (name, value) in pairs {
            guard dictionary.updateValue(value, forKey: name) == nil else { return nil }
        }
        return dictionary
    }

    /// Reads what ``JSONWriter`` writes for renditions.
    static func renditions(_ text: String) -> [Video.Rendition]? {
        if text.utf8.count == 2, text == "[]" { return [] }
        var reader = JSONReader(text)
        let renditions = reader.array { reader in
            guard let pairs = reader.object(), pairs.count == 2,
                let kind = pairs.first(where: { $0.0 == "kind" }), let key = pairs.first(where: { $0.0 == "key" })
            else { return nil as Video.Rendition? }
            return Video.Rendition(kind: kind.1, key: key.1)
        }
        guard let renditions, reader.isAtEnd else { return nil }
        return renditions
    }

    private var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return bytes.isEmpty
        }
    }

    private mutating func array<Element>(_ element: (inout JSONReader) -> Element?) -> [Element]? {
        guard skip("[") else { return nil }
        var elements = [Element]()
        if skip("]") { return elements }
        while let next = element(&self) {
            elements.append(next)
            if skip("]") { return elements }
            guard skip(",") else { return nil }
        }
        return nil
    }

    private mutating func object() -> [(String, String)]? {
        guard skip("{") else { return nil }
        var pairs = [(String, String)]()
        if skip("}") { return pairs }
        while let name = string(), skip(":"), let value = string() {
            pairs.append((name, value))
            if skip("}") { return pairs }
            guard skip(",") else { return nil }
        }
        return nil
    }

    private mutating func string() -> String? {
        guard skip("\"") else { return nil }
        guard let end = bytes.firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            return nil
        }
        var text = [UInt8]()
        if bytes[end] == UInt8(ascii: "\"") {
            defer { bytes = bytes[(end + 1)...] }
            return String(decoding: bytes[..<end], as: UTF8.self)
        }
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let mark = bytes.popFirst() else { return nil }
        switch mark {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(mark)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return unicode()
        default: return nil
        }
    }

    /// One unit of UTF-16, or two that belong together.
    private mutating func unicode() -> Unicode.Scalar? {
        guard let first = unit() else { return nil }
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
        guard bytes.popFirst() == UInt8(ascii: "\\"), bytes.popFirst() == UInt8(ascii: "u"),
            let second = unit(), (0xDC00..<0xE000).contains(second)
        else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private mutating func unit() -> UInt32? {
        guard bytes.count >= 4, bytes.prefix(4).allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") })
        else {
            return nil
        }
        defer { bytes = bytes.dropFirst(4) }
        return UInt32(String(decoding: bytes.prefix(4), as: UTF8.self), radix: 16)
    }

    /// Goes past white space and a mark, if it is there.
    private mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        guard bytes.first == UInt8(ascii: mark) else { return false }
        bytes = bytes.dropFirst()
        return true
    }

    private mutating func skipSpace() {
        while let byte = bytes.first, byte == 0x20 || (0x09...0x0D).contains(byte) { bytes = bytes.dropFirst() }
    }
}

#endif
