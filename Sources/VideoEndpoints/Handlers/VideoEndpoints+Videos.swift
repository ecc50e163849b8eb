#if Delivery
internal import VideoCatalog
internal import VideoDelivery

/// The routes of the catalog.
extension VideoEndpoints {
    private static var editAttempts: Int { 20 }

    func listVideos(_ call: Call<Caller>) async throws -> EndpointResponse {
        let (caller, _) = try call.identity()
        let maximum = options.maximumPageSize
        let limit = try call.query.value("limit", expected: "a whole number from 1 to \(maximum)") { text in
            Int(text).flatMap { (1...maximum).contains($0) ? $0 : nil }
        }
        let cursor = try call.query.value("cursor").map { try VideoCursor($0) }
        guard let query = try await authorization.scope(of: try VideoQuery(call.query), caller: caller) else {
            throw EndpointProblem.forbidden("list these videos")
        }
        do {
            let page = try await uploads.catalog.videos(
                matching: query, page: PageRequest(limit: limit ?? min(50, maximum), after: cursor))
            return EndpointResponse(json: VideoPageResource(page, resource))
        } catch let error as CatalogError where error.code == .invalidArgument {
            throw VideoQuery.problem(error)
        }
    }

    func getVideo(_ id: Video.ID, _ call: Call<Caller>) async throws -> EndpointResponse {
        let (caller, _) = try call.identity()
        return EndpointResponse(json: resource(try await video(id, for: .read, caller)))
    }

    /// Changes the version that was authorized, so that nobody moves the video in between.
    func editVideo(_ id: Video.ID, _ call: Call<Caller>) async throws -> EndpointResponse {
        let (caller, _) = try call.identity()
        let edit = try call.content.decode(VideoEdit.self)
        var backoff = ConflictBackoff()
        while backoff.conflicts < Self.editAttempts {
            let video = try await video(id, for: .edit, caller)
            if let version = edit.version, version != video.version { throw Self.conflict(with: video) }
            if let session = edit.newSession, session != video.sessionID { try await checkUpload(to: session, caller) }
            do {
                let edited = try await uploads.catalog.update(id, expecting: video.version, edit.changes)
                return EndpointResponse(json: resource(edited))
            } catch let error as CatalogError where error.code == .versionConflict {
                try await backoff.pause()
            }
        }
        throw EndpointProblem(EndpointProblem.Code(VideoDeliveryError.Code.conflict.rawValue), "Repeat the request.")
    }

    func deleteVideo(_ id: Video.ID, _ call: Call<Caller>) async throws -> EndpointResponse {
        let (caller, _) = try call.identity()
        let version = try call.query.value("version", expected: "a whole number of 1 or more") { text in
            Int(text).flatMap { $0 >= 1 ? $0 : nil }
        }
        var backoff = ConflictBackoff()
        while backoff.conflicts < Self.editAttempts {
            let video = try await video(id, for: .delete, caller, includingDeleted: true)
            if video.isDeleted { return EndpointResponse(json: resource(video)) }
            if let version, version != video.version { throw Self.conflict(with: video) }
            do {
                let deleted = try await uploads.catalog.delete(id, expecting: video.version)
                return EndpointResponse(json: resource(deleted))
            } catch let error as CatalogError where error.code == .versionConflict {
                try await backoff.pause()
            }
        }
        throw EndpointProblem(EndpointProblem.Code(VideoDeliveryError.Code.conflict.rawValue), "Repeat the request.")
    }

    func restoreVideo(_ id: Video.ID, _ call: Call<Caller>) async throws -> EndpointResponse {
        let (caller, user) = try call.identity()
        _ = try call.content.decode(EmptyRequest.self)
        let video = try await video(id, for: .restore, caller, includingDeleted: true)
        let limits = try await uploaderLimits(of: video, caller, user)
        return EndpointResponse(json: resource(try await uploads.restore(id, within: limits)))
    }

    /// Returns the problem of a client that has seen another version of a video that it may read.
    private static func conflict(with video: Video) -> EndpointProblem {
        var problem = EndpointProblem(EndpointProblem.Code(CatalogError.Code.versionConflict.rawValue), "")
        problem.video = video.id
        problem.current = VideoResource(video)
        return problem
    }
}
#endif
