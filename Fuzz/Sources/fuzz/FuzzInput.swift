/// An input, read as fields between vertical bars: `GET|/bucket/key|900`.
///
/// That way seeds are lines that people can read, and the fuzzer finds out about fields by itself. Fields that are not there
/// are empty.
struct FuzzInput {
    /// All bytes as they came.
    let bytes: [UInt8]
    private var fields: ArraySlice<ArraySlice<UInt8>>

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        fields = bytes.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)[...]
    }

    /// The whole input as text; bytes that are no UTF-8 become U+FFFD.
    var wholeText: String { String(decoding: bytes, as: UTF8.self) }

    /// The next field as text.
    mutating func text() -> String {
        String(decoding: fields.popFirst() ?? [], as: UTF8.self)
    }

    /// The next field as text; `nil` if it is empty.
    mutating func optionalText() -> String? {
        let text = text()
        return text.isEmpty ? nil : text
    }

    /// The next field as a number: the one it spells, or else its bytes folded into one.
    mutating func number() -> Int {
        let text = text()
        return Int(text) ?? text.utf8.reduce(0) { $0 << 8 ^ $0 >> 56 ^ Int($1) }
    }

    /// The next field as a number, or `nil` if it is empty.
    mutating func optionalNumber() -> Int? {
        guard let first = fields.first, !first.isEmpty else {
            _ = fields.popFirst()
            return nil
        }
        return number()
    }

    /// The next field as a fraction, an infinity or not a number at all.
    mutating func double() -> Double {
        let text = text()
        return Double(text) ?? Double(bitPattern: text.utf8.reduce(0) { $0 << 8 ^ $0 >> 56 ^ UInt64($1) })
    }

    /// One of `choices`.
    mutating func choice<Element>(_ choices: [Element]) -> Element {
        choices[Int(UInt(bitPattern: number()) % UInt(choices.count))]
    }

    /// All fields that are left.
    mutating func rest() -> [String] {
        defer { fields = [] }
        return fields.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension String {
    /// Whether both have the same bytes.
    ///
    /// `==` takes texts for equal that differ in bytes, such as `é` in its two spellings.
    func isSame(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Whether the bytes of `part` stand somewhere in this text.
    func hasBytes(_ part: String) -> Bool { occurrences(of: part) > 0 }

    /// How often the bytes of `part` stand in this text.
    func occurrences(of part: String) -> Int {
        let text = Array(utf8)
        let part = Array(part.utf8)
        guard !part.isEmpty, text.count >= part.count else { return 0 }
        return (0...text.count - part.count).count { text[$0..<$0 + part.count].elementsEqual(part) }
    }

    /// Visible ASCII alone: what a URL may be made of.
    var isVisibleASCII: Bool { utf8.allSatisfy { (33...126).contains($0) } }

    /// Letters, digits, `-._~`, and whatever else is named.
    func isUnreserved(or others: String = "") -> Bool {
        utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122: true
            default: "-._~".utf8.contains(byte) || others.utf8.contains(byte)
            }
        }
    }
}
