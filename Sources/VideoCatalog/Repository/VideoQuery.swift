#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Which videos to list, and in which order.
///
/// A video must meet every condition that is not `nil`. Without conditions it is every live video.
public struct VideoQuery: Sendable, Hashable {
    /// The order of a list: by ``Video/createdAt``, then by identifier.
    ///
    /// Neither ever changes.
    public enum Order: String, Sendable, Hashable, CaseIterable {
        /// The newest first.
        case newestFirst
        /// The oldest first.
        case oldestFirst
    }

    /// Whether deleted videos are asked for.
    public enum DeletionFilter: String, Sendable, Hashable, CaseIterable {
        /// Live videos only.
        case live
        /// Deleted videos only.
        case deleted
        /// Both.
        case any
    }

    /// Videos of one of these sessions; up to 1,000.
    public var sessionIDs: Set<CourseSessionID>?
    /// Videos that this user uploaded.
    public var uploadedBy: UserID?
    /// Videos in one of these states.
    public var states: Set<Video.State.Kind>?
    /// Videos with one of these visibilities; up to 1,000.
    public var visibilities: Set<Video.Visibility>?
    /// Videos with all of these tags; up to 50.
    public var tags: [String]
    /// Videos created at this instant or later.
    public var createdFrom: Date?
    /// Videos created before this instant.
    public var createdBefore: Date?
    /// Videos whose title contains this text, regardless of case; see ``RepositorySupport/title(_:contains:)``.
    public var titleContains: String?
    /// Videos whose upload had to happen by this instant: those with an ``Video/uploadExpiresAt`` that is not later.
    public var uploadExpiresBy: Date?
    /// Whether deleted videos are asked for.
    public var deletion: DeletionFilter
    /// The order of the list.
    public var order: Order

    /// Asks for videos.
    ///
    /// - Parameters:
    ///   - sessionIDs: One of these sessions.
    ///   - uploadedBy: Uploaded by this user.
    ///   - states: In one of these states.
    ///   - visibilities: With one of these visibilities.
    ///   - tags: With all of these tags.
    ///   - createdFrom: Created at this instant or later.
    ///   - createdBefore: Created before this instant.
    ///   - titleContains: With this text in the title.
    ///   - uploadExpiresBy: Whose upload had to happen by this instant.
    ///   - deletion: Live ones, deleted ones or both.
    ///   - order: The order.
    public init(
        sessionIDs: Set<CourseSessionID>? = nil, uploadedBy: UserID? = nil, states: Set<Video.State.Kind>? = nil,
        visibilities: Set<Video.Visibility>? = nil, tags: [String] = [], createdFrom: Date? = nil,
        createdBefore: Date? = nil, titleContains: String? = nil, uploadExpiresBy: Date? = nil,
        deletion: DeletionFilter = .live, order: Order = .newestFirst
    ) {
        self.sessionIDs = sessionIDs
        self.uploadedBy = uploadedBy
        self.states = states
        self.visibilities = visibilities
        self.tags = tags
        self.createdFrom = createdFrom
        self.createdBefore = createdBefore
        self.titleContains = titleContains
        self.uploadExpiresBy = uploadExpiresBy
        self.deletion = deletion
        self.order = order
    }

    /// Asks for the videos of one session.
    ///
    /// - Parameters:
    ///   - sessionID: The session.
    ///   - states: In one of these states; `nil` for all.
    ///   - order: The order.
    public init(sessionID: CourseSessionID, states: Set<Video.State.Kind>? = nil, order: Order = .newestFirst) {
        self.init(sessionIDs: [sessionID], states: states, order: order)
    }
}
