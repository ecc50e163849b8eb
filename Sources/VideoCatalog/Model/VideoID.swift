#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension Video {
    /// A video's identifier: a UUID of version 7, whose order is that of creation to the millisecond.
    ///
    /// Source: RFC 9562 section 5.7.
    public struct ID: Sendable, Hashable, Comparable {
        /// The first eight bytes, the first of them in the highest place.
        let high: UInt64
        /// The last eight bytes.
        let low: UInt64

        init(high: UInt64, low: UInt64) {
            self.high = high
            self.low = low
        }

        /// Takes a UUID of any version, such as one that the host has given out already.
        ///
        /// - Parameter uuid: Any UUID.
        public init(_ uuid: UUID) {
            let bytes = withUnsafeBytes(of: uuid.uuid) { Array($0) }
            high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
            low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
        }

        /// The UUID.
        public var uuid: UUID {
            let byte = { (word: UInt64, shift: UInt64) in UInt8(truncatingIfNeeded: word >> shift) }
            return UUID(
                uuid: (
                    byte(high, 56), byte(high, 48), byte(high, 40), byte(high, 32), byte(high, 24), byte(high, 16),
                    byte(high, 8), byte(high, 0), byte(low, 56), byte(low, 48), byte(low, 40), byte(low, 32),
                    byte(low, 24), byte(low, 16), byte(low, 8), byte(low, 0)
                ))
        }

        /// Makes a new one.
        ///
        /// - Parameters:
        ///   - instant: The time that it holds, to the millisecond.
        ///   - generator: Where its 74 random bits come from.
        /// - Returns: A UUID of version 7.
        public static func make(at instant: Date, using generator: inout some RandomNumberGenerator) -> ID {
            let microseconds = (CatalogTimestamp(clamping: instant) ?? .first).microseconds
            let milliseconds = UInt64(clamping: microseconds / 1000) & 0xFFFF_FFFF_FFFF
            return ID(
                high: milliseconds << 16 | 0x7000 | generator.next() & 0x0FFF,
                low: 0x8000_0000_0000_0000 | generator.next() & 0x3FFF_FFFF_FFFF_FFFF)
        }

        /// Makes a new one from the system's random numbers.
        ///
        /// - Parameter instant: The time that it holds, to the millisecond.
        /// - Returns: A UUID of version 7.
        public static func make(at instant: Date = Date()) -> ID {
            var generator = SystemRandomNumberGenerator()
            return make(at: instant, using: &generator)
        }

        /// Compares byte by byte, as databases do.
        ///
        /// - Returns: Whether `first` comes before `second`.
        public static func < (first: ID, second: ID) -> Bool { (first.high, first.low) < (second.high, second.low) }
    }
}

extension Video.ID: LosslessStringConvertible {
    /// Reads a UUID in its usual form; `nil` for any other text.
    ///
    /// - Parameter description: 32 hexadecimal digits of either case, in groups of 8, 4, 4, 4 and 12.
    public init?(_ description: String) {
        guard let uuid = UUID(uuidString: description) else { return nil }
        self.init(uuid)
    }

    /// The UUID in lower case.
    public var description: String { uuid.uuidString.lowercased() }
}

extension Video.ID: Codable {
    /// Reads a string.
    ///
    /// - Parameter decoder: Where a string is expected.
    /// - Throws: `DecodingError` for a text that is no UUID.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = Video.ID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a UUID")
        }
        self = id
    }

    /// Writes the UUID in lower case.
    ///
    /// - Parameter encoder: Takes a string.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
