#if Delivery
public import VideoCatalog

/// Your app's decision about who may upload, see and change videos.
///
/// Nothing is allowed by default. Two decisions are made elsewhere: `UploadAuthorization` decides who may manage the
/// upload of a video, and `PlaybackAuthorization` decides who may play one.
///
/// ```swift
/// struct Classroom: EndpointAuthorization {
///     func userID(of caller: User) -> UserID { UserID(caller.id) }
///     func mayUpload(to sessionID: CourseSessionID?, caller: User) -> Bool {
///         sessionID.map(caller.sessions.contains) ?? false
///     }
///     func may(_ action: VideoAction, _ video: Video, caller: User) -> Bool {
///         switch action {
///         case .read: video.uploadedBy == userID(of: caller) || caller.isTeacher
///         case .edit, .delete, .restore: video.uploadedBy == userID(of: caller)
///         default: false
///         }
///     }
///     func scope(of query: VideoQuery, caller: User) -> VideoQuery? {
///         var query = query
///         if !caller.isTeacher { query.uploadedBy = userID(of: caller) }
///         return query
///     }
/// }
/// ```
///
/// Errors that a method throws result in a response with status 500, and an ``EndpointProblem`` in the problem's own
/// response.
public protocol EndpointAuthorization<Caller>: Sendable {
    /// Your app's type for an authenticated person or program.
    associatedtype Caller: Sendable

    /// Returns the identifier of a caller, under which the catalog stores uploads.
    ///
    /// - Parameter caller: The caller.
    /// - Returns: A string that isn't empty and belongs to this caller alone.
    func userID(of caller: Caller) -> UserID

    /// Returns a Boolean value that indicates whether a caller may add videos to a session.
    ///
    /// It's also asked before a video is moved to another session.
    /// - Parameters:
    ///   - sessionID: The course session, or `nil` for a video without one.
    ///   - caller: The caller.
    /// - Returns: `true` to allow it.
    /// - Throws: Any error of your app.
    func mayUpload(to sessionID: CourseSessionID?, caller: Caller) async throws -> Bool

    /// Returns the limits for a caller's uploads, or `nil` for those of the policy.
    ///
    /// - Parameter caller: The caller.
    /// - Returns: The limits. The default is `nil`.
    /// - Throws: Any error of your app.
    func uploadLimits(of caller: Caller) async throws -> UploadLimits?

    /// Returns a Boolean value that indicates whether a caller may perform an action on a video.
    ///
    /// A caller who may not even read a video gets the same response as for one that doesn't exist.
    /// - Parameters:
    ///   - action: The action. Return `false` for those that you don't know.
    ///   - video: The video, which may be deleted.
    ///   - caller: The caller.
    /// - Returns: `true` to allow it.
    /// - Throws: Any error of your app.
    func may(_ action: VideoAction, _ video: Video, caller: Caller) async throws -> Bool

    /// Returns a query that finds only videos that a caller may read.
    ///
    /// The response lists every video that the query finds.
    /// - Parameters:
    ///   - query: The caller's own conditions. `deletion` may ask for deleted videos.
    ///   - caller: The caller.
    /// - Returns: The query with further conditions, or `nil` to refuse the list.
    /// - Throws: Any error of your app.
    func scope(of query: VideoQuery, caller: Caller) async throws -> VideoQuery?
}

extension EndpointAuthorization {
    /// Returns `nil`, so that the limits of the policy apply.
    ///
    /// - Parameter caller: The caller.
    /// - Returns: `nil`.
    /// - Throws: Nothing. Implementations of your app may throw.
    public func uploadLimits(of caller: Caller) async throws -> UploadLimits? { nil }
}

/// An action on a video that your app allows or refuses.
///
/// An open set: later versions may add actions.
public struct VideoAction: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
    /// The stable name of the action, such as `read`.
    public let rawValue: String

    /// Creates an action from its name.
    ///
    /// - Parameter rawValue: A name in the form of the others.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The stable name of the action.
    public var description: String { rawValue }

    /// To see a video's title, state and other properties.
    public static let read = VideoAction(rawValue: "read")
    /// To change a video's title and other properties.
    public static let edit = VideoAction(rawValue: "edit")
    /// To delete a video so that it can be restored.
    public static let delete = VideoAction(rawValue: "delete")
    /// To restore a deleted video.
    public static let restore = VideoAction(rawValue: "restore")
}
#endif
