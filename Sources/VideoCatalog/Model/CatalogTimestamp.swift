internal import R2KitSupport

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A date as the catalog stores it: whole microseconds since 1970.
///
/// Repositories round every date to a timestamp and return the same `Date` for it. The range is 1970 to 2099, in which
/// a `Date` distinguishes any two microseconds.
public struct CatalogTimestamp: Sendable, Hashable, Comparable {
    /// The microseconds since 1970-01-01T00:00:00Z.
    public let microseconds: Int64

    /// The first timestamp that can be stored, at the start of 1970.
    public static let first = CatalogTimestamp(microseconds: 0)
    /// The last timestamp that can be stored, at the end of 2099.
    public static let last = CatalogTimestamp(microseconds: 4_102_444_799_999_999)

    /// The microseconds from 1970 to 2001, the reference date of `Date`.
    private static let reference: Int64 = 978_307_200_000_000

    /// Creates a timestamp from a number of microseconds, as a database stores it.
    ///
    /// - Parameter microseconds: The microseconds since 1970-01-01T00:00:00Z.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Creates a timestamp by rounding a date to the microsecond.
    ///
    /// - Parameter date: The date. The result is `nil` if it is outside the years 1970 to 2099.
    public init?(_ date: Date) {
        let rounded = (date.timeIntervalSinceReferenceDate * 1_000_000).rounded()
        // A Double holds both bounds exactly. Infinities and NaN fail here.
        guard rounded >= -Double(Self.reference), rounded <= Double(Self.last.microseconds - Self.reference) else {
            return nil
        }
        microseconds = Int64(rounded) + Self.reference
    }

    /// Creates a timestamp by rounding a date to the microsecond and limiting it to the years 1970 to 2099.
    ///
    /// Use it for the bounds of queries, because no video is outside that range.
    ///
    /// - Parameter date: The date, such as `distantPast` or `distantFuture`. The result is `nil` if it isn't a number.
    public init?(clamping date: Date) {
        if let timestamp = CatalogTimestamp(date) {
            self = timestamp
        } else if date.timeIntervalSinceReferenceDate.isNaN {
            return nil
        } else {
            self = date.timeIntervalSinceReferenceDate < 0 ? .first : .last
        }
    }

    /// The timestamp as a date.
    public var date: Date {
        Date(timeIntervalSinceReferenceDate: (Double(microseconds) - Double(Self.reference)) / 1_000_000)
    }

    /// Returns a Boolean value that indicates whether the first timestamp is earlier than the second.
    ///
    /// - Returns: `true` if `first` is earlier.
    public static func < (first: CatalogTimestamp, second: CatalogTimestamp) -> Bool {
        first.microseconds < second.microseconds
    }
}

extension CatalogTimestamp: LosslessStringConvertible {
    /// The timestamp in UTC with six decimal places, such as `2026-03-01T09:30:00.000000Z`.
    public var description: String {
        let (days, time) = microseconds.flooredDivision(by: 86_400_000_000)
        let (seconds, fraction) = time.flooredDivision(by: 1_000_000)
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0.padded(to: 2) }.joined(separator: ":")
        return "\(CivilDate(daysSinceEpoch: Int(days)))T\(clock).\(fraction.padded(to: 6))Z"
    }

    /// Creates a timestamp from a string such as ``description``.
    ///
    /// - Parameter description: A date in UTC with `Z` and at most six decimal places. The result is `nil` for any
    ///   other string and outside the years 1970 to 2099.
    public init?(_ description: String) {
        var reader = TimestampReader(bytes: Array(description.utf8)[...])
        guard let year = reader.readNumber(4), reader.skip("-"), let month = reader.readNumber(2), reader.skip("-"),
            let day = reader.readNumber(2), reader.skip("T"), let hour = reader.readNumber(2), reader.skip(":"),
            let minute = reader.readNumber(2), reader.skip(":"), let second = reader.readNumber(2),
            let fraction = reader.readFraction(), reader.skip("Z"), reader.bytes.isEmpty,
            let date = CivilDate(year: Int(year), month: Int(month), day: Int(day)),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let seconds = Int64(date.daysSinceEpoch) * 86_400 + hour * 3600 + minute * 60 + second
        let timestamp = CatalogTimestamp(microseconds: seconds * 1_000_000 + fraction)
        guard timestamp >= .first, timestamp <= .last else { return nil }
        self = timestamp
    }
}

extension CatalogTimestamp: Codable {
    /// Creates a timestamp by decoding a string such as ``description``.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: A `DecodingError` for any other value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let timestamp = CatalogTimestamp(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "Invalid date: expected UTC in the years 1970 to 2099, such as 2026-03-01T09:30:00Z.")
        }
        self = timestamp
    }

    /// Encodes the timestamp as a string, its ``description``.
    ///
    /// - Parameter encoder: The encoder to write to.
    /// - Throws: Any error of the encoder.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension KeyedEncodingContainer {
    /// Encodes a date as a timestamp, whatever the encoder's strategy for dates.
    mutating func encode(timestamp date: Date?, forKey key: Key) throws {
        guard let date else { return }
        guard let timestamp = CatalogTimestamp(date) else {
            throw EncodingError.invalidValue(
                date,
                .init(
                    codingPath: codingPath + [key],
                    debugDescription: "Invalid date: expected a date in the years 1970 to 2099."))
        }
        try encode(timestamp, forKey: key)
    }
}

/// A reader of digits and separators from the front of a string.
private struct TimestampReader {
    private(set) var bytes: ArraySlice<UInt8>

    init(bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    mutating func readNumber(_ width: Int) -> Int64? {
        guard bytes.count >= width else { return nil }
        var number: Int64 = 0
        for byte in bytes.prefix(width) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        bytes = bytes.dropFirst(width)
        return number
    }

    mutating func skip(_ separator: Unicode.Scalar) -> Bool {
        guard bytes.first == UInt8(ascii: separator) else { return false }
        bytes = bytes.dropFirst()
        return true
    }

    /// Reads the microseconds: zero without a point, otherwise one to six digits.
    mutating func readFraction() -> Int64? {
        guard skip(".") else { return 0 }
        let width = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        guard (1...6).contains(width), let digits = readNumber(width) else { return nil }
        return (width..<6).reduce(digits) { number, _ in number * 10 }
    }
}
