#if Delivery
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A video as clients see it.
///
/// Object keys, upload identifiers, ETags and metadata stay on the server.
struct VideoResource: Encodable, Sendable, Hashable {
    let id: Video.ID
    let title: String
    let description: String?
    let sessionID: CourseSessionID?
    let uploadedBy: UserID
    let contentType: String?
    let byteSize: Int64?
    let duration: Double?
    let width: Int?
    let height: Int?
    let frameRate: Double?
    let tags: [String]
    /// A URL of the thumbnail that is valid for an hour or more.
    let thumbnailURL: String?
    /// The kinds of the renditions, such as `hls`.
    let renditions: [String]
    let visibility: Video.Visibility
    let state: String
    /// The reason of the state `failed`.
    let failure: String?
    /// A Boolean value that indicates whether a new file is on its way.
    let hasReplacement: Bool
    let version: Int
    let createdAt: Date
    let updatedAt: Date
    let readyAt: Date?
    let deletedAt: Date?

    init(_ video: Video, thumbnailURL: String? = nil) {
        self.thumbnailURL = thumbnailURL
        id = video.id
        title = video.title
        description = video.description
        sessionID = video.sessionID
        uploadedBy = video.uploadedBy
        contentType = video.contentType
        byteSize = video.byteSize
        duration = video.duration
        width = video.width
        height = video.height
        frameRate = video.frameRate
        tags = video.tags
        renditions = video.renditions.map(\.kind)
        visibility = video.visibility
        state = video.state.kind.rawValue
        failure = video.state.failureReason
        hasReplacement = video.replacement != nil
        version = video.version
        createdAt = video.createdAt
        updatedAt = video.updatedAt
        readyAt = video.readyAt
        deletedAt = video.deletedAt
    }
}

/// A page of a list of videos.
struct VideoPageResource: Encodable {
    let videos: [VideoResource]
    /// The cursor for the next page, or `nil` on the last one.
    let next: VideoCursor?
    /// The number of videos on this page that the server can't read.
    let unreadable: Int?

    init(_ page: VideoPage, _ resource: (Video) -> VideoResource) {
        videos = page.videos.map(resource)
        next = page.next
        unreadable = page.unreadable.isEmpty ? nil : page.unreadable.count
    }
}
#endif
