#if Delivery
import NIOCore
import R2Kit
import R2Storage
import VideoCatalog
import VideoDelivery

private struct User: Sendable {
    let id: String
    let courseSessions: [CourseSessionID]
}

private struct UserStore: Sendable {
    func find(_ identifier: String) async throws -> User? { nil }
}

private struct Enrollments: PlaybackAuthorization {
    let users: UserStore

    func mayPlay(_ video: Video, viewer: User) async throws -> Bool {
        video.visibility == .public || viewer.courseSessions.contains { $0 == video.sessionID }
    }
    func identifier(of viewer: User) -> String { viewer.id }
    func viewer(withIdentifier identifier: String) async throws -> User? { try await users.find(identifier) }
}

/// The Swift code of the guide to playback and of the documentation comments, each example exactly as there.
///
/// The examples need a bucket, so they are compiled but not run.
private struct PlaybackExamples {
    private let catalog: InMemoryVideoRepository
    private let client: R2Client
    private let presigner: R2Presigner
    private let users = UserStore()
    private let user: User
    private let id: Video.ID
    private let key: ObjectKey
    private let secret: [UInt8]
    private let ruleSecret: String
    private let token: String
    private let bytes: [UInt8]

    func file() async throws {
        let playback = try VideoPlayback(
            catalog: catalog, client: client, authorization: Enrollments(users: users))
        let video = try await playback.playback(for: id, viewer: user)  // url, expiresAt, cacheKey and contentType
        _ = video
    }

    func stream() async throws {
        let playlists = PlaylistDelivery(
            routes: PlaybackRoutes(base: "https://app.example.com/play"),
            tokens: try PlaylistTokenSigner(secret: secret))  // at least 32 random bytes
        let playback = try VideoPlayback(
            catalog: catalog, client: client, authorization: Enrollments(users: users), playlists: playlists)
        let stream = try await playback.playback(for: id, rendition: "hls", viewer: user)
        _ = stream
    }

    func routes(_ playback: VideoPlayback<User>) async throws {
        let playlist = try await playback.playlist(token: token)
        try await send(playlist.body, type: playlist.contentType, cacheControl: playlist.cacheControl)

        let redirect = try await playback.segmentRedirect(token: token)  // and keyRedirect(token:) for keys
        try await sendRedirect(to: redirect.url)  // status 302, Cache-Control: no-store
    }

    func edge() throws {
        let edge = EdgeDelivery(
            origin: "https://media.example.com", signer: try EdgeTokenSigner(secret: ruleSecret),
            timeToLive: .seconds(36_000))  // as in the rule
        let playback = try VideoPlayback(
            catalog: catalog, client: client, authorization: Enrollments(users: users),
            options: PlaybackOptions(edge: edge))
        _ = playback
    }

    func rewriting() throws {
        let links = PresignedPlaylistLinks(presigner: presigner) { "/playlists/\($0)" }
        var rewriter = PlaylistRewriter(playlist: key, scope: try PlaylistScope(["videos/42/"]), links: links)
        var text = try rewriter.rewrite(bytes)
        text += try rewriter.finish()
    }

    private func send(
        _ body: some AsyncSequence<ByteBuffer, any Error> & Sendable, type: String, cacheControl: String
    ) async throws {}

    private func sendRedirect(to url: String) async throws {}
}
#endif
