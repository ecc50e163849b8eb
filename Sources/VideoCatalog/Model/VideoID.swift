internal import R2KitSupport

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension Video {
    /// The identifier of a video: a UUID of version 7, which sorts by creation time in milliseconds.
    ///
    /// Source: RFC 9562 section 5.7.
    public struct ID: Sendable, Hashable, Comparable {
        /// The first eight bytes, in big-endian order.
        let high: UInt64
        /// The last eight bytes, in big-endian order.
        let low: UInt64

        init(high: UInt64, low: UInt64) {
            self.high = high
            self.low = low
        }

        /// Creates an identifier from a UUID of any version, such as one that your app has issued already.
        ///
        /// - Parameter uuid: Any UUID.
        public init(_ uuid: UUID) {
            (high, low) = withUnsafeBytes(of: uuid.uuid) { bytes in
                (bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }, bytes[8...].reduce(0) { $0 << 8 | UInt64($1) })
            }
        }

        /// The identifier as a UUID.
        public var uuid: UUID {
            let byte = { (word: UInt64, shift: UInt64) in UInt8(truncatingIfNeeded: word >> shift) }
            return UUID(
                uuid: (
                    byte(high, 56), byte(high, 48), byte(high, 40), byte(high, 32), byte(high, 24), byte(high, 16),
                    byte(high, 8), byte(high, 0), byte(low, 56), byte(low, 48), byte(low, 40), byte(low, 32),
                    byte(low, 24), byte(low, 16), byte(low, 8), byte(low, 0)
                ))
        }

        /// Makes a new identifier with a random number generator.
        ///
        /// - Parameters:
        ///   - date: The creation time, of which the identifier holds the milliseconds.
        ///   - generator: The source of the 74 random bits.
        /// - Returns: A UUID of version 7.
        public static func make(at date: Date, using generator: inout some RandomNumberGenerator) -> ID {
            let microseconds = (CatalogTimestamp(clamping: date) ?? .first).microseconds
            let milliseconds = UInt64(clamping: microseconds / 1000) & 0xFFFF_FFFF_FFFF
            return ID(
                high: milliseconds << 16 | 0x7000 | generator.next() & 0x0FFF,
                low: 0x8000_0000_0000_0000 | generator.next() & 0x3FFF_FFFF_FFFF_FFFF)
        }

        /// Makes a new identifier with the system's random number generator.
        ///
        /// - Parameter date: The creation time, of which the identifier holds the milliseconds.
        /// - Returns: A UUID of version 7.
        public static func make(at date: Date = Date()) -> ID {
            var generator = SystemRandomNumberGenerator()
            return make(at: date, using: &generator)
        }

        /// Returns a Boolean value that indicates whether the first identifier's bytes precede those of the second.
        ///
        /// - Returns: `true` if `first` comes before `second`, in the order that databases use.
        public static func < (first: ID, second: ID) -> Bool { (first.high, first.low) < (second.high, second.low) }
    }
}

extension Video.ID: LosslessStringConvertible {
    /// Creates an identifier from a string.
    ///
    /// - Parameter description: 32 hexadecimal digits of either case, in groups of 8, 4, 4, 4 and 12. The result is
    ///   `nil` for any other string.
    public init?(_ description: String) {
        guard let words = Hexadecimal.decodeUUID(description) else { return nil }
        self.init(high: words.high, low: words.low)
    }

    /// The identifier as a UUID in lower case.
    public var description: String { Hexadecimal.encodeUUID(high: high, low: low) }
}

extension Video.ID: Codable {
    /// Creates an identifier by decoding a string.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: A `DecodingError` if the string isn't a UUID.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = Video.ID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Invalid video ID: expected a UUID.")
        }
        self = id
    }

    /// Encodes the UUID as a string in lower case.
    ///
    /// - Parameter encoder: The encoder to write to.
    /// - Throws: Any error of the encoder.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
