/// The bytes of strings, which the standard library compares one at a time through `utf8`.
extension String {
    /// Returns a Boolean value that indicates whether both strings have the same bytes.
    ///
    /// Swift's `==` also treats composed and decomposed forms of a letter as equal.
    /// - Parameter other: The other string.
    /// - Returns: `true` if the bytes are the same.
    package func hasBytes(of other: String) -> Bool {
        let isSame = utf8.withContiguousStorageIfAvailable { own in
            other.utf8.withContiguousStorageIfAvailable { other in
                // Strings often share their storage.
                own.count == other.count && (own.baseAddress == other.baseAddress || own.elementsEqual(other))
            }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }

    /// A Boolean value that indicates whether all characters are ASCII.
    package var isASCII: Bool {
        utf8.withContiguousStorageIfAvailable { bytes in bytes.allSatisfy { $0 < 128 } }
            ?? utf8.allSatisfy { $0 < 128 }
    }
}
