#if Delivery
public import R2Kit
public import R2Storage
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The uploads of videos: from a file on a client to a verified video.
///
/// ```swift
/// let uploads = try VideoUploads(catalog: catalog, client: client)
/// let upload = try await uploads.begin(file, title: "Lecture 1", token: token, by: user)
/// // The client sends the file to R2 with the requests of the upload.
/// let video = try await uploads.complete(upload.video, attempt: upload.attempt, by: user)
/// ```
///
/// Every operation can be repeated after any error, also after a lost response or a crash. Operations on a video of
/// another user fail as if the video didn't exist, unless the authorization admits the caller.
public struct VideoUploads: Sendable {
    /// The catalog.
    public let catalog: any VideoRepository
    /// The rules for the files that users may upload.
    public let policy: UploadPolicy
    /// The options.
    public let options: VideoDeliveryOptions
    /// The keys of the objects.
    public let keys: VideoKeys
    let client: R2Client
    let presigner: R2Presigner
    let authorization: UploadAuthorization
    let clock: CatalogClock
    let telemetry: DeliveryTelemetry

    /// Creates the uploads of an app.
    ///
    /// - Parameters:
    ///   - catalog: The catalog.
    ///   - client: The client, which reads, copies and deletes objects. Uploads use its logger, its metrics and its
    ///     tracer, too.
    ///   - presigner: The presigner of the URLs for clients, or `nil` for one with the client's configuration.
    ///   - policy: The rules for the files that users may upload.
    ///   - options: The options.
    ///   - authorization: The decision of who may manage the uploads of a video.
    ///   - clock: The source of the current date.
    /// - Throws: An `R2ValidationError` if an option is out of range.
    public init(
        catalog: any VideoRepository, client: R2Client, presigner: R2Presigner? = nil,
        policy: UploadPolicy = UploadPolicy(), options: VideoDeliveryOptions = VideoDeliveryOptions(),
        authorization: UploadAuthorization = .uploaderOnly, clock: @escaping CatalogClock = { Date() }
    ) throws(R2ValidationError) {
        keys = try VideoKeys(prefix: options.keyPrefix)
        try Self.check(options)
        self.catalog = catalog
        self.client = client
        self.presigner = presigner ?? R2Presigner(client.config)
        self.policy = policy
        self.options = options
        self.authorization = authorization
        self.clock = clock
        telemetry = DeliveryTelemetry(.uploads, client)
    }

    private static func check(_ options: VideoDeliveryOptions) throws(R2ValidationError) {
        guard (0...UploadConstraints.maximumContentLength).contains(options.singleRequestLimit) else {
            throw R2ValidationError(
                .invalidContentLength,
                "Invalid limit for a single request: expected 0 to \(UploadConstraints.maximumContentLength) bytes "
                    + "(5 GiB minus 5 MiB), not \(options.singleRequestLimit).")
        }
        if let size = options.partSize { _ = try PartPlan(totalLength: 1, partLength: size) }
        guard PartPlan.numbers.contains(options.partsPerResponse) else {
            throw R2ValidationError(
                .invalidCount, "Invalid number of parts in a response: expected 1 to 10,000.")
        }
        for lifetime in [options.urlLifetime, options.backgroundURLLifetime] {
            guard R2Presigner.lifetimeRange.contains(lifetime), lifetime.components.attoseconds == 0 else {
                throw R2ValidationError(
                    .invalidLifetime,
                    "Invalid lifetime of upload URLs: expected a whole number of seconds from 1 to 604,800 "
                        + "(seven days).")
            }
        }
        let graces: ClosedRange<Duration> = .zero ... .seconds(30 * 86_400)
        guard graces.contains(options.uploadGrace), graces.contains(options.verificationGrace) else {
            throw R2ValidationError(.invalidLifetime, "Invalid grace: expected zero to 30 days.")
        }
    }
}
#endif
