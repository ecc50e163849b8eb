/// How an object is divided into the parts of a multipart upload.
///
/// All parts have the same size, only the last may be smaller: R2 refuses anything else, and only when the upload is
/// completed, after every byte has been sent. Make the plan before the first part is signed, and keep its part size
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
    /// One part: which bytes of the object it holds.
    public struct Part: Sendable, Hashable {
        /// From 1 to 10,000.
        public let number: Int
        /// The position of its first byte in the object.
        public let offset: Int64
        /// How many bytes it has.
        public let length: Int64
    }

    /// The object's bytes.
    public let totalLength: Int64
    /// The bytes of every part but the last, which may have fewer.
    public let partLength: Int64

    /// The numbers that parts may have.
    public static let numbers = 1...10_000
    /// The least bytes of a part that is not the last: 5 MiB.
    public static let minimumPartLength: Int64 = 5 * 1024 * 1024
    /// The most bytes of a part: 5 GiB less 5 MiB.
    public static let maximumPartLength = UploadConstraints.maximumContentLength
    /// The most bytes of an object: 5 TiB less 5 GiB.
    public static let maximumTotalLength: Int64 = 5 * 1024 * 1024 * 1024 * 1024 - 5 * 1024 * 1024 * 1024
    /// The part size that is aimed for when none is wished for: 8 MiB.
    public static let preferredPartLength: Int64 = 8 * 1024 * 1024

    /// Divides an object.
    /// - Parameters:
    ///   - totalLength: The object's bytes, from 1 to ``maximumTotalLength``.
    ///   - partLength: The wished part size in bytes. Without a wish it is 8 MiB, or as many whole MiB as it takes to
    ///     stay within 10,000 parts. A wish is kept or refused, never changed.
    /// - Throws: ``R2KitError`` with the code `invalidPartPlan` if there is no such plan within R2's limits.
    public init(totalLength: Int64, partLength: Int64? = nil) throws(R2KitError) {
        guard (1...Self.maximumTotalLength).contains(totalLength) else {
            throw R2KitError(
                .invalidPartPlan,
                "an object in parts has 1 to \(Self.maximumTotalLength) bytes (5 TiB less 5 GiB), not \(totalLength)")
        }
        let length = partLength ?? Self.partLength(for: totalLength)
        guard (Self.minimumPartLength...Self.maximumPartLength).contains(length) else {
            throw R2KitError(
                .invalidPartPlan,
                "a part has \(Self.minimumPartLength) bytes (5 MiB) to \(Self.maximumPartLength) bytes "
                    + "(5 GiB less 5 MiB), not \(length)")
        }
        guard (totalLength - 1) / length < Self.numbers.upperBound else {
            let least = (totalLength + 9_999) / 10_000
            throw R2KitError(
                .invalidPartPlan,
                "parts of \(length) bytes would be more than 10000: wish for \(least) bytes or more")
        }
        self.totalLength = totalLength
        self.partLength = length
    }

    /// How many parts there are.
    public var count: Int { Int((totalLength - 1) / partLength) + 1 }

    /// All parts, in order.
    public var parts: some RandomAccessCollection<Part> & Sendable {
        (1...count).lazy.map { [self] number in uncheckedPart(number) }
    }

    /// One part.
    /// - Parameter number: From 1 to ``count``.
    /// - Returns: The part.
    /// - Throws: ``R2KitError`` with the code `invalidPartNumber`.
    public func part(_ number: Int) throws(R2KitError) -> Part {
        guard (1...count).contains(number) else {
            throw R2KitError(.invalidPartNumber, "this plan's parts are numbered from 1 to \(count), not \(number)")
        }
        return uncheckedPart(number)
    }

    private func uncheckedPart(_ number: Int) -> Part {
        let offset = Int64(number - 1) * partLength
        return Part(number: number, offset: offset, length: min(partLength, totalLength - offset))
    }

    /// The preferred size, or the next whole MiB that makes at most 10,000 parts.
    private static func partLength(for totalLength: Int64) -> Int64 {
        let mebibyte: Int64 = 1024 * 1024
        let least = (totalLength + 9_999) / 10_000
        return max(preferredPartLength, (least + mebibyte - 1) / mebibyte * mebibyte)
    }
}

extension PartPlan {
    private enum CodingKeys: String, CodingKey { case totalLength, partLength }

    /// Reads a plan and checks it again.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            totalLength: container.decode(Int64.self, forKey: .totalLength),
            partLength: container.decode(Int64.self, forKey: .partLength))
    }
}
