#if Delivery
/// The attributes of a tag, as positions in its line.
///
/// Source: RFC 8216 section 4.2. Spaces around names are skipped, because players skip them too.
struct AttributeList {
    struct Attribute {
        let name: String
        /// The value, without its quotation marks.
        let value: Range<Int>
        let isQuoted: Bool

        /// A Boolean value that indicates whether the attribute is named `URI` or ends with `-URI`, in any case.
        var seemsToBeURI: Bool {
            let name = name.uppercased()
            return name == "URI" || name.hasSuffix("-URI")
        }
    }

    private(set) var attributes: [Attribute] = []

    /// Creates a list from a part of a line, or returns `nil` if it isn't an attribute list.
    init?(_ line: borrowing Span<UInt8>, _ range: Range<Int>) {
        var index = range.lowerBound
        while true {
            while index < range.upperBound, Self.isSpace(line[index]) { index += 1 }
            if index == range.upperBound { return }
            let nameStart = index
            while index < range.upperBound, Self.isName(line[index]) { index += 1 }
            guard index > nameStart, index < range.upperBound, line[index] == UInt8(ascii: "=") else { return nil }
            let name = line.string(nameStart..<index)
            index += 1
            if index < range.upperBound, line[index] == UInt8(ascii: "\"") {
                let start = index + 1
                guard let end = line.firstIndex(of: UInt8(ascii: "\""), in: start..<range.upperBound) else {
                    return nil
                }
                attributes.append(Attribute(name: name, value: start..<end, isQuoted: true))
                index = end + 1
                while index < range.upperBound, Self.isSpace(line[index]) { index += 1 }
            } else {
                let end = line.firstIndex(of: UInt8(ascii: ","), in: index..<range.upperBound) ?? range.upperBound
                let value = index..<end
                guard line.firstIndex(of: UInt8(ascii: "\""), in: value) == nil else { return nil }
                attributes.append(Attribute(name: name, value: value, isQuoted: false))
                index = end
            }
            if index == range.upperBound { return }
            guard line[index] == UInt8(ascii: ",") else { return nil }
            index += 1
        }
    }

    /// Returns the attribute with a name, or `nil` if there is none.
    /// - Throws: A ``PlaylistError`` without a place if there are two, of which parsers take either.
    func attribute(_ name: String) throws(PlaylistError) -> Attribute? {
        var found: Attribute?
        for attribute in attributes where attribute.name == name {
            guard found == nil else { throw PlaylistError(.malformed, "Duplicate attribute \(name): remove one.") }
            found = attribute
        }
        return found
    }

    /// Returns a Boolean value that indicates whether a part of a line has an attribute that seems to be a URI, or may
    /// have one because it isn't an attribute list.
    static func mayContainURI(_ line: borrowing Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard mentionsURI(line, range) else { return false }
        return AttributeList(line, range)?.attributes.contains(where: \.seemsToBeURI) ?? true
    }

    /// Returns a Boolean value that indicates whether a range contains `URI` in any case, followed by `=`.
    private static func mentionsURI(_ line: borrowing Span<UInt8>, _ range: Range<Int>) -> Bool {
        var index = range.lowerBound + 3
        while index < range.upperBound {
            if line[index] == UInt8(ascii: "="), line[index - 1] | 0x20 == UInt8(ascii: "i"),
                line[index - 2] | 0x20 == UInt8(ascii: "r"), line[index - 3] | 0x20 == UInt8(ascii: "u")
            {
                return true
            }
            index += 1
        }
        return false
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension Span<UInt8> {
    /// Returns the position of the first byte that equals another one.
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// Returns a Boolean value that indicates whether these bytes are at a position.
    func hasBytes(_ text: StaticString, at start: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard start + length <= count else { return false }
        // The pointer has `length` bytes. See the documentation of `StaticString.utf8Start`.
        for index in 0..<length where self[start + index] != text.utf8Start[index] { return false }
        return true
    }

    /// Returns the bytes of a range as a string.
    func string(_ range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
#endif
