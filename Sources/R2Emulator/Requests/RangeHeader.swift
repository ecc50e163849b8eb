#if Emulator
/// The `Range` header as R2 reads it.
///
/// R2 (observed): one range only, in exactly these three forms. Other forms are errors, where HTTP would have a server
/// ignore the header.
enum RangeHeader: Sendable {
    case bounded(Int64, Int64)
    case from(Int64)
    case suffix(Int64)

    /// Reads a header, before the object is looked up.
    init(_ text: String) throws(Refusal) {
        // The odd last quotation mark is R2's.
        let malformed = Refusal.invalidArgument(
            "range must be in format 'bytes=start-end', 'bytes=start-' or 'bytes=-suffix'.'")
        guard text.hasPrefix("bytes=") else { throw malformed }
        let sides = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard sides.count == 2 else { throw malformed }
        let (first, last) = (Self.number(sides[0]), Self.number(sides[1]))
        switch (first, last) {
        case (let first?, let last?):
            guard first <= last else { throw .invalidArgument("range must be positive.") }
            self = .bounded(first, last)
        case (let first?, nil) where sides[1].isEmpty: self = .from(first)
        case (nil, let count?) where sides[0].isEmpty: self = .suffix(count)
        default: throw malformed
        }
    }

    /// Returns the positions in an object.
    ///
    /// R2 (observed): an end past the object's end is moved to it. `bytes=-0`, a start at or past the end, and any
    /// range of an empty object are errors.
    func positions(in length: Int64) throws(Refusal) -> Range<Int64> {
        switch self {
        case .bounded(let first, let last):
            guard first < length else { throw .invalidRange }
            return first..<min(last, length - 1) + 1
        case .from(let first):
            guard first < length else { throw .invalidRange }
            return first..<length
        case .suffix(let count):
            guard count > 0, length > 0 else { throw .invalidRange }
            return max(0, length - count)..<length
        }
    }

    /// Returns the number, at most 2⁶², or `nil` if the text isn't one or more digits.
    static func number(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        // A larger number is past the end of every object.
        return min(Int64(text) ?? .max, 1 << 62)
    }
}
#endif
