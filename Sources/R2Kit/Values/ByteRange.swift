/// A range of an object's bytes.
///
/// Positions count from zero.
public struct ByteRange: Sendable, Hashable, CustomStringConvertible {
    private enum Form: Hashable {
        case bounded(Int64, Int64)
        case from(Int64)
        case suffix(Int64)
    }

    private let form: Form

    /// Creates a range between two positions, both included.
    /// - Parameters:
    ///   - first: The position of the first byte, from 0.
    ///   - last: The position of the last byte, at least `first`.
    /// - Returns: The range.
    /// - Throws: ``R2ValidationError`` with the code `invalidRange` if the range is negative or reversed.
    public static func bytes(_ first: Int64, through last: Int64) throws(R2ValidationError) -> ByteRange {
        guard first >= 0, last >= first else {
            throw R2ValidationError(
                .invalidRange, "Invalid byte range: expected a start of at least 0 and an end of at least the start.")
        }
        return ByteRange(form: .bounded(first, last))
    }

    /// Creates a range from a position to the end of the object.
    /// - Parameter first: The position of the first byte, from 0.
    /// - Returns: The range.
    /// - Throws: ``R2ValidationError`` with the code `invalidRange` if the position is negative.
    public static func from(_ first: Int64) throws(R2ValidationError) -> ByteRange {
        guard first >= 0 else {
            throw R2ValidationError(.invalidRange, "Invalid byte range: expected a start of at least 0.")
        }
        return ByteRange(form: .from(first))
    }

    /// Creates a range of the last bytes of an object.
    /// - Parameter count: The number of bytes, at least 1. The range covers the whole object if it has fewer.
    /// - Returns: The range.
    /// - Throws: ``R2ValidationError`` with the code `invalidRange` if the count is less than 1.
    public static func last(_ count: Int64) throws(R2ValidationError) -> ByteRange {
        guard count >= 1 else {
            throw R2ValidationError(.invalidRange, "Invalid byte range: expected at least one byte.")
        }
        return ByteRange(form: .suffix(count))
    }

    /// The value of the `Range` header, such as `bytes=0-99`.
    public var headerValue: String {
        switch form {
        case .bounded(let first, let last): "bytes=\(first)-\(last)"
        case .from(let first): "bytes=\(first)-"
        case .suffix(let count): "bytes=-\(count)"
        }
    }

    /// The same as ``headerValue``.
    public var description: String { headerValue }

    /// Returns a Boolean value that indicates whether a response's range is this one, for an object of its length.
    func matches(_ range: ContentRange) -> Bool {
        let end = range.totalLength - 1
        return switch form {
        case .bounded(let first, let last): range.first == first && range.last == min(last, end)
        case .from(let first): range.first == first && range.last == end
        case .suffix(let count): range.first == max(0, range.totalLength - count) && range.last == end
        }
    }
}

/// The range of an object's bytes that a response contains.
public struct ContentRange: Sendable, Hashable {
    /// The position of the first byte.
    public let first: Int64
    /// The position of the last byte.
    public let last: Int64
    /// The length of the whole object, in bytes.
    public let totalLength: Int64

    /// The number of bytes in the response.
    public var length: Int64 { last - first + 1 }

    /// Creates a range from a header such as `bytes 0-99/1234`, or returns `nil` if the header isn't valid.
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
