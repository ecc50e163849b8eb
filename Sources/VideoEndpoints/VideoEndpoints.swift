#if Delivery
public import HTTPTypes
public import Logging
public import NIOCore
public import R2Kit
public import R2Storage
public import VideoCatalog
public import VideoDelivery

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The workflow of videos over HTTP, for any web framework: uploads, the catalog and playback.
///
/// ```swift
/// let endpoints = try VideoEndpoints(
///     uploads: uploads, playback: playback, client: client, authorization: Classroom())
/// let response = await endpoints.respond(to: head, body: body, caller: user)
/// ```
///
/// Your app authenticates the caller and passes it as an argument. No cookie and no header is read for it.
/// `Docs/endpoints.md` has the routes, the codes of problems, and how to mount the endpoints.
///
/// A body is read at the pace at which it arrives. Your app's server limits the time for that.
public struct VideoEndpoints<Caller: Sendable>: Sendable {
    let uploads: VideoUploads
    let playback: VideoPlayback<Caller>
    let uppyUploads: VideoUploads?
    let client: R2Client
    let thumbnails: Thumbnails
    let authorization: any EndpointAuthorization<Caller>
    let options: EndpointOptions
    let logger: Logger?
    let clock: CatalogClock
    let limiter: SigningLimiter?
    let corsReader: CORSReader
    let router: Router

    /// Creates endpoints.
    ///
    /// - Parameters:
    ///   - uploads: The uploads. Their catalog is the one that the endpoints list and change.
    ///   - playback: The playback, whose viewers are the callers. For HLS streams, its routes are
    ///     ``EndpointOptions/playbackRoutes``.
    ///   - uppyUploads: The uploads for Uppy's `aws-s3` plugin, or `nil` for none. Uppy sends every file in parts, so
    ///     their `singleRequestLimit` must be zero. All other options must be those of `uploads`.
    ///   - client: The client that reads the bucket's CORS rules, for a look at why a browser's upload failed, the
    ///     lists of parts for Uppy, and thumbnails.
    ///   - presigner: The presigner of the URLs of thumbnails, or `nil` for one with the client's configuration.
    ///   - authorization: Your app's decision about who may do what.
    ///   - options: The path and the limits.
    ///   - logger: The logger for errors whose cause isn't the client, or `nil`.
    ///   - clock: The source of the current date.
    /// - Throws: A `VideoDeliveryError` with the code `invalidConfiguration` if an option isn't valid.
    public init(
        uploads: VideoUploads, playback: VideoPlayback<Caller>, uppyUploads: VideoUploads? = nil, client: R2Client,
        presigner: R2Presigner? = nil, authorization: any EndpointAuthorization<Caller>,
        options: EndpointOptions = EndpointOptions(), logger: Logger? = nil, clock: @escaping CatalogClock = { Date() }
    ) throws(VideoDeliveryError) {
        try options.check()
        if let uppyUploads {
            guard uppyUploads.options.singleRequestLimit == 0, uppyUploads.keys == uploads.keys else {
                throw VideoDeliveryError(
                    .invalidConfiguration,
                    "Invalid uploads for Uppy: the singleRequestLimit must be 0, because Uppy sends files in parts, and "
                        + "the key prefix must be the same as for other uploads.")
            }
        }
        self.uploads = uploads
        self.playback = playback
        self.uppyUploads = uppyUploads
        self.client = client
        thumbnails = Thumbnails(presigner: presigner ?? R2Presigner(client.config), keys: uploads.keys)
        self.authorization = authorization
        self.options = options
        self.logger = logger
        self.clock = clock
        limiter = options.signingLimit.map { SigningLimiter($0) }
        corsReader = CORSReader()
        router = Router(prefix: options.prefix, hasUppy: uppyUploads != nil)
    }

    /// Responds to a request.
    ///
    /// - Parameters:
    ///   - request: The request, with the path and the query exactly as they were received. A path that was decoded or
    ///     normalized before doesn't work.
    ///   - body: The body, of which at most 1 MiB is read (64 KiB without Uppy).
    ///   - caller: The authenticated caller, or `nil`. The routes for playlists, segments and keys by a token don't
    ///     need one.
    /// - Returns: The response. An error is a response, too: a problem as defined in RFC 9457.
    public func respond<Body: AsyncSequence>(
        to request: HTTPRequest, body: Body, caller: Caller?
    ) async -> EndpointResponse where Body.Element == ByteBuffer {
        var response: EndpointResponse
        var isS3 = false
        do {
            let target = try RequestTarget(request.path)
            let route = try router.route(target, method: request.method)
            if route.changesByGET { try Self.checkIsScripted(request.headerFields) }
            isS3 = route.isS3
            let identity = try caller.map { ($0, try Self.checked(authorization.userID(of: $0))) }
            if !route.isPublic, identity == nil { throw EndpointProblem.authenticationRequired }
            let content =
                if let type = route.bodyType {
                    try await JSONContent.read(body, request.headerFields, as: type, limit: route.bodyLimit)
                } else { JSONContent() }
            let call = Call(
                caller: identity?.0, user: identity?.1, query: target.query, content: content)
            response = try await self.response(to: route, call)
            if request.method == .head { try await response.measureBody() }
        } catch {
            response = failure(error, request, asS3: isS3)
        }
        if request.method == .head { response.body = .empty }
        return response
    }

    /// Checks that a script sent a request, and not a link, an image or a form of another page.
    ///
    /// Browsers send the header, and other clients don't.
    private static func checkIsScripted(_ fields: HTTPFields) throws(EndpointProblem) {
        let mode = HTTPField.Name("Sec-Fetch-Mode").flatMap { fields[$0] }
        guard mode == nil || mode == "cors" || mode == "same-origin" else {
            throw EndpointProblem(.forbidden, "Forbidden: this request starts an upload. Send it with fetch().")
        }
    }

    private static func checked(_ user: UserID) throws(EndpointProblem) -> UserID {
        // An empty name would make all callers without one the same user.
        guard !user.rawValue.isEmpty else { throw .authenticationRequired }
        return user
    }

    /// Returns the response to an error.
    private func failure(_ error: any Error, _ request: HTTPRequest, asS3 isS3: Bool) -> EndpointResponse {
        let problem = EndpointProblem(error)
        if problem.status >= 500, let logger {
            let path = request.path.map { String($0.prefix { $0 != "?" }) } ?? ""
            logger.error(
                "A request about videos failed.",
                metadata: [
                    "code": "\(problem.code)", "status": "\(problem.status)", "method": "\(request.method)",
                    // The paths below this one hold tokens.
                    "path": path.hasPrefix(options.playbackBase) ? "\(options.playbackBase)" : "\(path)",
                    "error": "\(error)",
                ])
        }
        var response =
            isS3
            ? EndpointResponse(s3Problem: problem)
            : EndpointResponse(problem: problem, typeBase: options.problemTypeBase)
        if problem.status == 401, let challenge = options.authenticationChallenge {
            response.head.headerFields[.wwwAuthenticate] = challenge
        }
        return response
    }
}

/// A request as the handlers see it.
struct Call<Caller: Sendable>: Sendable {
    let caller: Caller?
    let user: UserID?
    let query: RequestQuery
    let content: JSONContent

    /// The caller and the user's identifier, on routes that require them.
    func identity() throws(EndpointProblem) -> (caller: Caller, user: UserID) {
        guard let caller, let user else { throw .authenticationRequired }
        return (caller, user)
    }
}
#endif
