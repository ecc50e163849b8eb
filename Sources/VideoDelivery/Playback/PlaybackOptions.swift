#if Delivery
public import R2Kit
internal import VideoCatalog

/// Lifetimes of playback URLs, and where they point.
public struct PlaybackOptions: Sendable {
    /// The factor by which a video's duration is multiplied, for viewers who watch parts of it again.
    public var durationFactor: Double
    /// The time that is added for pauses.
    ///
    /// A player that continues after a longer pause gets status 403 and needs a new URL.
    public var pauseAllowance: Duration
    /// The duration of videos whose row has none.
    public var assumedDuration: Duration
    /// A span of time within which a viewer gets the same URL, so that players and browsers recognize the file.
    ///
    /// URLs then live up to one window longer. Live playlists need one. Edge tokens are issued at the window's start,
    /// so their time to live must be longer.
    public var signingWindow: SigningWindow?
    /// The lifetime of the URLs of ``VideoPlayback/segmentRedirect(token:)`` and ``VideoPlayback/keyRedirect(token:)``.
    ///
    /// It has to last for one request. A player that follows the redirect again for another range gets a new one.
    public var redirectLifetime: Duration
    /// The custom domain that serves the files, or `nil` for presigned URLs of R2.
    public var edge: EdgeDelivery?

    /// Creates options.
    ///
    /// By default, URLs live for twice the video's duration and four hours, at most seven days.
    /// - Parameters:
    ///   - durationFactor: The factor by which a video's duration is multiplied.
    ///   - pauseAllowance: The time that is added for pauses.
    ///   - assumedDuration: The duration of videos whose row has none.
    ///   - signingWindow: A span of time within which a viewer gets the same URL.
    ///   - redirectLifetime: The lifetime of URLs that replace a route of your app.
    ///   - edge: The custom domain that serves the files, or `nil` for presigned URLs of R2.
    public init(
        durationFactor: Double = 2, pauseAllowance: Duration = .seconds(4 * 3600),
        assumedDuration: Duration = .seconds(4 * 3600), signingWindow: SigningWindow? = nil,
        redirectLifetime: Duration = .seconds(60), edge: EdgeDelivery? = nil
    ) {
        self.durationFactor = durationFactor
        self.pauseAllowance = pauseAllowance
        self.assumedDuration = assumedDuration
        self.signingWindow = signingWindow
        self.redirectLifetime = redirectLifetime
        self.edge = edge
    }
}

extension PlaybackOptions {
    /// Seven days in seconds, which is the longest lifetime of a presigned URL.
    private static let maximumSeconds = 604_800.0

    /// Returns the lifetime of the URLs of a video with a duration in seconds, or without one.
    ///
    /// Together with the signing window it's at most seven days.
    func lifetime(duration: Double?) -> Duration {
        let known = duration.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        let wanted = (known ?? assumedDuration / .seconds(1)) * durationFactor + pauseAllowance / .seconds(1)
        let maximum = Self.maximumSeconds - (signingWindow.map { $0.duration / .seconds(1) } ?? 0)
        // A factor of infinity times a duration of zero isn't a number, and isn't above the maximum.
        let seconds = wanted.isNaN ? maximum : min(max(wanted.rounded(.up), 1), maximum)
        return .seconds(Int64(seconds))
    }
}
#endif
