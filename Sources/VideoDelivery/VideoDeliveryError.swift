#if Delivery
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An error that this module throws when it rejects a call, or when a file isn't what it must be.
///
/// Failures of the services underneath are thrown as they are: an `R2Error` of a request, an `R2ValidationError` of a
/// URL that can't be signed, and a `CatalogError` of the catalog. A call that ended with one of them can be repeated.
public struct VideoDeliveryError: Error, Sendable, Hashable {
    /// The kind of an error.
    ///
    /// An open set: later versions may add codes.
    public struct Code: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
        /// The stable name of the code, such as `notFound`.
        public let rawValue: String

        /// Creates a code from its name.
        ///
        /// - Parameter rawValue: A name in the form of the others.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Creates a code from its name.
        ///
        /// - Parameter name: A name in the form of the others.
        public init(_ name: String) { self.init(rawValue: name) }

        /// The stable name of the code.
        public var description: String { rawValue }
    }

    /// The kind of the error.
    public let code: Code
    /// A description of what was wrong, what was expected and what to do.
    ///
    /// It contains no URL and no secret.
    public let message: String
    /// The video, if it is known.
    public let video: Video.ID?
    /// The reason why the file can't be played, for ``Code/verificationFailed``.
    public let failure: VideoFailure?
    /// The numbers of the parts that haven't arrived, for ``Code/notUploaded``.
    ///
    /// Empty for an upload in one request.
    public let missingParts: [Int]
    /// The usage of the uploader without the new upload, for ``Code/uploadLimitExceeded``.
    public let usage: UploadUsage?

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind of the error.
    ///   - message: A description of what was wrong, what was expected and what to do.
    ///   - video: The video, if it is known.
    ///   - failure: The reason why the file can't be played.
    ///   - missingParts: The numbers of the parts that haven't arrived.
    ///   - usage: The usage of the uploader.
    public init(
        _ code: Code, _ message: String, video: Video.ID? = nil, failure: VideoFailure? = nil,
        missingParts: [Int] = [], usage: UploadUsage? = nil
    ) {
        self.code = code
        self.message = message
        self.video = video
        self.failure = failure
        self.missingParts = missingParts
        self.usage = usage
    }
}

extension VideoDeliveryError: CustomStringConvertible, LocalizedError {
    /// The code and the message.
    public var description: String { "\(code): \(message)" }
    /// The same as the description, for `localizedDescription`.
    public var errorDescription: String? { description }
}

/// The reason why a file can't be played, as the catalog stores it in the state `failed(reason:)`.
///
/// An open set: later versions may add reasons.
public struct VideoFailure: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
    /// The stable name of the reason, such as `notAVideo`.
    public let rawValue: String

    /// Creates a reason from its name.
    ///
    /// - Parameter rawValue: A name in the form of the others.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The stable name of the reason.
    public var description: String { rawValue }

    /// The file isn't in a known container, or has no video track.
    public static let notAVideo = VideoFailure(rawValue: "notAVideo")
    /// The file ends before its last box, cluster or packet.
    public static let truncated = VideoFailure(rawValue: "truncated")
    /// The object doesn't have the declared size.
    public static let wrongSize = VideoFailure(rawValue: "wrongSize")
    /// The object is in another kind of container than its type.
    public static let wrongType = VideoFailure(rawValue: "wrongType")
    /// R2 no longer has the upload, and it can't be sent again.
    public static let uploadLost = VideoFailure(rawValue: "uploadLost")
}

extension VideoDeliveryError.Code {
    /// There is no such video, or the caller may not manage its upload.
    ///
    /// One code for both, so that nobody learns which videos others have.
    public static let notFound = Self("notFound")
    /// An argument is out of range, such as an empty token or a part number that the upload doesn't have.
    public static let invalidArgument = Self("invalidArgument")
    /// The policy doesn't allow the type of the file.
    public static let typeNotAllowed = Self("typeNotAllowed")
    /// The file is empty, or larger than the policy allows.
    public static let sizeNotAllowed = Self("sizeNotAllowed")
    /// The upload would exceed a limit for its uploader: see ``VideoDeliveryError/usage``.
    public static let uploadLimitExceeded = Self("uploadLimitExceeded")
    /// The token belongs to the upload of another file: the size, the type or the fingerprint differs.
    public static let differentFile = Self("differentFile")
    /// The upload was canceled, or the video was deleted.
    ///
    /// Begin again with a new token.
    public static let uploadCanceled = Self("uploadCanceled")
    /// The upload didn't arrive in time.
    ///
    /// Begin again with a new token.
    public static let uploadExpired = Self("uploadExpired")
    /// R2 no longer has the upload.
    ///
    /// Begin again with the same token, and send all parts.
    public static let uploadLost = Self("uploadLost")
    /// The file or some of its parts haven't arrived: see ``VideoDeliveryError/missingParts``.
    public static let notUploaded = Self("notUploaded")
    /// The file has arrived, and R2 or another caller is still working on it.
    ///
    /// Complete it again after a few seconds.
    public static let verificationPending = Self("verificationPending")
    /// The file can't be played: see ``VideoDeliveryError/failure``.
    ///
    /// This is final. Begin again with a new token and another file.
    public static let verificationFailed = Self("verificationFailed")
    /// The video has no such upload, because a later one took its place.
    public static let superseded = Self("superseded")
    /// The video already has an unfinished replacement.
    ///
    /// Complete or cancel it first.
    public static let uploadInProgress = Self("uploadInProgress")
    /// The state of the video doesn't allow the operation.
    public static let invalidState = Self("invalidState")
    /// Other callers changed the video repeatedly.
    ///
    /// Nothing was lost. Repeat the call.
    public static let conflict = Self("conflict")
}
#endif
