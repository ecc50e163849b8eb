/// How long a presigned URL is valid: 1 second to 7 days.
///
/// Nothing is clamped: a lifetime outside that range is refused. Source: R2 "Presigned URLs"; the upper end is
/// Signature Version 4's own.
public struct URLLifetime: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The lifetime in seconds, from 1 to 604,800.
    public let seconds: Int

    /// One second.
    public static let shortest = URLLifetime(checked: 1)
    /// Seven days.
    public static let longest = URLLifetime(checked: 604_800)

    /// Takes seconds, from 1 to 604,800.
    /// - Throws: ``R2KitError`` with the code `invalidLifetime`.
    public init(seconds: Int) throws(R2KitError) {
        guard (1...604_800).contains(seconds) else {
            throw R2KitError(
                .invalidLifetime,
                "a presigned URL lives 1 to 604800 seconds (seven days, Signature Version 4's limit), not \(seconds)")
        }
        self.seconds = seconds
    }

    /// Takes a duration of whole seconds, such as `.seconds(900)`.
    /// - Throws: ``R2KitError`` with the code `invalidLifetime`.
    public init(_ duration: Duration) throws(R2KitError) {
        let (seconds, fraction) = duration.components
        guard fraction == 0, let whole = Int(exactly: seconds) else {
            throw R2KitError(.invalidLifetime, "a presigned URL lives a whole number of seconds, from 1 to 604800")
        }
        try self.init(seconds: whole)
    }

    /// That many minutes, from 1 to 10,080.
    /// - Throws: ``R2KitError`` with the code `invalidLifetime`.
    public static func minutes(_ minutes: Int) throws(R2KitError) -> URLLifetime { try multiple(minutes, of: 60) }

    /// That many hours, from 1 to 168.
    /// - Throws: ``R2KitError`` with the code `invalidLifetime`.
    public static func hours(_ hours: Int) throws(R2KitError) -> URLLifetime { try multiple(hours, of: 3600) }

    /// That many days, from 1 to 7.
    /// - Throws: ``R2KitError`` with the code `invalidLifetime`.
    public static func days(_ days: Int) throws(R2KitError) -> URLLifetime { try multiple(days, of: 86_400) }

    private static func multiple(_ count: Int, of unit: Int) throws(R2KitError) -> URLLifetime {
        let (seconds, isTooMany) = count.multipliedReportingOverflow(by: unit)
        return try URLLifetime(seconds: isTooMany ? Int.max : seconds)
    }

    private init(checked seconds: Int) { self.seconds = seconds }

    static let uploadDefault = URLLifetime(checked: 900)
    static let playbackDefault = URLLifetime(checked: 3600)

    /// Compares the seconds.
    public static func < (first: URLLifetime, second: URLLifetime) -> Bool { first.seconds < second.seconds }

    /// The seconds, such as `900 s`.
    public var description: String { "\(seconds) s" }
}
