#if SQLite

internal import VideoCatalog

/// The JSON in the columns `tags`, `metadata`, `renditions` and `replaced_keys`.
///
/// Equal values have equal texts, so names are sorted and slashes aren't escaped. `JSONDecoder` would double the time
/// of a page of 50 videos with tags and metadata, because each column is a document of its own with only a few bytes.
enum JSONText {
    /// Returns an array of strings, such as `["a","b"]`.
    static func array(_ strings: some Collection<String>) -> String {
        strings.isEmpty ? "[]" : "[" + strings.map(quoted).joined(separator: ",") + "]"
    }

    /// Returns an object, such as `{"a":"1","b":"2"}`, sorted by the bytes of the names.
    static func object(_ dictionary: [String: String]) -> String {
        guard !dictionary.isEmpty else { return "{}" }
        let members = dictionary.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return "{" + members.map { "\(quoted($0.key)):\(quoted($0.value))" }.joined(separator: ",") + "}"
    }

    /// Returns an array of renditions, such as `[{"kind":"hls","key":"a"}]`.
    static func renditions(_ renditions: [Video.Rendition]) -> String {
        guard !renditions.isEmpty else { return "[]" }
        let objects = renditions.map { "{\"kind\":\(quoted($0.kind)),\"key\":\(quoted($0.key))}" }
        return "[" + objects.joined(separator: ",") + "]"
    }

    /// Parses an array of strings.
    ///
    /// - Returns: The strings, or `nil` for any other JSON.
    static func strings(_ json: String) -> [String]? {
        if json.utf8.count == 2, json == "[]" { return [] }
        var parser = JSONParser(json)
        guard let strings = parser.array({ $0.string() }), parser.isAtEnd() else { return nil }
        return strings
    }

    /// Parses an object whose values are strings.
    ///
    /// - Returns: The members, or `nil` for any other JSON or if a name is repeated.
    static func dictionary(_ json: String) -> [String: String]? {
        if json.utf8.count == 2, json == "{}" { return [:] }
        var parser = JSONParser(json)
        var dictionary = [String: String]()
        let isObject = parser.object { name, value in dictionary.updateValue(value, forKey: name) == nil }
        return isObject && parser.isAtEnd() ? dictionary : nil
    }

    /// Parses an array of renditions.
    ///
    /// - Returns: The renditions, or `nil` for any other JSON.
    static func renditions(_ json: String) -> [Video.Rendition]? {
        if json.utf8.count == 2, json == "[]" { return [] }
        var parser = JSONParser(json)
        let renditions = parser.array { parser in
            var members = [(name: String, value: String)]()
            guard
                parser.object({ name, value in
                    members.append((name, value)); return true
                }), members.count == 2,
                let kind = members.first(where: { $0.name == "kind" }),
                let key = members.first(where: { $0.name == "key" })
            else { return nil as Video.Rendition? }
            return Video.Rendition(kind: kind.value, key: key.value)
        }
        guard let renditions, parser.isAtEnd() else { return nil }
        return renditions
    }

    private static func quoted(_ string: String) -> String {
        guard string.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            return "\"\(string)\""
        }
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case _ where scalar.value < 0x20:
                text += scalar.value < 0x10 ? "\\u000" : "\\u00"
                text += String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}

/// A parser for arrays, objects and strings.
///
/// Each function returns `nil` or `false` if something else comes next.
private struct JSONParser {
    private let bytes: [UInt8]
    /// The index of the next byte.
    private var next = 0

    init(_ json: String) { bytes = Array(json.utf8) }

    mutating func isAtEnd() -> Bool {
        skipWhitespace()
        return next == bytes.count
    }

    mutating func array<Element>(_ element: (inout JSONParser) -> Element?) -> [Element]? {
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

    /// Parses an object of strings, and passes each member to a function that returns `false` to reject the object.
    mutating func object(_ accept: (_ name: String, _ value: String) -> Bool) -> Bool {
        guard skip("{") else { return false }
        if skip("}") { return true }
        while let name = string(), skip(":"), let value = string(), accept(name, value) {
            if skip("}") { return true }
            guard skip(",") else { return false }
        }
        return false
    }

    mutating func string() -> String? {
        guard skip("\"") else { return nil }
        let start = next
        while next < bytes.count {
            switch bytes[next] {
            case UInt8(ascii: "\""):
                defer { next += 1 }
                return String(decoding: bytes[start..<next], as: UTF8.self)
            case UInt8(ascii: "\\"): return stringWithEscapes(from: start)
            default: next += 1
            }
        }
        return nil
    }

    /// Parses the rest of a string that has an escape at the next byte.
    private mutating func stringWithEscapes(from start: Int) -> String? {
        var text = Array(bytes[start..<next])
        while let byte = popFirst() {
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
        guard let letter = popFirst() else { return nil }
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return unicodeEscape()
        default: return nil
        }
    }

    /// Parses one UTF-16 code unit, or a surrogate pair.
    private mutating func unicodeEscape() -> Unicode.Scalar? {
        guard let first = codeUnit() else { return nil }
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
        guard popFirst() == UInt8(ascii: "\\"), popFirst() == UInt8(ascii: "u"),
            let second = codeUnit(), (0xDC00..<0xE000).contains(second)
        else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private mutating func codeUnit() -> UInt32? {
        // `UInt32(_:radix:)` would accept a sign.
        let digits = bytes[next...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else {
            return nil
        }
        next += 4
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private mutating func popFirst() -> UInt8? {
        guard next < bytes.count else { return nil }
        defer { next += 1 }
        return bytes[next]
    }

    /// Skips whitespace and a character, and returns whether the character was there.
    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipWhitespace()
        guard next < bytes.count, bytes[next] == UInt8(ascii: character) else { return false }
        next += 1
        return true
    }

    private mutating func skipWhitespace() {
        while next < bytes.count, bytes[next] == 0x20 || (0x09...0x0D).contains(bytes[next]) { next += 1 }
    }
}

#endif
