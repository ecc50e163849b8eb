#if Delivery
public import VideoCatalog

/// The decision of who may manage the uploads of a video.
///
/// Nobody may, except the user who uploaded it and those whom your app admits.
public struct UploadAuthorization: Sendable {
    private let allowsOthers: @Sendable (UserID, Video) async throws -> Bool

    /// The rule that only the uploader may manage an upload.
    public static let uploaderOnly = UploadAuthorization { _, _ in false }

    /// Creates a rule that admits further users, such as administrators.
    ///
    /// - Parameter allowsOthers: A closure that returns whether a user may manage the uploads of a video of another
    ///   user. Its errors are thrown by the operation.
    public init(allowingOthers allowsOthers: @escaping @Sendable (UserID, Video) async throws -> Bool) {
        self.allowsOthers = allowsOthers
    }

    /// Checks whether a user may manage the uploads of a video.
    ///
    /// - Throws: A ``VideoDeliveryError`` with the code `notFound` if the user may not. Any error of the app's closure.
    func check(_ user: UserID, _ video: Video) async throws {
        if user == video.uploadedBy { return }
        guard try await allowsOthers(user, video) else { throw VideoDeliveryError.notFound(video.id) }
    }
}

extension VideoDeliveryError {
    /// Returns an error for a video that doesn't exist, or that the caller may not manage.
    static func notFound(_ video: Video.ID) -> VideoDeliveryError {
        VideoDeliveryError(
            .notFound, "Video not found: there is no upload of a video \(video) that this user may manage.",
            video: video)
    }
}
#endif
