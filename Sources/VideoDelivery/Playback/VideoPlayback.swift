#if Delivery
public import R2Kit
public import R2Storage
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Issues URLs for the playback of videos, to viewers whom your app allows.
///
/// ```swift
/// let playback = try VideoPlayback(
///     catalog: catalog, client: client, authorization: Enrollments(users: users))
/// let video = try await playback.playback(for: id, viewer: user)  // url, expiresAt, cacheKey and contentType
/// ```
///
/// Every call reads the video's row, asks the authorization, and requires that the video is live and ready, in this
/// order. HLS streams need ``PlaylistDelivery``: your app serves their playlists, and R2 serves the segments.
public struct VideoPlayback<Viewer: Sendable>: Sendable {
    let catalog: any VideoRepository
    let client: R2Client
    let presigner: R2Presigner
    let authorization: any PlaybackAuthorization<Viewer>
    let playlists: PlaylistDelivery?
    let options: PlaybackOptions
    let keys: VideoKeys
    let clock: CatalogClock
    let telemetry: DeliveryTelemetry

    /// Creates a value that issues URLs.
    /// - Parameters:
    ///   - catalog: The catalog of the videos.
    ///   - client: The client that reads playlists. Playback uses its logger, its metrics and its tracer, too.
    ///   - presigner: The presigner of the URLs, or `nil` for one with the client's configuration.
    ///   - authorization: Your app's decision about who may play a video.
    ///   - playlists: The way your app serves the playlists of HLS streams, or `nil` if it has none.
    ///   - options: Lifetimes of URLs, and where they point.
    ///   - deliveryOptions: The options of the uploads, whose key prefix is that of the objects.
    ///   - clock: A function that returns the current date.
    /// - Throws: An `R2ValidationError` if the key prefix isn't valid.
    public init(
        catalog: any VideoRepository, client: R2Client, presigner: R2Presigner? = nil,
        authorization: any PlaybackAuthorization<Viewer>, playlists: PlaylistDelivery? = nil,
        options: PlaybackOptions = PlaybackOptions(),
        deliveryOptions: VideoDeliveryOptions = VideoDeliveryOptions(),
        clock: @escaping CatalogClock = { Date() }
    ) throws(R2ValidationError) {
        keys = try VideoKeys(prefix: deliveryOptions.keyPrefix)
        self.catalog = catalog
        self.client = client
        self.presigner = presigner ?? R2Presigner(client.config)
        self.authorization = authorization
        self.playlists = playlists
        self.options = options
        self.clock = clock
        telemetry = DeliveryTelemetry(.playback, client)
    }

    /// Returns a URL of a video's file.
    ///
    /// The URL lives as long as the video's duration times a factor, and an allowance for pauses: see
    /// ``PlaybackOptions``.
    /// - Parameters:
    ///   - id: The video.
    ///   - viewer: The viewer.
    /// - Returns: The URL, and the date at which it stops being valid.
    /// - Throws: A ``VideoDeliveryError`` with the code `notFound`, `playbackForbidden`, `videoNotReady`,
    ///   `unsupportedFormat` for the manifest of a stream, `credentialsExpireTooSoon` or `signingFailed`. The code is
    ///   `invalidConfiguration` if edge tokens don't live longer than the signing window. Any error of the catalog or
    ///   of your app's authorization.
    public func playback(for id: Video.ID, viewer: Viewer) async throws -> Playback {
        try await telemetry.measure("playback", of: id) {
            let video = try await authorizedVideo(id, viewer)
            if MediaTypes.isPlaylist(key: video.objectKey, type: video.contentType) {
                throw VideoDeliveryError(
                    .unsupportedFormat,
                    "The video's file is a playlist, whose segments need URLs of their own: add it to the row as a "
                        + "rendition of the kind 'hls', and request that.",
                    video: id)
            }
            try checkFormat(video.objectKey, video.contentType, video: id)
            return try file(video.objectKey, of: video, type: video.contentType, version: video.etag)
        }
    }

