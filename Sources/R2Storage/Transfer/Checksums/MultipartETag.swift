#if Storage
internal import R2Kit

/// What tags say of the parts of an upload.
enum MultipartETag {
    /// The number of parts after the dash of an object's tag; `nil` if it is another kind of tag.
    static func partCount(_ tag: ETag) -> Int? {
        let fields = tag.opaqueValue.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard fields.count == 2, fields[0].count == 32 else { return nil }
        return Int(Substring(fields[1]))
    }

    /// The MD5 that a part's tag is; `nil` if it is none, as with a customer's key.
    static func digest(_ tag: ETag) -> [UInt8]? {
        let digits = Array(tag.opaqueValue.utf8)
        guard digits.count == 32 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 32, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
#endif
