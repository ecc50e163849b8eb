/// The instant at which a request is signed, to the second, in UTC.
public struct SigningTime: Sendable, Hashable {
    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public let secondsSinceEpoch: Int64

    /// The last second that four digits of a year can name: 9999-12-31T23:59:59Z.
    static let last: Int64 = 253_402_300_799

    /// Takes Unix time.
    /// - Parameter secondsSinceEpoch: From 0 to 253,402,300,799 (the end of the year 9999).
    /// - Throws: ``SigningError`` with the code `invalidTime` outside that range.
    public init(secondsSinceEpoch: Int64) throws(SigningError) {
        guard (0...Self.last).contains(secondsSinceEpoch) else {
            throw SigningError(.invalidTime, "the signing time must lie in the years 1970 to 9999 (UTC)")
        }
        self.secondsSinceEpoch = secondsSinceEpoch
    }

    /// Days since 1970-01-01: signing keys are derived for one day.
    var day: Int64 { secondsSinceEpoch / 86_400 }

    /// `20150830`, the date of the credential scope.
    public var date: String { String(timestamp.prefix(8)) }

    /// `20150830T123600Z`, the form of `X-Amz-Date`.
    public var timestamp: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        bytes.appendTimestamp(self)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension SigningTime: CustomStringConvertible {
    /// The same as ``timestamp``.
    public var description: String { timestamp }
}

extension ByteSink {
    /// Writes `20150830`.
    mutating func appendDate(_ time: SigningTime) {
        let (year, month, day) = civilDate(daysSinceEpoch: Int(time.day))
        appendTwoDigits(year / 100)
        appendTwoDigits(year % 100)
        appendTwoDigits(month)
        appendTwoDigits(day)
    }

    /// Writes `20150830T123600Z`.
    mutating func appendTimestamp(_ time: SigningTime) {
        let second = Int(time.secondsSinceEpoch % 86_400)
        appendDate(time)
        append(UInt8(ascii: "T"))
        appendTwoDigits(second / 3600)
        appendTwoDigits(second / 60 % 60)
        appendTwoDigits(second % 60)
        append(UInt8(ascii: "Z"))
    }
}

/// The date in the Gregorian calendar of a day counted from 1970-01-01, for days from then on.
///
/// Years are counted from 1 March, so that a leap day is the last day of its year: then the month follows from the
/// day of the year by a straight line (153 days in every 5 months).
private func civilDate(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
    let days = daysSinceEpoch + 719_468  // from 0000-03-01
    let era = days / 146_097  // 400 years
    let dayOfEra = days % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, day)
}
