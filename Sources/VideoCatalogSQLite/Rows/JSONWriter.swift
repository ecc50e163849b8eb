#if SQLite

internal import VideoCatalog

/// Writes lists and dictionaries of texts as JSON: one text for the same content.
struct JSONWriter {
    private(set) var text: String

    /// `["a","b"]`.
    init(_ texts: some Collection<String>) {
        text = "["
        for (index, element) in texts.enumerated() {
            if index > 0 { text += "," }
            append(element)
        }
        text += "]"
    }

    /// `{"a":"1","b":"2"}`, sorted by the names' bytes.
    init(_ dictionary: [String: String]) {
        text = "{"
        let pairs = dictionary.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (index, pair) in pairs.enumerated() {
            if index > 0 { text += "," }
            append(pair.key)
            text += ":"
            append(pair.value)
        }
        text += "}"
    }

    /// `[{"kind":"hls","key":"a"}]`.
    init(_ renditions: [Video.Rendition]) {
        text = "["
        for (index, rendition) in renditions.enumerated() {
            text += index > 0 ? ",{\"kind\":" : "{\"kind\":"
            append(rendition.kind)
            text += ",\"key\":"
            append(rendition.key)
            text += "}"
        }
        text += "]"
    }

    private mutating func append(_ string: String) {
        text += "\""
        if string.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            for scalar in string.unicodeScalars { append(escaped: scalar) }
        } else {
            text += string
        }
        text += "\""
    }

    private mutating func append(escaped scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case _ where scalar.value < 0x20:
            text += scalar.value < 0x10 ? "\\u000" : "\\u00"
            text += String(scalar.value, radix: 16)
        default: text.unicodeScalars.append(scalar)
        }
    }
}

#endif
