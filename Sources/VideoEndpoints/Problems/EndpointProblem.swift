#if Delivery
public import VideoCatalog
public import VideoDelivery

/// A problem that a response describes, in the form of RFC 9457.
///
/// Your app's authorization can throw one to choose the response.
public struct EndpointProblem: Error, Sendable, Hashable {
    /// The kind of a problem.
    ///
    /// An open set: later versions may add codes. `Docs/endpoints.md` lists them.
    public struct Code: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
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

    /// An invalid field of a request.
    public struct Field: Sendable, Hashable, Codable {
        /// The path of the field, such as `file.byteSize`.
        public let name: String
        /// The value that was expected.
        public let message: String

        /// Creates a description of an invalid field.
        ///
        /// - Parameters:
        ///   - name: The path of the field, such as `file.byteSize`.
        ///   - message: The value that was expected.
        public init(_ name: String, _ message: String) {
            self.name = name
            self.message = message
        }
    }

    /// The HTTP status, 400 to 599.
    public let status: Int
    /// The kind of problem.
    public let code: Code
    /// A short summary, the same for all problems with the code.
    public let title: String
    /// A description of what was wrong, what was expected and what to do.
    public let detail: String
    /// The invalid fields.
    public var fields: [Field] = []
    /// The video, if it is known.
    public var video: Video.ID?
    /// The numbers of the parts that haven't arrived.
    public var missingParts: [Int] = []
    /// The reason why a file can't be played.
    public var failure: VideoFailure?
    /// The usage of the uploader without the new upload.
    public var usage: UploadUsage?
    /// The time to wait before the request is repeated.
    ///
    /// The response names it in whole seconds, rounded up.
    public var retryAfter: Duration?
    /// The methods that the resource has, for a problem with the status 405.
    var allow: [String] = []
    /// The video as it is now, for a conflict of versions.
    var current: VideoResource?

    /// The time to wait in whole seconds, rounded up.
    var secondsToWait: Int? {
        guard let (seconds, attoseconds) = retryAfter?.components, seconds >= 0 else {
            return retryAfter.map { _ in 0 }
        }
        return attoseconds > 0 && seconds < .max ? Int(clamping: seconds + 1) : Int(clamping: seconds)
    }

    /// Creates a problem.
    ///
    /// - Parameters:
    ///   - code: The kind of problem.
    ///   - status: The HTTP status, 400 to 599. Another number becomes 500.
    ///   - title: A short summary, the same for all problems with the code.
    ///   - detail: A description of what was wrong, what was expected and what to do, without secrets.
    public init(_ code: Code, status: Int, title: String, detail: String) {
        self.code = code
        self.status = (400...599).contains(status) ? status : 500
        self.title = title
        self.detail = detail
    }
}

extension EndpointProblem: CustomStringConvertible {
    /// The code and the detail.
    public var description: String { "\(code): \(detail)" }
}

/// The codes of problems that only the endpoints have.
///
/// The others are the codes of `VideoDeliveryError` and `CatalogError`.
extension EndpointProblem.Code {
    /// The request has no authenticated caller.
    public static let authenticationRequired = Self("authenticationRequired")
    /// The caller may see the video or the session, but not do this.
    public static let forbidden = Self("forbidden")
    /// There is no such video for this caller, or no such route.
    public static let notFound = Self("notFound")
    /// The resource doesn't have the method.
    public static let methodNotAllowed = Self("methodNotAllowed")
    /// The path isn't valid, or isn't in its normal form.
    public static let invalidPath = Self("invalidPath")
    /// A query parameter isn't valid.
    public static let invalidQuery = Self("invalidQuery")
    /// The body isn't `application/json`.
    public static let unsupportedMediaType = Self("unsupportedMediaType")
    /// The body is too large.
    public static let bodyTooLarge = Self("bodyTooLarge")
    /// The body ended early.
    public static let incompleteBody = Self("incompleteBody")
    /// The body isn't JSON.
    public static let invalidJSON = Self("invalidJSON")
    /// Fields are missing or have invalid values.
    public static let invalidFields = Self("invalidFields")
    /// The caller sent too many requests.
    public static let tooManyRequests = Self("tooManyRequests")
    /// A playlist in the bucket can't be rewritten.
    public static let invalidPlaylist = Self("invalidPlaylist")
    /// R2 can't be reached, or is overloaded.
    public static let storageUnavailable = Self("storageUnavailable")
    /// R2 refused the server's credentials.
    public static let storageDenied = Self("storageDenied")
    /// R2 refused a request or sent a response that can't be read.
    public static let storageFailed = Self("storageFailed")
    /// The server's error.
    public static let internalError = Self("internalError")
}
#endif
