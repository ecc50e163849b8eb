/// Some of an object's bytes.
///
/// Positions count from zero.
public struct ByteRange: Sendable, Hashable, CustomStringConvertible {
    enum Form: Hashable {
        case bounded(Int64, Int64)
        case from(Int64)
        case suffix(Int64)
    }

    let form: Form

    /// The bytes from one position to another, both included.
    /// - Throws: ``R2KitError`` with the code `invalidRange` for a negative or reversed range.
    public static func bytes(_ first: Int64, through last: Int64) throws(R2KitError) -> ByteRange {
        guard first >= 0, last >= first else {
            throw R2KitError(.invalidRange, "a range begins at zero or later, and ends at its beginning or later")
        }
        return ByteRange(form: .bounded(first, last))
    }

    /// The bytes from a position to the end.
    /// - Throws: ``R2KitError`` with the code `invalidRange` for a negative position.
    public static func from(_ first: Int64) throws(R2KitError) -> ByteRange {
        guard first >= 0 else { throw R2KitError(.invalidRange, "a range begins at zero or later") }
        return ByteRange(form: .from(first))
    }

    /// The last so many bytes, or all if there are fewer.
    /// - Throws: ``R2KitError`` with the code `invalidRange` for less than one.
    public static func last(_ count: Int64) throws(R2KitError) -> ByteRange {
        guard count >= 1 else { throw R2KitError(.invalidRange, "the end of an object has at least one byte") }
        return ByteRange(form: .suffix(count))
    }

    /// What the `Range` header carries, such as `bytes=0-99`.
    public var headerValue: String {
        switch form {
        case .bounded(let first, let last): "bytes=\(first)-\(last)"
        case .from(let first): "bytes=\(first)-"
        case .suffix(let count): "bytes=-\(count)"
        }
    }

    /// The same as the header's value.
    public var description: String { headerValue }

    /// Whether an answer's range is what this one means for an object of its length.
    func fits(_ answer: ContentRange) -> Bool {
        let end = answer.totalLength - 1
        return switch form {
        case .bounded(let first, let last): answer.first == first && answer.last == min(last, end)
        case .from(let first): answer.first == first && answer.last == end
        case .suffix(let count): answer.first == max(0, answer.totalLength - count) && answer.last == end
        }
    }
}

/// Which of an object's bytes an answer carries.
public struct ContentRange: Sendable, Hashable {
    /// The position of the first byte.
    public let first: Int64
    /// The position of the last byte.
    public let last: Int64
    /// The bytes of the whole object.
    public let totalLength: Int64

    /// How many bytes the answer carries.
    public var length: Int64 { last - first + 1 }

    /// Reads a header such as `bytes 0-99/1234`; `nil` if it is none.
    init?(_ header: String) {
        var fields = TextFields(header)
        guard fields.skip("bytes "), let first = fields.wholeNumber(), fields.skip("-"),
            let last = fields.wholeNumber(), fields.skip("/"), let total = fields.wholeNumber(), fields.isAtEnd,
            first <= last, last < total
        else { return nil }
        self.first = first
        self.last = last
        totalLength = total
    }
}
