#if Delivery
internal import HTTPTypes
internal import VideoCatalog

/// An operation of the endpoints, with the values from its path.
enum Route: Sendable {
    case beginUpload
    case uploadStatus(Video.ID)
    case signParts(Video.ID)
    case completeUpload(Video.ID)
    case cancelUpload(Video.ID)

    case listVideos
    case getVideo(Video.ID)
    case editVideo(Video.ID)
    case deleteVideo(Video.ID)
    case restoreVideo(Video.ID)
    case replaceFile(Video.ID)
    case playVideo(Video.ID)
    case getPlaylist(Video.ID)
    case beginThumbnail(Video.ID)
    case completeThumbnail(Video.ID)

    case tokenPlaylist(String)
    case tokenSegment(String)
    case tokenKey(String)

    case uppyParameters
    case uppyBegin
    case uppyListParts(uploadID: String)
    case uppySignPart(uploadID: String, number: String)
    case uppySignBatch(uploadID: String)
    case uppyComplete(uploadID: String)
    case uppyCancel(uploadID: String)
    case uppySign
    case s3ListParts
    case s3CreateOrComplete
    case s3Abort

    /// A Boolean value that indicates whether the route needs no caller, because a token names the viewer.
    var isPublic: Bool {
        switch self {
        case .tokenPlaylist, .tokenSegment, .tokenKey: true
        default: false
        }
    }

    /// A Boolean value that indicates whether a `GET` of the route changes something, as Uppy's protocol has it.
    ///
    /// It has no `HEAD`, and pages reach it only by scripts.
    var changesByGET: Bool { if case .uppyParameters = self { true } else { false } }

    /// The type of the body, even of an empty one, or `nil` for a request without a body.
    var bodyType: BodyType? {
        switch self {
        case .beginUpload, .signParts, .completeUpload, .editVideo, .restoreVideo, .replaceFile, .beginThumbnail,
            .completeThumbnail, .uppyBegin, .uppyComplete, .uppySign:
            .json
        case .s3CreateOrComplete: .notForm
        default: nil
        }
    }

    /// A Boolean value that indicates whether the route speaks the XML of S3.
    var isS3: Bool {
        switch self {
        case .s3ListParts, .s3CreateOrComplete, .s3Abort: true
        default: false
        }
    }

    /// The maximum size of the body, in bytes.
    var bodyLimit: Int {
        // Uppy sends the ETags of all parts, up to 10,000.
        switch self {
        case .uppyComplete, .s3CreateOrComplete: 1 << 20
        default: EndpointOptions.maximumBodySize
        }
    }
}

/// The mapping from paths and methods to operations.
struct Router: Sendable {
    private let prefix: [String]
    private let hasUppy: Bool

    init(prefix: String, hasUppy: Bool) {
        self.prefix = prefix.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        self.hasUppy = hasUppy
    }

    /// Returns the operation that a request asks for.
    ///
    /// - Throws: An ``EndpointProblem`` with the code `notFound` or `methodNotAllowed`.
    func route(_ target: RequestTarget, method: HTTPRequest.Method) throws(EndpointProblem) -> Route {
        // Fixed segments are compared as they were received: a program on the way may have rules for them.
        guard target.segments.count > prefix.count,
            zip(prefix, target.segments).allSatisfy({ $0.utf8.elementsEqual($1.raw.utf8) })
        else { throw .noRoute }
        let rest = Array(target.segments.dropFirst(prefix.count))
        guard let operations = operations(at: rest) else { throw .noRoute }
        let wanted = method == .head ? .get : method
        let operation = operations.first { $0.method == wanted }
        if let operation, method == wanted || !operation.route.changesByGET { return operation.route }
        var problem = EndpointProblem(
            .methodNotAllowed, "Method not allowed: the header Allow has the methods of this path.")
        problem.allow = operations.flatMap { operation in
            [operation.method.rawValue] + (operation.method == .get && !operation.route.changesByGET ? ["HEAD"] : [])
        }
        throw problem
    }

    private typealias Operation = (method: HTTPRequest.Method, route: Route)

    private func operations(at path: [RequestTarget.Segment]) -> [Operation]? {
        switch path[0].raw {
        case "uploads": uploads(path)
        case "videos": videos(path)
        case "play": play(path)
        case "s3" where hasUppy: uppy(path)
        default: nil
        }
    }

    private func uploads(_ path: [RequestTarget.Segment]) -> [Operation]? {
        if path.count == 1 { return [(.post, .beginUpload)] }
        guard let id = Video.ID(path[1].value) else { return nil }
        switch path.dropFirst(2).map(\.raw) {
        case []: return [(.get, .uploadStatus(id)), (.delete, .cancelUpload(id))]
        case ["parts"]: return [(.post, .signParts(id))]
        case ["complete"]: return [(.post, .completeUpload(id))]
        default: return nil
        }
    }

    private func videos(_ path: [RequestTarget.Segment]) -> [Operation]? {
        if path.count == 1 { return [(.get, .listVideos)] }
        guard let id = Video.ID(path[1].value) else { return nil }
        switch path.dropFirst(2).map(\.raw) {
        case []: return [(.get, .getVideo(id)), (.patch, .editVideo(id)), (.delete, .deleteVideo(id))]
        case ["restore"]: return [(.post, .restoreVideo(id))]
        case ["replacement"]: return [(.post, .replaceFile(id))]
        case ["playback"]: return [(.get, .playVideo(id))]
        case ["playlist"]: return [(.get, .getPlaylist(id))]
        case ["thumbnail"]: return [(.post, .beginThumbnail(id))]
        case ["thumbnail", "complete"]: return [(.post, .completeThumbnail(id))]
        default: return nil
        }
    }

    /// The name of the file is there for players that look at its extension.
    private func play(_ path: [RequestTarget.Segment]) -> [Operation]? {
        guard path.count == 4, !path[2].value.isEmpty, !path[3].value.isEmpty else { return nil }
        switch path[1].raw {
        case "playlist": return [(.get, .tokenPlaylist(path[2].value))]
        case "segment": return [(.get, .tokenSegment(path[2].value))]
        case "key": return [(.get, .tokenKey(path[2].value))]
        default: return nil
        }
    }

    private func uppy(_ path: [RequestTarget.Segment]) -> [Operation]? {
        switch path.dropFirst().map(\.raw) {
        case ["params"]: return [(.get, .uppyParameters)]
        case ["sign"]: return [(.post, .uppySign)]
        case ["object"]: return [(.get, .s3ListParts), (.post, .s3CreateOrComplete), (.delete, .s3Abort)]
        default: break
        }
        guard path.count >= 2, path[1].raw == "multipart" else { return nil }
        if path.count == 2 { return [(.post, .uppyBegin)] }
        let id = path[2].value
        guard !id.isEmpty else { return nil }
        switch path.dropFirst(3).map(\.raw) {
        case []: return [(.get, .uppyListParts(uploadID: id)), (.delete, .uppyCancel(uploadID: id))]
        case ["batch"]: return [(.get, .uppySignBatch(uploadID: id))]
        case ["complete"]: return [(.post, .uppyComplete(uploadID: id))]
        case let rest where rest.count == 1 && !rest[0].isEmpty:
            return [(.get, .uppySignPart(uploadID: id, number: rest[0]))]
        default: return nil
        }
    }
}
#endif
