#if Delivery
internal import R2Kit
internal import R2Storage
public import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension VideoPlayback {
    /// Returns a playlist of a video's HLS rendition, rewritten for a viewer whom your app knows from the request.
    /// - Parameters:
    ///   - id: The video.
    ///   - viewer: The viewer.
    ///   - path: The path of another playlist in the folder of the rendition's playlist, or `nil` for that playlist. It
    ///     isn't percent-encoded.
    ///   - kind: The kind of the rendition in the row.
    /// - Returns: The playlist, and the headers of your app's response.
    /// - Throws: See ``playback(for:rendition:viewer:)``. The code is `renditionNotFound` if the object doesn't exist,
    ///   and `outsideVideo` if the path leaves the video's folder. A ``PlaylistError`` if the playlist can't be
    ///   rewritten, or an `R2Error` if it can't be read.
    public func playlist(
        for id: Video.ID, viewer: Viewer, path: String? = nil, rendition kind: String = "hls"
    ) async throws -> PlaybackPlaylist {
        try await telemetry.measure("playlist", of: id) {
            let video = try await authorizedVideo(id, viewer)
            var key = try renditionKey(kind, of: video)
            if let path {
                try checkFormat(path, nil, video: id)
                key = Self.folder(ofKey: key) + path
            }
            let playlist = try playlistKey(key, of: video)
            return try await rewritten(
                playlist, try grant(for: video, playlist, viewer: authorization.identifier(of: viewer), until: nil),
                of: video)
        }
    }

    /// Returns a playlist for the viewer whom a token identifies.
    ///
    /// The authorization is asked again.
    /// - Parameter token: The token in the URL of your app's route for playlists.
    /// - Returns: The playlist, and the headers of your app's response.
    /// - Throws: A ``VideoDeliveryError`` with the code `invalidToken` or `expiredToken`, otherwise see
    ///   ``playlist(for:viewer:path:rendition:)``.
    public func playlist(token: String) async throws -> PlaybackPlaylist {
        try await telemetry.measure("playlist") {
            let (token, video) = try await verified(token, .playlist)
            try checkFormat(token.path, nil, video: video.id)
            let playlist = try playlistKey(token.path, of: video)
            return try await rewritten(
                playlist, try grant(for: video, playlist, viewer: token.viewer, until: token.expiresAt), of: video)
        }
    }

    /// Returns the URL to which your app's route for segments redirects, with status 302.
    ///
    /// The authorization is asked again. Send `Cache-Control: no-store` with the redirect.
    /// - Parameter token: The token in the URL of your app's route for segments.
    /// - Returns: A URL that is valid for ``PlaybackOptions/redirectLifetime``.
    /// - Throws: See ``playlist(token:)``.
    public func segmentRedirect(token: String) async throws -> Playback {
        try await telemetry.measure("segmentRedirect") { try await redirect(token, .segment) }
    }

    /// Returns the URL to which your app's route for encryption keys redirects, with status 302.
    ///
    /// The authorization is asked again. Send `Cache-Control: no-store` with the redirect.
    /// - Parameter token: The token in the URL of your app's route for keys.
    /// - Returns: A URL that is valid for ``PlaybackOptions/redirectLifetime``.
    /// - Throws: See ``playlist(token:)``.
    public func keyRedirect(token: String) async throws -> Playback {
        try await telemetry.measure("keyRedirect") { try await redirect(token, .key) }
    }

    // MARK: Tokens

    /// Returns a genuine token, and its video if the token's viewer may still play it.
    private func verified(
        _ text: String, _ purpose: PlaylistToken.Purpose
    ) async throws -> (PlaylistToken, Video) {
        let token = try delivery().tokens.verify(text, for: purpose, at: clock())
        guard let viewer = try await authorization.viewer(withIdentifier: token.viewer) else {
            throw VideoDeliveryError(
                .playbackForbidden, "The token's viewer doesn't exist anymore.", video: token.video)
        }
        return (token, try await authorizedVideo(token.video, viewer))
    }

    private func redirect(_ text: String, _ purpose: PlaylistToken.Purpose) async throws -> Playback {
        let (token, video) = try await verified(text, purpose)
        let key = try playlistKey(token.path, of: video)
        do {
            let signed = try signer(of: video.id).shortURL(
                for: key, expiresIn: options.redirectLifetime, at: clock())
            return Playback(
                url: signed.url, expiresAt: signed.expiresAt, cacheKey: "\(video.id)/\(key)",
                contentType: MediaTypes.type(ofKey: key.rawValue))
        } catch {
            throw VideoDeliveryError.signing(error, video: video.id)
        }
    }

    /// Returns the URLs for a viewer.
    ///
    /// A URL of the playlist itself is signed, to throw before the response starts if none can be.
    func grant(
        for video: Video, _ playlist: ObjectKey, viewer: String, until expiresAt: Date?
    ) throws(VideoDeliveryError) -> PlaybackGrant {
        let (now, lifetime, signer) = (clock(), options.lifetime(duration: video.duration), signer(of: video.id))
        let delivery = try delivery()
        let window = options.signingWindow?.duration ?? .zero
        // Redirects ask the authorization for each segment, so their tokens may outlive any pause.
        let tokenLifetime = delivery.mode == .redirect ? PlaylistDelivery.redirectTokenLifetime : lifetime + window
        let end = expiresAt ?? signer.issueDate(now).addingTimeInterval(tokenLifetime / .seconds(1))
        var urlsEnd = end
        if delivery.mode == .presigned {
            try checkWindow(video: video.id)
            do {
                // On a custom domain, the rule may end the URLs of segments sooner.
                urlsEnd = min(end, try signer.url(for: playlist, expiresIn: lifetime, at: now).expiresAt)
            } catch {
                throw VideoDeliveryError.signing(error, video: video.id)
            }
        }
        return PlaybackGrant(
            video: video.id, viewer: viewer, expiresAt: end, urlsExpireAt: urlsEnd, delivery: delivery, signer: signer,
            lifetime: lifetime, date: now)
    }

    private func delivery() throws(VideoDeliveryError) -> PlaylistDelivery {
        guard let playlists else {
            throw VideoDeliveryError(
                .invalidConfiguration, "Playlists aren't set up: create VideoPlayback with a PlaylistDelivery.")
        }
        return playlists
    }

    // MARK: Keys

    func renditionKey(_ kind: String, of video: Video) throws(VideoDeliveryError) -> String {
        if kind == "dash" { try checkFormat(".mpd", nil, video: video.id) }
        guard let rendition = video.renditions.first(where: { $0.kind == kind }) else {
            throw VideoDeliveryError(
                .renditionNotFound, "The video has no rendition of the kind '\(kind)': add it to the row.",
                video: video.id)
        }
        try checkFormat(rendition.key, nil, video: video.id)
        return rendition.key
    }

    /// Returns an object's key, if the object belongs to the video.
    func playlistKey(_ text: String, of video: Video) throws -> ObjectKey {
        guard let key = try? ObjectKey(text), try scope(of: video).contains(key) else {
            throw VideoDeliveryError(
                .outsideVideo,
                "The path isn't in the video's folder: expected a key under \(keys.prefix(of: video.id)) or in the folder of a "
                    + "rendition's playlist.",
                video: video.id)
        }
        return key
    }

    /// Returns the folders of a video: its own, and those of renditions whose playlists are elsewhere.
    private func scope(of video: Video) throws(PlaylistError) -> PlaylistScope {
        let own = keys.prefix(of: video.id)
        // A playlist beside or above the folders of all videos would admit them all.
        let shared = [keys.videosPrefix, keys.uploadsPrefix]
        let others = video.renditions.map { Self.folder(ofKey: $0.key) }.filter { folder in
            guard (try? ObjectKey(String(folder.dropLast()))) != nil else { return false }
            return !shared.contains { $0.utf8.starts(with: folder.utf8) || folder.utf8.starts(with: $0.utf8) }
        }
        return try PlaylistScope([own] + others)
    }

    /// Returns the folder of a key, with `/` at its end unless it's the bucket's root.
    private static func folder(ofKey key: String) -> String {
        guard let slash = key.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return String(key[...slash])
    }

    // MARK: Reading

    private func rewritten(
        _ key: ObjectKey, _ grant: PlaybackGrant, of video: Video
    ) async throws -> PlaybackPlaylist {
        let limit = grant.delivery.rewriting.maximumLength
        let stream: R2ObjectStream
        do {
            stream = try await client.get(key)
        } catch let error as R2Error where error.isNotFound {
            throw VideoDeliveryError(
                .renditionNotFound, "The playlist doesn't exist in the bucket: upload it again.", video: video.id)
        }
        guard stream.metadata.contentLength <= Int64(limit) else {
            throw PlaylistError(
                .tooLong, "The playlist has more than \(limit) bytes: use longer segments or a higher limit.")
        }
        let encoding = stream.metadata.contentEncoding ?? "identity"
        guard encoding.isEmpty || encoding == "identity" else {
            throw PlaylistError(
                .invalidText, "The playlist is stored with a Content-Encoding: upload it without compression.")
        }
        let rewriter = PlaylistRewriter(
            playlist: key, scope: try scope(of: video), links: grant, options: grant.delivery.rewriting)
        let (telemetry, id) = (telemetry, video.id)
        let pump = try await PlaylistPump(stream, rewriter) { telemetry.playlistEnded(key, of: id, $0) }
        return PlaybackPlaylist(expiresAt: grant.urlsExpireAt, pump: pump)
    }
}
#endif
