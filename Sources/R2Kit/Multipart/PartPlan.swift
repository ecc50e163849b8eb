/// A division of an object into the parts of a multipart upload.
///
/// All parts have the same size, except the last, which can be smaller. R2 rejects other divisions only when the upload
/// is completed, after every byte has been sent. Create the plan before signing the first part, and store its part size
/// with the upload.
///
/// ```swift
/// let plan = try PartPlan(totalLength: 2_000_000_000)
/// plan.partLength  // 8388608
/// plan.count  // 239
/// ```
///
/// Source: R2 "Multipart upload" and "Limits".
public struct PartPlan: Sendable, Hashable, Codable {
    /// A part of an object.
    public struct Part: Sendable, Hashable {
        /// The part number, from 1 to 10,000.
        public let number: Int
        /// The position of the part's first byte in the object.
        public let offset: Int64
        /// The length of the part, in bytes.
        public let length: Int64
    }

    /// The length of the object, in bytes.
    public let totalLength: Int64
    /// The length of every part except the last, which can be shorter, in bytes.
    public let partLength: Int64

    /// The valid part numbers: 1 to 10,000.
    public static let numbers = 1...10_000
    /// The minimum length of a part other than the last, in bytes: 5 MiB.
    public static let minimumPartLength: Int64 = 5 * 1024 * 1024
    /// The maximum length of a part, in bytes: 5 GiB minus 5 MiB.
    public static let maximumPartLength = HeaderRules.maximumContentLength
    /// The maximum length of an object, in bytes: 5 TiB less 5 GiB.
    public static let maximumTotalLength: Int64 = 5 * 1024 * 1024 * 1024 * 1024 - 5 * 1024 * 1024 * 1024
    /// The preferred length of a part, in bytes: 8 MiB.
    public static let preferredPartLength: Int64 = 8 * 1024 * 1024

    /// Creates a plan for an object.
    /// - Parameters:
    ///   - totalLength: The length of the object in bytes, from 1 to ``maximumTotalLength``.
    ///   - partLength: The length of a part in bytes, from ``minimumPartLength`` to ``maximumPartLength``. If it is
    ///     `nil`, parts have ``preferredPartLength``, or the smallest number of whole MiB that requires at most 10,000
    ///     parts.
    /// - Throws: ``R2ValidationError`` with the code `invalidPartPlan` if a length is out of range, or if `partLength`
    ///   requires more than 10,000 parts.
    public init(totalLength: Int64, partLength: Int64? = nil) throws(R2ValidationError) {
        guard (1...Self.maximumTotalLength).contains(totalLength) else {
            throw R2ValidationError(
                .invalidPartPlan,
                "Invalid object length: expected 1 to \(Self.maximumTotalLength) bytes (5 TiB less 5 GiB), "
                    + "not \(totalLength).")
        }
        let length = partLength ?? Self.partLength(for: totalLength)
        guard (Self.minimumPartLength...Self.maximumPartLength).contains(length) else {
            throw R2ValidationError(
                .invalidPartPlan,
                "Invalid part size: expected \(Self.minimumPartLength) bytes (5 MiB) to "
                    + "\(Self.maximumPartLength) bytes (5 GiB minus 5 MiB), not \(length).")
        }
        guard (totalLength - 1) / length < Self.numbers.upperBound else {
            throw R2ValidationError(
                .invalidPartPlan,
                "Too many parts: use a part size of at least \(Self.minimumPartLength(for: totalLength)) bytes.")
        }
        self.totalLength = totalLength
        self.partLength = length
    }

    /// The number of parts.
    public var count: Int { Int((totalLength - 1) / partLength) + 1 }

    /// All parts, in order.
    public var parts: some RandomAccessCollection<Part> & Sendable {
        (1...count).lazy.map { [self] number in uncheckedPart(number) }
    }

    /// Returns a part.
    /// - Parameter number: The part number, from 1 to ``count``.
    /// - Returns: The part.
    /// - Throws: ``R2ValidationError`` with the code `invalidPartNumber` if the plan has no such part.
    public func part(_ number: Int) throws(R2ValidationError) -> Part {
        guard (1...count).contains(number) else {
            throw R2ValidationError(
                .invalidPartNumber, "Invalid part number \(number): this plan has parts 1 to \(count).")
        }
        return uncheckedPart(number)
    }

    private func uncheckedPart(_ number: Int) -> Part {
        let offset = Int64(number - 1) * partLength
        return Part(number: number, offset: offset, length: min(partLength, totalLength - offset))
    }

    /// Returns the minimum length of a part for an object, limited only by the number of parts.
    private static func minimumPartLength(for totalLength: Int64) -> Int64 {
        let count = Int64(numbers.upperBound)
        return (totalLength + count - 1) / count
    }

    /// Returns the preferred length of a part, or the next whole MiB that requires at most 10,000 parts.
    private static func partLength(for totalLength: Int64) -> Int64 {
        let mebibyte: Int64 = 1024 * 1024
        return max(preferredPartLength, (minimumPartLength(for: totalLength) + mebibyte - 1) / mebibyte * mebibyte)
    }
}

extension PartPlan {
    private enum CodingKeys: String, CodingKey { case totalLength, partLength }

    /// Creates a plan by decoding and validating it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            totalLength: container.decode(Int64.self, forKey: .totalLength),
            partLength: container.decode(Int64.self, forKey: .partLength))
    }
}

extension PartPlan {
    /// Checks that a part number is valid for any upload.
    /// - Throws: ``R2ValidationError`` with the code `invalidPartNumber` if it isn't in ``numbers``.
    static func checkPartNumber(_ number: Int) throws(R2ValidationError) {
        guard numbers.contains(number) else {
            throw R2ValidationError(.invalidPartNumber, "Invalid part number \(number): expected 1 to 10,000.")
        }
    }
}

extension QueryParameter {
    /// Creates the parameter `partNumber`.
    static func partNumber(_ number: Int) throws(R2ValidationError) -> QueryParameter {
        try PartPlan.checkPartNumber(number)
        return QueryParameter(name: "partNumber", value: String(number))
    }
}
