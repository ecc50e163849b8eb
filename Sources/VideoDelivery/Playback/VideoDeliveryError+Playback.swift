#if Delivery
internal import R2Kit
internal import VideoCatalog

extension VideoDeliveryError.Code {
    /// Your app's authorization doesn't allow the viewer to play the video.
    ///
    /// Respond as to ``notFound`` if the viewer must not learn that the video exists.
    public static let playbackForbidden = Self(rawValue: "playbackForbidden")
    /// The video isn't in the state `ready`.
    public static let videoNotReady = Self(rawValue: "videoNotReady")
    /// The video has no rendition of the requested kind, or its object doesn't exist.
    public static let renditionNotFound = Self(rawValue: "renditionNotFound")
    /// A path, a token or a rendition refers to an object outside the video's folder.
    public static let outsideVideo = Self(rawValue: "outsideVideo")
    /// The format can't be played with presigned URLs, such as MPEG-DASH.
    public static let unsupportedFormat = Self(rawValue: "unsupportedFormat")
    /// The credentials that sign the URL expire before the playback ends.
    public static let credentialsExpireTooSoon = Self(rawValue: "credentialsExpireTooSoon")
    /// A URL can't be signed.
    public static let signingFailed = Self(rawValue: "signingFailed")
    /// A playlist token isn't genuine, or is for another purpose.
    public static let invalidToken = Self(rawValue: "invalidToken")
    /// A playlist token has expired.
    public static let expiredToken = Self(rawValue: "expiredToken")
    /// An option or a secret isn't valid, or is missing.
    public static let invalidConfiguration = Self(rawValue: "invalidConfiguration")
}

extension VideoDeliveryError {
    /// Returns the error for a URL that R2Kit didn't sign.
    static func signing(_ error: R2ValidationError, video: Video.ID) -> VideoDeliveryError {
        guard error.code == .outlivesCredentials else {
            return VideoDeliveryError(.signingFailed, error.message, video: video)
        }
        return VideoDeliveryError(
            .credentialsExpireTooSoon,
            "The credentials expire before playback can end. Sign with credentials that live longer, or shorten the "
                + "lifetime in PlaybackOptions. \(error.message)",
            video: video)
    }
}
#endif
