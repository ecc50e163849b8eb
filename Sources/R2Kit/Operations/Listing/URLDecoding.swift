/// Undoes what `encoding-type=url` does to keys and prefixes in a list.
///
/// Lists ask for it, because a key may hold characters that XML cannot. A space comes as `%20` from some servers and as `+`
/// from others; a plus comes as `%2B` from all.
enum URLDecoding {
    /// The text; `nil` if a `%` is not followed by two hexadecimal digits, or the bytes are no UTF-8.
    static func decode(_ text: String) -> String? {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(value), let low = rest.next().flatMap(value) else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 65...70: digit - 55
        case 97...102: digit - 87
        default: nil
        }
    }
}

/// Decodes the names of a list, once it is known whether they are encoded.
struct ListDecoder {
    let isEncoded: Bool

    /// Takes what the answer's `EncodingType` says.
    init(_ encodingType: String?, _ scanner: XMLScanner) throws(XMLError) {
        switch encodingType {
        case "url": isEncoded = true
        case nil, "": isEncoded = false
        default: throw scanner.problem("the encoding of the names is unknown")
        }
    }

    func text(_ name: String, _ scanner: XMLScanner) throws(XMLError) -> String {
        guard isEncoded else { return name }
        guard let decoded = URLDecoding.decode(name) else { throw scanner.problem("a name is not encoded rightly") }
        return decoded
    }

    func key(_ name: String, _ scanner: XMLScanner) throws(XMLError) -> ObjectKey {
        let text = try text(name, scanner)
        do { return try ObjectKey(unchecked: text) } catch { throw scanner.problem("a key is empty or too long") }
    }
}
