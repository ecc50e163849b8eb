internal import R2KitSupport
internal import SigV4

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The lifetimes that presigned URLs and temporary credentials can have.
///
/// Source: R2 "Presigned URLs". The upper end is Signature Version 4's own.
enum URLLifetime {
    /// One second to seven days, in seconds.
    static let seconds = 1...Int(Signer.maximumLifetime.components.seconds)
    static let uploadDefault = Duration.seconds(900)
    static let playbackDefault = Duration.seconds(3600)

    static let rule = "a whole number of seconds from 1 to 604,800 (seven days)"

    /// Returns a lifetime's seconds.
    /// - Parameters:
    ///   - lifetime: The lifetime.
    ///   - subject: The lifetime's name in the error message.
    /// - Returns: The whole seconds, from 1 to 604,800.
    /// - Throws: ``R2ValidationError`` with the code `invalidLifetime`.
    static func seconds(_ lifetime: Duration, of subject: String = "a URL") throws(R2ValidationError) -> Int {
        let (whole, fraction) = lifetime.components
        guard fraction == 0, let seconds = Int(exactly: whole), Self.seconds.contains(seconds) else {
            throw R2ValidationError(.invalidLifetime, "Invalid lifetime of \(subject): expected \(rule).")
        }
        return seconds
    }
}

/// The dates for which R2 accepts signatures, which have years of four digits.
enum SigningDate {
    /// Returns the whole seconds since 1970 at a date.
    /// - Parameters:
    ///   - date: The date.
    ///   - subject: What is made at the date, in the error's message.
    /// - Returns: The seconds.
    /// - Throws: ``R2ValidationError`` with the code `invalidTime` if the year is before 1970 or after 9999.
    static func seconds(of date: Date, _ subject: String = "signing") throws(R2ValidationError) -> Int64 {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        guard seconds >= 0, seconds <= Double(CivilDate.signableYears.upperBound) else {
            throw R2ValidationError(
                .invalidTime, "Invalid date of \(subject): expected a date in the years 1970 to 9999.")
        }
        return Int64(seconds)
    }
}
