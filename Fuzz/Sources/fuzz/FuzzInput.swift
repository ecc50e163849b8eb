/// An input, read as fields between vertical bars: `GET|/bucket/key|900`.
///
/// This way, seeds are lines that people can read, and the fuzzer discovers fields itself. Missing fields are empty.
struct FuzzInput {
    /// All bytes of the input.
    let bytes: [UInt8]
    private var fields: ArraySlice<ArraySlice<UInt8>>

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        fields = bytes.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)[...]
    }

    /// The whole input as a string. Bytes that aren't UTF-8 become U+FFFD.
    var wholeText: String { String(decoding: bytes, as: UTF8.self) }

    /// Returns the next field as a string.
    mutating func text() -> String {
        String(decoding: fields.popFirst() ?? [], as: UTF8.self)
    }

    /// Returns the next field as a string, or `nil` if it's empty.
    mutating func optionalText() -> String? {
        let text = text()
        return text.isEmpty ? nil : text
    }

    /// Returns the next field as a number: its value, or else its bytes combined.
    mutating func number() -> Int {
        let text = text()
        return Int(text) ?? text.utf8.reduce(0) { $0 << 8 ^ $0 >> 56 ^ Int($1) }
    }

    /// Returns the next field as a number, or `nil` if it's empty.
    mutating func optionalNumber() -> Int? {
        guard let first = fields.first, !first.isEmpty else {
            _ = fields.popFirst()
            return nil
        }
        return number()
    }

    /// Returns the next field as any floating-point number, including infinities and NaN.
    mutating func double() -> Double {
        let text = text()
        return Double(text) ?? Double(bitPattern: text.utf8.reduce(0) { $0 << 8 ^ $0 >> 56 ^ UInt64($1) })
    }

    /// Returns one of `choices`.
    mutating func choice<Element>(_ choices: [Element]) -> Element {
        choices[Int(UInt(bitPattern: number()) % UInt(choices.count))]
    }

    /// Returns all remaining fields.
    mutating func rest() -> [String] {
        defer { fields = [] }
        return fields.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension String {
    /// Returns whether both have the same bytes.
    ///
    /// With `==`, strings that differ in bytes can be equal, such as `é` in its two forms.
    func isSame(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Returns whether the string contains the bytes of `part`.
    func hasBytes(_ part: String) -> Bool { occurrences(of: part) > 0 }

    /// Returns how often the string contains the bytes of `part`.
    func occurrences(of part: String) -> Int {
        let text = Array(utf8)
        let part = Array(part.utf8)
        guard !part.isEmpty, text.count >= part.count else { return 0 }
        return (0...text.count - part.count).count { text[$0..<$0 + part.count].elementsEqual(part) }
    }

    /// A Boolean value that indicates whether the string has only visible ASCII, as URLs do.
    var isVisibleASCII: Bool { utf8.allSatisfy { (33...126).contains($0) } }

    /// Returns whether the string has only letters, digits, `-._~` and the given characters.
    func isUnreserved(or others: String = "") -> Bool {
        utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122: true
            default: "-._~".utf8.contains(byte) || others.utf8.contains(byte)
            }
        }
    }
}
