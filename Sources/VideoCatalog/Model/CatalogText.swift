/// What the catalog does to texts that are compared.
public enum CatalogText {
    /// A text as it is searched: in lower case by Unicode's mapping, and composed (NFC).
    ///
    /// A title contains a text if the folded title contains the folded text, byte for byte. A repository over a database
    /// keeps the folded title in a column of its own, so that the result does not depend on the database's locale.
    ///
    /// - Parameter text: A title, or what is looked for in it.
    /// - Returns: The folded text.
    public static func folded(_ text: String) -> String {
        let lowered = text.lowercased()
        guard lowered.utf8.contains(where: { $0 >= 0x80 }) else { return lowered }
        return String(decoding: Array(lowered._nfcCodeUnits), as: UTF8.self)
    }

    /// Whether a title contains a text, as every repository sees it.
    ///
    /// - Parameters:
    ///   - title: The title.
    ///   - text: What is looked for; an empty text is in every title.
    /// - Returns: Whether it is there, regardless of case and composition.
    public static func title(_ title: String, contains text: String) -> Bool {
        folded(title).containsBytes(of: folded(text))
    }
}

/// A text that equals another one if the bytes are the same, as in a database.
///
/// Swift takes composed and decomposed letters for equal.
struct ExactText: Sendable, Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (first: ExactText, second: ExactText) -> Bool {
        first.text.utf8.elementsEqual(second.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}

extension String {
    func containsBytes(of other: String) -> Bool {
        var (haystack, needle) = (self, other)
        return haystack.withUTF8 { haystack in
            needle.withUTF8 { needle in
                guard let first = needle.first else { return true }
                guard haystack.count >= needle.count else { return false }
                return (0...(haystack.count - needle.count)).contains { start in
                    haystack[start] == first
                        && haystack[start..<(start + needle.count)].elementsEqual(needle)
                }
            }
        }
    }
}
