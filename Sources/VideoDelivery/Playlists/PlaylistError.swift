#if Delivery
/// An error in an HLS playlist, or in a URL that your app makes for one.
///
/// The message says what to change. It contains no URI of the playlist and no signature.
public struct PlaylistError: Error, Sendable, Hashable {
    /// A kind of problem.
    ///
    /// An open set: later versions may add problems.
    public struct Problem: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The problem's stable name, such as `outsideVideo`.
        public let rawValue: String

        /// Creates a problem with a name.
        /// - Parameter rawValue: The stable name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The stable name.
        public var description: String { rawValue }
    }

    /// The kind of problem.
    public let problem: Problem
    /// A sentence that says what was expected and what to do.
    public let message: String
    /// The number of the line, starting at 1, or `nil` if the problem isn't in one line.
    public let line: Int?
    /// The name of the tag, such as `EXT-X-KEY`, or `nil` if the line isn't a tag.
    public let tag: String?

    /// Creates an error.
    /// - Parameters:
    ///   - problem: The kind of problem.
    ///   - message: A sentence that says what was expected and what to do.
    ///   - line: The number of the line, starting at 1, or `nil` if the problem isn't in one line.
    ///   - tag: The name of the tag, or `nil` if the line isn't a tag.
    public init(_ problem: Problem, _ message: String, line: Int? = nil, tag: String? = nil) {
        self.problem = problem
        self.message = message
        self.line = line
        self.tag = tag
    }

    /// Returns the error with its place.
    func at(line: Int, tag: String? = nil) -> PlaylistError {
        PlaylistError(problem, message, line: self.line ?? line, tag: self.tag ?? tag)
    }
}

extension PlaylistError: CustomStringConvertible {
    /// The message, after the line and the tag.
    public var description: String {
        let place = [line.map { "line \($0)" }, tag].compactMap(\.self).joined(separator: ", ")
        return place.isEmpty ? message : "Playlist, \(place): \(message)"
    }
}

extension PlaylistError.Problem {
    /// The text doesn't start with `#EXTM3U`.
    public static let notAPlaylist = Self(rawValue: "notAPlaylist")
    /// The playlist, or one of its lines, is longer than a limit.
    public static let tooLong = Self(rawValue: "tooLong")
    /// The text isn't UTF-8, or contains control characters or line separators other than LF and CRLF.
    public static let invalidText = Self(rawValue: "invalidText")
    /// A tag's attributes can't be read, or a URI has no tag that says what it is.
    public static let malformed = Self(rawValue: "malformed")
    /// The playlist has tags of media playlists and tags of multivariant playlists.
    public static let mixedKinds = Self(rawValue: "mixedKinds")
    /// A URI can't be resolved to an object's key.
    public static let invalidURI = Self(rawValue: "invalidURI")
    /// A URI resolves to an object outside the video's folder.
    public static let outsideVideo = Self(rawValue: "outsideVideo")
    /// A URI is absolute, and the options don't allow that.
    public static let absoluteURI = Self(rawValue: "absoluteURI")
    /// A relative URI is in an attribute that can't be rewritten.
    public static let unresolvableURI = Self(rawValue: "unresolvableURI")
    /// A tag or an attribute that isn't known seems to contain a URI.
    public static let unknownURI = Self(rawValue: "unknownURI")
    /// The playlist uses content steering, which could redirect signed URLs to another host.
    public static let contentSteering = Self(rawValue: "contentSteering")
    /// A variable isn't defined, or its value comes from outside the playlist.
    public static let variable = Self(rawValue: "variable")
    /// A URL can't be made for an object, or can't be written into a playlist.
    public static let link = Self(rawValue: "link")
}
#endif
