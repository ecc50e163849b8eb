#if Delivery
/// The variables that a playlist has defined with `EXT-X-DEFINE`.
///
/// Source: RFC 8216bis section 4.3. A reference is `{$name}`. The result of a substitution isn't substituted again.
struct PlaylistVariables: Sendable {
    private var values: [String: [UInt8]] = [:]

    /// The maximum number of variables, which no playlist needs.
    private static let limit = 256

    /// Defines a variable.
    /// - Throws: A ``PlaylistError`` without a place.
    mutating func define(_ name: String, as value: [UInt8]) throws(PlaylistError) {
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isName) else {
            throw PlaylistError(.variable, "Invalid name of a variable: expected letters, digits, '-' and '_'.")
        }
        guard values.count < Self.limit else {
            throw PlaylistError(.variable, "Too many variables: expected at most \(Self.limit).")
        }
        guard values.updateValue(value, forKey: name) == nil else {
            throw PlaylistError(.variable, "The variable is defined twice: remove one definition.")
        }
    }

    /// Returns a line with the values of its variables.
    /// - Parameters:
    ///   - line: The bytes of a line.
    ///   - mustResolve: A Boolean value that indicates whether the line has a URI. Other lines may contain what looks
    ///     like a reference, as long as the playlist doesn't define variables.
    ///   - limit: The maximum length of the result, in bytes.
    /// - Returns: The new line, or `nil` if it has no references.
    /// - Throws: A ``PlaylistError`` without a place.
    func substituting(
        in line: borrowing Span<UInt8>, mustResolve: Bool, limit: Int
    ) throws(PlaylistError) -> [UInt8]? {
        if values.isEmpty && !mustResolve { return nil }
        var result: [UInt8] = []
        var copied = 0
        var index = 0
        while index < line.count {
            guard let reference = Self.reference(in: line, at: index) else {
                index += 1
                continue
            }
            guard let value = values[line.string(reference)] else {
                throw PlaylistError(.variable, "Undefined variable: define it with a value before this line.")
            }
            result.append(line, copied..<index)
            result.append(contentsOf: value)
            index = reference.upperBound + 1
            copied = index
            guard result.count <= limit else {
                throw PlaylistError(.tooLong, "The line is too long with its variables' values: use shorter ones.")
            }
        }
        guard copied > 0 else { return nil }
        result.append(line, copied..<line.count)
        return result
    }

    /// Returns the range of the name of a reference that starts at an index.
    private static func reference(in line: borrowing Span<UInt8>, at index: Int) -> Range<Int>? {
        guard line[index] == UInt8(ascii: "{"), line.hasBytes("{$", at: index) else { return nil }
        var end = index + 2
        while end < line.count, isName(line[end]) { end += 1 }
        guard end > index + 2, end < line.count, line[end] == UInt8(ascii: "}") else { return nil }
        return index + 2..<end
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension [UInt8] {
    /// Appends a range of bytes.
    mutating func append(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) {
        bytes.extracting(range).withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
#endif
