#if Delivery
public import VideoCatalog

/// Your app's decision about who may play a video.
///
/// ``VideoPlayback`` asks before it issues a URL, and again for every playlist, segment and key that it serves by a
/// token. There is no default.
///
/// ```swift
/// struct Enrollments: PlaybackAuthorization {
///     let users: UserStore
///
///     func mayPlay(_ video: Video, viewer: User) async throws -> Bool {
///         video.visibility == .public || viewer.courseSessions.contains { $0 == video.sessionID }
///     }
///     func identifier(of viewer: User) -> String { viewer.id }
///     func viewer(withIdentifier identifier: String) async throws -> User? { try await users.find(identifier) }
/// }
/// ```
public protocol PlaybackAuthorization<Viewer>: Sendable {
    /// Your app's type for a person, a session or a device.
    associatedtype Viewer: Sendable

    /// Returns a Boolean value that indicates whether a viewer may play a video now.
    /// - Parameters:
    ///   - video: The video, in any state.
    ///   - viewer: The viewer.
    /// - Returns: `true` to allow the playback.
    /// - Throws: Any error of your app, which the call in progress throws.
    func mayPlay(_ video: Video, viewer: Viewer) async throws -> Bool

    /// Returns the string that identifies a viewer in tokens.
    ///
    /// The viewer can read it: tokens are signed, but not encrypted.
    /// - Parameter viewer: The viewer.
    /// - Returns: At most 255 bytes of UTF-8, which may be empty for an anonymous viewer.
    func identifier(of viewer: Viewer) -> String

    /// Returns the viewer whom a genuine token identifies.
    ///
    /// A player's request for a part of a stream often has no other sign of who it's for: players drop headers and
    /// cookies.
    /// - Parameter identifier: A string that ``identifier(of:)`` returned.
    /// - Returns: The viewer, or `nil` if there is no such viewer anymore.
    /// - Throws: Any error of your app, which the call in progress throws.
    func viewer(withIdentifier identifier: String) async throws -> Viewer?
}
#endif
