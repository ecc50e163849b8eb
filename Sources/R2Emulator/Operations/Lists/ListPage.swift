#if Emulator
internal import R2KitSupport

/// A page of keys and common prefixes, in order.
struct ListPage<Entry: Sendable>: Sendable {
    var entries: [Entry] = []
    var prefixes: [String] = []
    /// A Boolean value that indicates whether more follows.
    var isTruncated = false
    /// The last key or common prefix of the page.
    var last: String?
}

/// Collects a page from sorted keys.
struct ListCollector: Sendable {
    /// The prefix in the composed form.
    let prefix: String
    /// The delimiter in the composed form, or `nil` without one.
    ///
    /// R2 (documented): an empty delimiter counts as none.
    let delimiter: String?
    let count: Int

    init(prefix: String?, delimiter: String?, count: Int) {
        self.prefix = Normalization.nfc(prefix ?? "")
        self.delimiter = delimiter.flatMap { $0.isEmpty ? nil : Normalization.nfc($0) }
        self.count = count
    }

    /// Collects a page.
    ///
    /// R2 (observed): common prefixes count as entries. A page of zero entries only reports whether anything matches.
    /// - Parameters:
    ///   - keys: All keys in order.
    ///   - bound: The key or common prefix after which the page starts, or `nil` for the first.
    ///   - first: Returns the index of the first key that isn't less than a string.
    ///   - entry: Returns the entries of a key.
    /// - Returns: The page.
    func page<Entry>(
        of keys: [String], after bound: String?, first: (String) -> Int, entry: (String) -> [Entry]
    ) -> ListPage<Entry> {
        var page = ListPage<Entry>()
        var index = first(max(bound.map(Normalization.nfc) ?? "", prefix))
        let bound = bound.map(Normalization.nfc)
        while index < keys.count {
            let key = Normalization.nfc(keys[index])
            guard key.utf8.starts(with: prefix.utf8) else { break }
            let common = commonPrefix(of: key)
            if let bound, common == bound {
                // After a common prefix, everything below it has been listed.
                index = Self.skip(bound, in: keys, from: index, first)
                continue
            }
            if key == bound {
                index += 1
                continue
            }
            guard page.entries.count + page.prefixes.count < count else {
                page.isTruncated = true
                break
            }
            if let common {
                page.prefixes.append(common)
                page.last = common
                index = Self.skip(common, in: keys, from: index, first)
            } else {
                page.entries += entry(keys[index])
                page.last = keys[index]
                index += 1
            }
        }
        return page
    }

    /// Returns the part of a key up to and including the first delimiter after the prefix.
    private func commonPrefix(of key: String) -> String? {
        guard let delimiter else { return nil }
        let (bytes, mark) = (Array(key.utf8), Array(delimiter.utf8))
        var position = prefix.utf8.count
        while position + mark.count <= bytes.count {
            if bytes[position..<position + mark.count].elementsEqual(mark) {
                return String(decoding: bytes[..<(position + mark.count)], as: UTF8.self)
            }
            position += 1
        }
        return nil
    }

    /// Returns the index of the first key after those with a prefix.
    private static func skip(_ prefix: String, in keys: [String], from index: Int, _ first: (String) -> Int) -> Int {
        // No key of valid UTF-8 with the prefix is greater than the prefix and the last scalar.
        var index = max(index + 1, first(prefix + "\u{10FFFF}"))
        while index < keys.count, Normalization.nfc(keys[index]).utf8.starts(with: prefix.utf8) { index += 1 }
        return index
    }
}
#endif
