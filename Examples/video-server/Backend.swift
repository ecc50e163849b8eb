#if Emulator && Delivery && SQLite
import Foundation
import R2Emulator
import R2Kit
import R2Storage
import ServiceLifecycle
import VideoCatalog
import VideoDelivery
import VideoEndpoints

/// Everything behind the page: R2 or the emulator, the catalog, and the workflow of videos.
struct Backend: Sendable {
    let client: R2Client
    let catalog: any VideoRepository
    let endpoints: VideoEndpoints<Person>
    /// A Boolean value that indicates whether the files are on this machine.
    let usesEmulator: Bool
    /// The services, each before those that use it.
    let services: [any Service]

    /// The path below which the endpoints are.
    static let prefix = "/api"

    /// Creates the backend: starts the emulator if there is no R2, and opens the catalog.
    init(_ settings: Settings) async throws {
        let logger = settings.logger
        var services: [any Service] = []
        let config: R2Config
        if let r2 = settings.r2 {
            config = r2
        } else {
            let emulator = try await Self.startEmulator(settings)
            config = emulator.config
            services.append(EmulatorService(emulator: emulator))
        }
        usesEmulator = settings.r2 == nil
        client = R2Client(config, logger: logger)
        services.append(R2ClientService(client))

        let opened = try await Catalog(settings)
        let catalog = opened.repository
        self.catalog = catalog
        if let service = opened.service { services.append(service) }
        var delivery = VideoDeliveryOptions()
        if let limit = settings.singleRequestLimit { delivery.singleRequestLimit = limit }
        delivery.partSize = settings.partSize
        if let lifetime = settings.urlLifetime { delivery.urlLifetime = lifetime }
        let classroom = Classroom()
        let managers = UploadAuthorization { user, _ in Person(id: user.rawValue)?.isTeacher ?? false }
        let policy = settings.hasLimits ? UploadPolicy() : UploadPolicy(limits: .none)
        let uploads = try VideoUploads(
            catalog: catalog, client: client, policy: policy, options: delivery, authorization: managers)
        // For pages that use Uppy, which sends every file in parts.
        delivery.singleRequestLimit = 0
        let uppyUploads = try VideoUploads(
            catalog: catalog, client: client, policy: policy, options: delivery, authorization: managers)
        var options = EndpointOptions(prefix: Self.prefix)
        if !settings.hasLimits { options.signingLimit = nil }
        let playback = try VideoPlayback(
            catalog: catalog, client: client, authorization: classroom,
            playlists: PlaylistDelivery(
                routes: options.playbackRoutes, tokens: try PlaylistTokenSigner(secret: settings.secret)))
        endpoints = try VideoEndpoints(
            uploads: uploads, playback: playback, uppyUploads: uppyUploads, client: client, authorization: classroom,
            options: options, logger: logger)
        services.append(VideoHousekeeping(uploads))
        if let ffmpeg = settings.ffmpeg {
            services.append(Transcoder(catalog: catalog, client: client, ffmpeg: ffmpeg, logger: logger))
        }
        self.services = services
    }

    private static func startEmulator(_ settings: Settings) async throws -> R2Emulator {
        var options = R2Emulator.Options()
        options.port = settings.emulatorPort
        options.storage = .directory(settings.dataDirectory.appendingPathComponent("objects").path)
        do {
            return try await R2Emulator.start(options)
        } catch {
            throw ListenFailure.problem(
                error, host: options.host, port: options.port, hostVariable: nil, portVariable: "EMULATOR_PORT")
        }
    }

    /// The scheme, host and port to which browsers send files.
    var storageOrigin: String { "\(client.config.endpoint.scheme)://\(client.config.endpoint.authority)" }

    /// Lets the page use the bucket, or tells how to.
    ///
    /// - Parameter origins: The origins of the page.
    /// - Throws: An error if an origin isn't valid, or if the emulator refuses the rules.
    func allow(_ origins: [String]) async throws {
        if usesEmulator {
            try await client.putBucketCORS(.browserUploads(from: origins))
        } else {
            Output.line(
                """
                The bucket must allow uploads from the page. With an admin token in the environment:
                    swift run --traits Storage r2 cors \(origins.map { "--origin \($0)" }.joined(separator: " "))
                """)
        }
    }
}

/// A service that stops the emulator at a shutdown.
private struct EmulatorService: Service {
    let emulator: R2Emulator

    func run() async throws {
        try? await gracefulShutdown()
        await emulator.stop()
    }
}
#endif
