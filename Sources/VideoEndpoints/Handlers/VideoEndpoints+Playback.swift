#if Delivery
internal import HTTPTypes
internal import VideoCatalog
internal import VideoDelivery

/// The routes of playback, which `VideoPlayback` authorizes.
extension VideoEndpoints {
    func playVideo(_ id: Video.ID, _ call: Call<Caller>) async throws -> EndpointResponse {
        let (caller, user) = try call.identity()
        let kind = try call.query.value("rendition")
        try countSigning(user)
        return try await hidingVideo(id, from: caller) {
            let playback =
                if let kind {
                    try await playback.playback(for: id, rendition: kind, viewer: caller)
                } else {
                    try await playback.playback(for: id, viewer: caller)
                }
            return EndpointResponse(json: playback)
        }
    }

    func getPlaylist(_ id: Video.ID, _ call: Call<Caller>) async throws -> EndpointResponse {
        let (caller, user) = try call.identity()
        let kind = try call.query.value("rendition") ?? "hls"
        try countSigning(user)
        return try await hidingVideo(id, from: caller) {
            Self.response(with: try await playback.playlist(for: id, viewer: caller, rendition: kind))
        }
    }

    func playlist(token: String) async throws -> EndpointResponse {
        Self.response(with: try await playback.playlist(token: token))
    }

    /// Returns the redirect of a player to a file.
    ///
    /// A stored redirect would outlive its URL.
    static func redirect(to playback: Playback) -> EndpointResponse {
        EndpointResponse(.found, [.location: playback.url, .cacheControl: "private, no-store"])
    }

    /// Returns a response with a playlist.
    ///
    /// Chrome's player had trouble with compressed playlists, so nothing on the way may compress it.
    private static func response(with playlist: PlaybackPlaylist) -> EndpointResponse {
        EndpointResponse(
            .ok,
            [.contentType: playlist.contentType, .cacheControl: "\(playlist.cacheControl), no-transform"],
            body: EndpointBody(playlist.body))
    }

    /// Performs a playback, and hides that a video exists from a caller who may neither play nor read it.
    private func hidingVideo(
        _ id: Video.ID, from caller: Caller, _ body: () async throws -> EndpointResponse
    ) async throws -> EndpointResponse {
        do {
            return try await body()
        } catch let error as VideoDeliveryError where error.code == .playbackForbidden {
            _ = try await video(id, for: .read, caller)
            throw error
        } catch let error as VideoDeliveryError where error.code == .notFound {
            throw EndpointProblem.notFound(id)
        }
    }
}
#endif
