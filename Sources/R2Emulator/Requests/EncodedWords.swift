#if Emulator
internal import R2KitSupport

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The encoded words of RFC 2047, which carry text beyond ASCII in headers.
enum EncodedWords {
    /// Returns the text with its encoded words decoded.
    ///
    /// A word that isn't valid UTF-8 in a known encoding stays as it is.
    static func decode(_ text: String) -> String {
        guard text.contains("=?") else { return text }
        var result = ""
        var previousWasWord = false
        for (index, piece) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            let word = decodedWord(piece)
            // White space between two encoded words isn't part of the text.
            if index > 0, !(previousWasWord && word != nil) { result += " " }
            result += word ?? String(piece)
            previousWasWord = word != nil
        }
        return result
    }

    /// Returns the text itself if it is printable ASCII, and otherwise encoded words in base64.
    ///
    /// Unsettled: whether R2 writes base64 or Q.
    static func encode(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var words: [String] = []
        var bytes: [UInt8] = []
        func close() {
            if !bytes.isEmpty { words.append("=?UTF-8?B?\(Data(bytes).base64EncodedString())?=") }
            bytes = []
        }
        for scalar in text.unicodeScalars {
            let next = Array(String(scalar).utf8)
            // A word has at most 75 characters, and holds whole characters.
            if bytes.count + next.count > 45 { close() }
            bytes += next
        }
        close()
        return words.joined(separator: " ")
    }

    private static func decodedWord(_ text: Substring) -> String? {
        guard text.hasPrefix("=?"), text.hasSuffix("?="), text.utf8.count > 6 else { return nil }
        let parts = text.dropFirst(2).dropLast(2).split(separator: "?", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].lowercased() == "utf-8" else { return nil }
        switch parts[1] {
        case "B", "b": return Data(base64Encoded: String(parts[2])).flatMap { String(validating: $0, as: UTF8.self) }
        case "Q", "q": return quotedPrintable(parts[2])
        default: return nil
        }
    }

    private static func quotedPrintable(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "_"): bytes.append(0x20)
            case UInt8(ascii: "="):
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
#endif
