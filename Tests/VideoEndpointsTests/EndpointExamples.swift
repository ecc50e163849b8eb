#if Delivery
import HTTPTypes
import Logging
import NIOCore
import R2Storage
import VideoCatalog
import VideoDelivery
import VideoEndpoints

#if Emulator
import Hummingbird
#endif

private struct User: Sendable {
    let id: Int
    let sessions: [CourseSessionID]
    let isTeacher: Bool
}

private struct Classroom: EndpointAuthorization {
    func userID(of caller: User) -> UserID { UserID(caller.id) }
    func mayUpload(to sessionID: CourseSessionID?, caller: User) -> Bool {
        sessionID.map(caller.sessions.contains) ?? false
    }
    func may(_ action: VideoAction, _ video: Video, caller: User) -> Bool {
        switch action {
        case .read: video.uploadedBy == userID(of: caller) || caller.isTeacher
        case .edit, .delete, .restore: video.uploadedBy == userID(of: caller)
        default: false
        }
    }
    func scope(of query: VideoQuery, caller: User) -> VideoQuery? {
        var query = query
        if !caller.isTeacher { query.uploadedBy = userID(of: caller) }
        return query
    }
}

extension Classroom: PlaybackAuthorization {
    func mayPlay(_ video: Video, viewer: User) -> Bool { may(.read, video, caller: viewer) }
    func identifier(of viewer: User) -> String { "\(viewer.id)" }
    func viewer(withIdentifier identifier: String) -> User? { nil }
}

/// The Swift code of the guide to the endpoints and of the documentation comments, each example exactly as there.
///
/// The examples need a bucket, so they are compiled but not run.
private struct EndpointExamples {
    private let catalog: InMemoryVideoRepository
    private let client: R2Client
    private let logger: Logger
    private let tokens: PlaylistTokenSigner
    private let classroom: Classroom

    func setUp() throws {
        let options = EndpointOptions(prefix: "/api")
        let endpoints = try VideoEndpoints(
            uploads: try VideoUploads(catalog: catalog, client: client),
            playback: try VideoPlayback(
                catalog: catalog, client: client, authorization: classroom,
                playlists: PlaylistDelivery(routes: options.playbackRoutes, tokens: tokens)),
            client: client, authorization: classroom, options: options, logger: logger)
        _ = endpoints
    }

    func respond(
        _ uploads: VideoUploads, _ playback: VideoPlayback<User>, _ head: HTTPRequest, _ body: AsyncStream<ByteBuffer>,
        _ user: User
    ) async throws {
        let endpoints = try VideoEndpoints(
            uploads: uploads, playback: playback, client: client, authorization: Classroom())
        let response = await endpoints.respond(to: head, body: body, caller: user)
        _ = response
    }
}

#if Emulator
private struct AppContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    var user: User?

    init(source: ApplicationRequestContextSource) { coreContext = .init(source: source) }
}

private struct EndpointsResponder: HTTPResponder {
    let endpoints: VideoEndpoints<User>

    func respond(to request: Request, context: AppContext) async throws -> Response {
        let response = await endpoints.respond(to: request.head, body: request.body, caller: context.user)
        let body =
            response.body.buffer.map { ResponseBody(byteBuffer: $0) }
            ?? ResponseBody(asyncSequence: response.body)
        return Response(status: response.head.status, headers: response.head.headerFields, body: body)
    }
}
#endif
#endif
