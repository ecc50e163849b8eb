#if Emulator
internal import R2KitSupport

/// Decodes the bytes of a query as HTML forms encode them.
enum FormDecoding {
    /// Returns decoded bytes, which may not be UTF-8.
    ///
    /// A `%` without two hexadecimal digits stays itself. Source: WHATWG URL, "percent-decode".
    static func decode(_ encoded: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.count)
        var index = 0
        while index < encoded.count {
            let byte = encoded[index]
            index += 1
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), index + 1 < encoded.count,
                let high = Hexadecimal.value(of: encoded[index]), let low = Hexadecimal.value(of: encoded[index + 1])
            {
                bytes.append(high << 4 | low)
                index += 2
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}
#endif
