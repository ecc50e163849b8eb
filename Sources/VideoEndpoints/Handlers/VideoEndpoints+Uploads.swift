#if Delivery
internal import VideoCatalog
internal import VideoDelivery

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The routes of uploads, which `VideoUploads` authorizes.
extension VideoEndpoints {
    func beginUpload(_ call: Call<Caller>) async throws -> EndpointResponse {
        let (caller, user) = try call.identity()
        let body = try call.content.decode(BeginRequest.self)
        try countSigning(user)
        try await checkUpload(to: body.sessionID, caller)
        let upload = try await uploads.begin(
            body.file.file, title: body.title ?? body.file.name, sessionID: body.sessionID, token: body.token, by: user,
            transport: body.transport?.value ?? .foreground,
            limits: try await authorization.uploadLimits(of: caller))
        return EndpointResponse(json: UploadResource(upload))
    }

    func replaceFile(_ id: Video.ID, _ call: Call<Caller>) async throws -> EndpointResponse {
        let (caller, user) = try call.identity()
        let body = try call.content.decode(ReplaceRequest.self)
        try countSigning(user)
        let video = try await uploads.row(of: id, managedBy: user)
        let upload = try await uploads.replace(
            id, with: body.file.file, token: body.token, by: user, transport: body.transport?.value ?? .foreground,
            limits: try await uploaderLimits(of: video, caller, user))
        return EndpointResponse(json: UploadResource(upload))
    }

    /// Returns the limits for the uploader of a video, or `nil` for those of the policy.
    ///
    /// The caller's own limits say nothing about another uploader.
    func uploaderLimits(of video: Video, _ caller: Caller, _ user: UserID) async throws -> UploadLimits? {
        video.uploadedBy == user ? try await authorization.uploadLimits(of: caller) : nil
    }

    func signParts(_ id: Video.ID, _ call: Call<Caller>) async throws -> EndpointResponse {
        let (_, user) = try call.identity()
        let body = try call.content.decode(PartsRequest.self)
        try countSigning(user)
        let parts = try await uploads.parts(
            body.numbers.map { Int(clamping: $0.value) }, of: id, attempt: body.attempt?.uuid, by: user,
            transport: body.transport?.value ?? .foreground)
        return EndpointResponse(json: PartsResource(parts: parts))
    }

    func uploadStatus(_ id: Video.ID, _ call: Call<Caller>) async throws -> EndpointResponse {
        let (_, user) = try call.identity()
        let check = try UploadCheck(call.query)
        let status = try await uploads.status(of: id, attempt: try Self.attempt(call.query), by: user)
        let rules = try await check.origin == nil ? nil : corsReader.rules(of: client, at: clock())
        let now = clock()
        return EndpointResponse(
            json: UploadStatusResource(status, at: now, findings: check.findings(status, rules, at: now)))
    }

    func completeUpload(_ id: Video.ID, _ call: Call<Caller>) async throws -> EndpointResponse {
        let (_, user) = try call.identity()
        let body = try call.content.decode(AttemptRequest.self)
        let video = try await uploads.complete(id, attempt: body.attempt?.uuid, by: user)
        return EndpointResponse(json: resource(video))
    }

    func cancelUpload(_ id: Video.ID, _ call: Call<Caller>) async throws -> EndpointResponse {
        let (_, user) = try call.identity()
        let result = try await uploads.cancel(id, attempt: try Self.attempt(call.query), by: user)
        return EndpointResponse(json: CancellationResource(result))
    }

    private static func attempt(_ query: RequestQuery) throws(EndpointProblem) -> UUID? {
        try query.value("attempt", expected: "the UUID that the upload was started with") { UUID(uuidString: $0) }
    }
}
#endif
