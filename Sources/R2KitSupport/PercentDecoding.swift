/// Decodes percent-encoded strings.
///
/// Encoding is in `SigV4`, whose `PercentEncoding` encodes what a signature covers.
package enum PercentDecoding {
    /// Returns a string without its percent-encoding.
    /// - Parameters:
    ///   - text: The encoded string.
    ///   - plusIsSpace: A Boolean value that indicates whether a `+` stands for a space, as in HTML forms.
    /// - Returns: The decoded string. `nil` if a `%` isn't followed by two hexadecimal digits, or the decoded bytes
    ///   aren't valid UTF-8.
    package static func decode(_ text: String, plusIsSpace: Bool = false) -> String? {
        let isEncoded = text.utf8.contains { $0 == UInt8(ascii: "%") || plusIsSpace && $0 == UInt8(ascii: "+") }
        guard isEncoded else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(Hexadecimal.value),
                    let low = rest.next().flatMap(Hexadecimal.value)
                else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
