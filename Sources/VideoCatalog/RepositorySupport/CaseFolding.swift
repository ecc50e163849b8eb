internal import R2KitSupport

extension RepositorySupport {
    /// Returns a string in the form that searches compare: caseless and composed.
    ///
    /// Two strings that differ only in case or composition have the same folded form, such as `STRASSE` and `Straße`. A
    /// title contains a string if the folded title contains the folded string, byte for byte. A repository over a
    /// database stores the folded title in a column of its own, so that results don't depend on the database's locale.
    /// The form is stored, so it doesn't change with the system's Unicode version.
    ///
    /// Source: The Unicode Standard, section 3.13, definition D145 (canonical caseless match), with the full case
    /// folding of Unicode 17.0 and without the Turkic mappings. The result is in NFC.
    ///
    /// - Parameter string: A title, or the string to search for.
    /// - Returns: The folded string.
    public static func folded(_ string: String) -> String {
        if string.utf8.allSatisfy({ $0 < 0x80 }) {
            return String(decoding: string.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
        }
        let iota: Unicode.Scalar = "\u{3B9}"
        var result = String.UnicodeScalarView()
        var pendingIotas = 0
        // D145 decomposes before it folds. The composed form has the same folding except for an iota subscript
        // (U+0345), which is the last of a letter's marks when decomposed. Its folding is a letter, and follows those
        // marks.
        for scalar in Normalization.nfc(string).unicodeScalars {
            if pendingIotas > 0, scalar.properties.canonicalCombiningClass == .notReordered {
                result.append(contentsOf: repeatElement(iota, count: pendingIotas))
                pendingIotas = 0
            }
            var folding = CaseFolding.folding(of: scalar).unicodeScalars
            if scalar == "\u{345}" || folding.count > 1 && folding.last == iota {
                folding.removeLast()
                pendingIotas += 1
            }
            result.append(contentsOf: folding)
        }
        result.append(contentsOf: repeatElement(iota, count: pendingIotas))
        return Normalization.nfc(String(result))
    }

    /// Returns a Boolean value that indicates whether a title contains a string, regardless of case and composition.
    ///
    /// - Parameters:
    ///   - title: The title of a video.
    ///   - string: The string to search for. Every title contains an empty string.
    /// - Returns: `true` if the title contains the string.
    public static func title(_ title: String, contains string: String) -> Bool {
        folded(title).containsBytes(of: folded(string))
    }
}

extension String {
    fileprivate func containsBytes(of other: String) -> Bool {
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