    /// Returns a URL of one of a video's renditions.
    ///
    /// For an HLS rendition it's a URL of your app's route for playlists, which works without headers and cookies.
    /// - Parameters:
    ///   - id: The video.
    ///   - kind: The kind of the rendition in the row, such as `hls` or `mp4-720`.
    ///   - viewer: The viewer.
    /// - Returns: The URL, and the date at which it stops being valid.
    /// - Throws: See ``playback(for:viewer:)``. The code is `renditionNotFound` if the row has no such rendition,
    ///   `outsideVideo` if its playlist isn't in a folder of its own, and `invalidConfiguration` without
    ///   ``PlaylistDelivery``.
    public func playback(for id: Video.ID, rendition kind: String, viewer: Viewer) async throws -> Playback {
        try await telemetry.measure("playback", of: id) {
            let video = try await authorizedVideo(id, viewer)
            let key = try renditionKey(kind, of: video)
            guard MediaTypes.isPlaylist(key: key) || kind == "hls" else {
                return try file(key, of: video, type: nil, version: nil)
            }
            let playlist = try playlistKey(key, of: video)
            let grant = try grant(for: video, playlist, viewer: authorization.identifier(of: viewer), until: nil)
            return Playback(
                url: try grant.playlistURL(for: playlist), expiresAt: grant.urlsExpireAt,
                cacheKey: "\(id)/\(playlist.rawValue)", contentType: MediaTypes.playlist)
        }
    }

    // MARK: Parts

    /// Returns a ready video that the viewer may play.
    func authorizedVideo(_ id: Video.ID, _ viewer: Viewer) async throws -> Video {
        guard let video = try await catalog.video(id: id, includingDeleted: false), !video.isDeleted else {
            throw VideoDeliveryError(.notFound, "The video doesn't exist, or is deleted.", video: id)
        }
        guard try await authorization.mayPlay(video, viewer: viewer) else {
            throw VideoDeliveryError(.playbackForbidden, "The viewer may not play the video.", video: id)
        }
        guard video.state == .ready else {
            throw VideoDeliveryError(
                .videoNotReady, "The video is \(video.state.kind.rawValue): wait until it's ready.", video: id)
        }
        return video
    }

    /// Throws for the manifests of formats that can't be played.
    func checkFormat(_ key: String, _ type: String?, video: Video.ID) throws(VideoDeliveryError) {
        guard !MediaTypes.isDASH(key: key, type: type) else {
            throw VideoDeliveryError(
                .unsupportedFormat,
                "MPEG-DASH manifests (.mpd) aren't supported: players compute the segments' names from a template, so "
                    + "that their URLs can't be signed in advance. Package the video as HLS with fMP4 segments, or "
                    + "serve it from a custom domain with an edge token for the folder.",
                video: video)
        }
    }

    /// Returns the URL of a file that is played as it is.
    private func file(_ key: String, of video: Video, type: String?, version: String?) throws -> Playback {
        try checkWindow(video: video.id)
        do {
            let key = try ObjectKey(key)
            let signed = try signer(of: video.id).url(
                for: key, expiresIn: options.lifetime(duration: video.duration), at: clock())
            return Playback(
                url: signed.url, expiresAt: signed.expiresAt,
                cacheKey: ([video.id.description, key.rawValue] + (version.map { [$0] } ?? [])).joined(separator: "/"),
                contentType: type ?? MediaTypes.type(ofKey: key.rawValue))
        } catch {
            throw VideoDeliveryError.signing(error, video: video.id)
        }
    }

    /// Throws if a URL with an edge token may have expired when it's issued.
    func checkWindow(video: Video.ID) throws(VideoDeliveryError) {
        guard let edge = options.edge, edge.timeToLive <= options.signingWindow?.duration ?? .zero else { return }
        throw VideoDeliveryError(
            .invalidConfiguration,
            "Invalid time to live of edge tokens: it must be longer than the signing window, because tokens are issued "
                + "at its start. Set the rule and EdgeDelivery to at least the lifetime of a URL plus the window.",
            video: video)
    }

    func signer(of video: Video.ID) -> MediaSigner {
        MediaSigner(
            presigner: presigner, edge: options.edge, window: options.signingWindow, folder: keys.prefix(of: video))
    }
}
#endif
