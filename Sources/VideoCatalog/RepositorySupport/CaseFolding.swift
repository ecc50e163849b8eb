extension RepositorySupport {
    /// Returns a string in the form that searches compare: in lower case by Unicode's mapping, and composed (NFC).
    ///
    /// A title contains a string if the folded title contains the folded string, byte for byte. A repository over a
    /// database stores the folded title in a column of its own, so that results don't depend on the database's locale.
    ///
    /// - Parameter string: A title, or the string to search for.
    /// - Returns: The folded string.
    public static func folded(_ string: String) -> String {
        let lowered = string.lowercased()
        guard lowered.utf8.contains(where: { $0 >= 0x80 }) else { return lowered }
        return String(decoding: Array(lowered._nfcCodeUnits), as: UTF8.self)
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
