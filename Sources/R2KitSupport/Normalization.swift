/// Unicode normalization without Foundation.
package enum Normalization {
    /// Returns a string in Unicode's composed form (NFC).
    ///
    /// FoundationEssentials has no normalization, and full Foundation brings ICU. The standard library's own puts the
    /// marks of U+0F73, U+0F75 and U+0F81, which are always decomposed, in the wrong order. They are decomposed first.
    /// - Parameter text: A string in any form.
    /// - Returns: The string in NFC.
    package static func nfc(_ text: String) -> String {
        if text.isASCII { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{F73}": scalars.append(contentsOf: ["\u{F71}", "\u{F72}"])
            case "\u{F75}": scalars.append(contentsOf: ["\u{F71}", "\u{F74}"])
            case "\u{F81}": scalars.append(contentsOf: ["\u{F71}", "\u{F80}"])
            default: scalars.append(scalar)
            }
        }
        return String(decoding: String(scalars)._nfcCodeUnits, as: UTF8.self)
    }
}
