#if Delivery
internal import VideoCatalog
internal import VideoDelivery

extension VideoEndpoints {
    /// Performs an operation.
    func response(to route: Route, _ call: Call<Caller>) async throws -> EndpointResponse {
        switch route {
        case .beginUpload: try await beginUpload(call)
        case .uploadStatus(let id): try await uploadStatus(id, call)
        case .signParts(let id): try await signParts(id, call)
        case .completeUpload(let id): try await completeUpload(id, call)
        case .cancelUpload(let id): try await cancelUpload(id, call)
        case .listVideos: try await listVideos(call)
        case .getVideo(let id): try await getVideo(id, call)
        case .editVideo(let id): try await editVideo(id, call)
        case .deleteVideo(let id): try await deleteVideo(id, call)
        case .restoreVideo(let id): try await restoreVideo(id, call)
        case .replaceFile(let id): try await replaceFile(id, call)
        case .playVideo(let id): try await playVideo(id, call)
        case .getPlaylist(let id): try await getPlaylist(id, call)
        case .beginThumbnail(let id): try await beginThumbnail(id, call)
        case .completeThumbnail(let id): try await completeThumbnail(id, call)
        case .tokenPlaylist(let token): try await playlist(token: token)
        case .tokenSegment(let token): Self.redirect(to: try await playback.segmentRedirect(token: token))
        case .tokenKey(let token): Self.redirect(to: try await playback.keyRedirect(token: token))
        case .uppyParameters: try await uppyParameters(call)
        case .uppyBegin: try await uppyBegin(call)
        case .uppyListParts(let uploadID): try await uppyListParts(uploadID, call)
        case .uppySignPart(let uploadID, let number): try await uppySignPart(number, uploadID, call)
        case .uppySignBatch(let uploadID): try await uppySignBatch(uploadID, call)
        case .uppyComplete(let uploadID): try await uppyComplete(uploadID, call)
        case .uppyCancel(let uploadID): try await uppyCancel(uploadID, call)
        case .uppySign: try await uppySign(call)
        case .s3ListParts: try await s3ListParts(call)
        case .s3CreateOrComplete: try await s3CreateOrComplete(call)
        case .s3Abort: try await s3Abort(call)
        }
    }

    /// Counts a request that signs URLs.
    func countSigning(_ user: UserID) throws(EndpointProblem) { try limiter?.take(user, at: clock()) }

    /// Returns a video on which the caller may perform an action.
    ///
    /// - Throws: An ``EndpointProblem`` with the code `forbidden`, or `notFound` if the caller may not read the video
    ///   either. The errors of the catalog and of the app's authorization.
    func video(
        _ id: Video.ID, for action: VideoAction, _ caller: Caller, includingDeleted: Bool = false
    ) async throws -> Video {
        guard let video = try await uploads.catalog.video(id: id, includingDeleted: includingDeleted) else {
            throw EndpointProblem.notFound(id)
        }
        if try await authorization.may(action, video, caller: caller) { return video }
        guard action != .read, try await authorization.may(.read, video, caller: caller) else {
            throw EndpointProblem.notFound(id)
        }
        throw EndpointProblem.forbidden("\(action) this video", id)
    }

    /// Checks whether the caller may add videos to a session.
    func checkUpload(to sessionID: CourseSessionID?, _ caller: Caller) async throws {
        guard try await authorization.mayUpload(to: sessionID, caller: caller) else {
            throw EndpointProblem.forbidden(
                sessionID == nil ? "add a video without a session" : "add videos to this session")
        }
    }
}
#endif
