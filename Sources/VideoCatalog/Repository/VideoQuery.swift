#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The conditions and the order of a list of videos.
///
/// A video must meet every condition that isn't `nil`. A query without conditions finds every live video.
public struct VideoQuery: Sendable, Hashable {
    /// The order of a list: by ``Video/createdAt``, then by identifier.
    ///
    /// Neither ever changes.
    public enum Order: String, Sendable, Hashable, Codable, CaseIterable {
        /// The newest video first.
        case newestFirst
        /// The oldest video first.
        case oldestFirst
    }

    /// The live videos, the deleted ones or both.
    public enum DeletionFilter: String, Sendable, Hashable, Codable, CaseIterable {
        /// Live videos only.
        case live
        /// Deleted videos only.
        case deleted
        /// Live and deleted videos.
        case any
    }

    /// The sessions of which a video must belong to one, at most 1,000.
    public var sessionIDs: Set<CourseSessionID>?
    /// The user who must have uploaded the video.
    public var uploadedBy: UserID?
    /// The states of which a video must have one.
    public var states: Set<Video.State.Kind>?
    /// The visibilities of which a video must have one, at most 1,000.
    public var visibilities: Set<Video.Visibility>?
    /// The tags that a video must all have, at most 50.
    public var tags: [String]
    /// The date at or after which a video must have been created.
    public var createdFrom: Date?
    /// The date before which a video must have been created.
    public var createdBefore: Date?
    /// The string that the title must contain, regardless of case and composition.
    ///
    /// See ``RepositorySupport/title(_:contains:)``.
    public var titleContains: String?
    /// The date at or before which ``Video/uploadExpiresAt`` must be.
    ///
    /// Videos without that field don't match.
    public var uploadExpiresBy: Date?
    /// The live videos, the deleted ones or both.
    public var deletion: DeletionFilter
    /// The order of the list.
    public var order: Order

    /// Creates a query.
    ///
    /// - Parameters:
    ///   - sessionIDs: See ``sessionIDs``.
    ///   - uploadedBy: See ``uploadedBy``.
    ///   - states: See ``states``.
    ///   - visibilities: See ``visibilities``.
    ///   - tags: See ``tags``.
    ///   - createdFrom: See ``createdFrom``.
    ///   - createdBefore: See ``createdBefore``.
    ///   - titleContains: See ``titleContains``.
    ///   - uploadExpiresBy: See ``uploadExpiresBy``.
    ///   - deletion: See ``deletion``.
    ///   - order: See ``order``.
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

    /// Creates a query for the live videos of one session.
    ///
    /// - Parameters:
    ///   - sessionID: The session.
    ///   - states: The states of which a video must have one, or `nil` for all.
    ///   - order: The order of the list.
    public init(sessionID: CourseSessionID, states: Set<Video.State.Kind>? = nil, order: Order = .newestFirst) {
        self.init(sessionIDs: [sessionID], states: states, order: order)
    }
}
