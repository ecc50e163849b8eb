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

/// The Swift code of the guide to the endpoints and of the documentation comments, each example exactly as there.
///
/// The examples need a bucket, so they are compiled but not run.
private enum EndpointExamples {
    struct User: Sendable {
        let id: Int
        let sessions: [CourseSessionID]
        let isTeacher: Bool
    }

    struct Classroom: EndpointAuthorization {
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

    struct Calls {
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
            _ uploads: VideoUploads, _ playback: VideoPlayback<User>, _ head: HTTPRequest,
            _ body: AsyncStream<ByteBuffer>,
            _ user: User
        ) async throws {
            let endpoints = try VideoEndpoints(
                uploads: uploads, playback: playback, client: client, authorization: Classroom())
            let response = await endpoints.respond(to: head, body: body, caller: user)
            _ = response
        }
    }

    #if Emulator
    struct AppContext: RequestContext {
        var coreContext: CoreRequestContextStorage
        var user: User?

        init(source: ApplicationRequestContextSource) { coreContext = .init(source: source) }
    }

    struct EndpointsResponder: HTTPResponder {
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
}

extension EndpointExamples.Classroom: PlaybackAuthorization {
    fileprivate func mayPlay(_ video: Video, viewer: EndpointExamples.User) -> Bool {
        may(.read, video, caller: viewer)
    }
    fileprivate func identifier(of viewer: EndpointExamples.User) -> String { "\(viewer.id)" }
    fileprivate func viewer(withIdentifier identifier: String) -> EndpointExamples.User? { nil }
}
#endif
