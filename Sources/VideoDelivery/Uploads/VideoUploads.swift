#if Delivery
internal import Logging
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

    /// Creates the uploads of an app.
    ///
    /// - Parameters:
    ///   - catalog: The catalog.
    ///   - client: The client, which reads, copies and deletes objects. What it logs, uploads log there, too.
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
        self.catalog = catalog
        self.client = client
        self.presigner = presigner ?? R2Presigner(client.config)
        self.policy = policy
        self.options = options
        self.authorization = authorization
        self.clock = clock
    }
}
#endif
