/// A span of time within which the same call gives the same URL.
///
/// A presigned URL holds the second at which it was signed, so that every call gives another one, and no player,
/// browser or cache recognises the video again. With a window, the URL is signed as of the window's beginning, and its
/// lifetime is made one window longer: it lives at least as long as asked for, and at most one window longer.
public struct SigningWindow: Sendable, Hashable, CustomStringConvertible {
    /// The window in seconds.
    public let seconds: Int

    /// Five minutes.
    public static let fiveMinutes = SigningWindow(checked: 300)
    /// One hour.
    public static let hour = SigningWindow(checked: 3600)

    /// Takes seconds.
    ///
    /// Windows begin at multiples of them, counted from 1970.
    /// - Parameter seconds: From 1 to 604,799, so that a lifetime of at least a second is left.
    /// - Throws: ``R2KitError`` with the code `invalidLifetime`.
    public init(seconds: Int) throws(R2KitError) {
        guard (1...604_799).contains(seconds) else {
            throw R2KitError(.invalidLifetime, "a signing window has 1 to 604799 seconds, not \(seconds)")
        }
        self.seconds = seconds
    }

    private init(checked seconds: Int) { self.seconds = seconds }

    /// The seconds, such as `300 s`.
    public var description: String { "\(seconds) s" }
}
