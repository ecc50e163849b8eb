/// A span of time within which the same call returns the same URL.
///
/// A presigned URL contains the second at which it was signed, so that every call returns another one, and no player,
/// browser or cache recognizes the video again. With a window, the URL is signed as of the window's start, and its
/// lifetime is one window longer. It lives at least as long as requested, and at most one window longer.
public struct SigningWindow: Sendable, Hashable, CustomStringConvertible {
    /// The window's length.
    public var duration: Duration { .seconds(seconds) }
    /// The window's length, in seconds.
    let seconds: Int

    /// Five minutes.
    public static let fiveMinutes = SigningWindow(checked: 300)
    /// One hour.
    public static let hour = SigningWindow(checked: 3600)

    /// Creates a window.
    ///
    /// Windows start at multiples of their length, counted from 1970.
    /// - Parameter duration: The length: whole seconds from 1 to 604,799, so that a lifetime of at least a second is
    ///   left.
    /// - Throws: ``R2ValidationError`` with the code `invalidLifetime`.
    public init(_ duration: Duration) throws(R2ValidationError) {
        let (whole, fraction) = duration.components
        guard fraction == 0, (1..<Int64(URLLifetime.seconds.upperBound)).contains(whole) else {
            throw R2ValidationError(
                .invalidLifetime,
                "Invalid signing window: expected a whole number of seconds from 1 to 604799, not \(duration).")
        }
        seconds = Int(whole)
    }

    private init(checked seconds: Int) { self.seconds = seconds }

    /// The seconds, such as `300 s`.
    public var description: String { "\(seconds) s" }
}
