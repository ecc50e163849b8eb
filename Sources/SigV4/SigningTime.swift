internal import R2KitSupport

/// The time at which a request is signed, to the second, in UTC.
public struct SigningTime: Sendable, Hashable {
    /// The seconds since 1970-01-01T00:00:00Z, without leap seconds.
    public let secondsSinceEpoch: Int64

    /// Creates a time from Unix time.
    /// - Parameter secondsSinceEpoch: The seconds, from 0 to 253,402,300,799 (the end of the year 9999).
    /// - Throws: ``SigningError`` with the code `invalidTime` if the seconds are outside that range.
    public init(secondsSinceEpoch: Int64) throws(SigningError) {
        guard CivilDate.signableYears.contains(secondsSinceEpoch) else {
            throw SigningError(.invalidTime, "Invalid signing time: expected a time in the years 1970 to 9999 (UTC).")
        }
        self.secondsSinceEpoch = secondsSinceEpoch
    }

    /// The days since 1970-01-01.
    ///
    /// Signing keys are derived for one day.
    var day: Int64 { secondsSinceEpoch / 86_400 }

    /// The date in the credential scope, such as `20150830`.
    public var date: String { String(timestamp.prefix(8)) }

    /// The value of `X-Amz-Date`, such as `20150830T123600Z`.
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
    /// Appends `20150830`.
    mutating func appendDate(_ time: SigningTime) {
        let date = CivilDate(daysSinceEpoch: Int(time.day))
        appendTwoDigits(date.year / 100)
        appendTwoDigits(date.year % 100)
        appendTwoDigits(date.month)
        appendTwoDigits(date.day)
    }

    /// Appends `20150830T123600Z`.
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

/// The scope of a signing key: one day, one region and one service.
public struct CredentialScope: Sendable, Hashable {
    /// The day, such as `20150830`.
    public let date: String
    /// The region, such as `us-east-1`, or `auto` for R2.
    public let region: String
    /// The service, such as `s3`.
    public let service: String

    /// Creates the scope of a request.
    /// - Parameters:
    ///   - time: The time at which the request is signed.
    ///   - region: The region.
    ///   - service: The service.
    public init(time: SigningTime, region: String, service: String) {
        self.date = time.date
        self.region = region
        self.service = service
    }
}

extension CredentialScope: CustomStringConvertible {
    /// The scope as requests contain it, such as `20150830/us-east-1/s3/aws4_request`.
    public var description: String { "\(date)/\(region)/\(service)/aws4_request" }
}
