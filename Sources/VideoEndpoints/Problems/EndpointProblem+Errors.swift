#if Delivery
internal import R2Kit
internal import VideoCatalog
internal import VideoDelivery

extension EndpointProblem {
    /// Creates the problem that describes an error to a client.
    init(_ error: any Error) {
        switch error {
        case let error as EndpointProblem: self = error
        case let error as VideoDeliveryError: self.init(error)
        case let error as CatalogError: self.init(error)
        case let error as R2Error: self.init(error)
        case let error as R2ValidationError: self.init(Self.code(of: error), "")
        case let error as PlaylistError: self.init(.invalidPlaylist, error.description)
        case is CancellationError: self.init(.storageUnavailable, "")
        default: self.init(.internalError, "")
        }
    }

    /// Creates a problem with the status and title of its code.
    ///
    /// - Parameters:
    ///   - code: The kind of problem.
    ///   - detail: The detail. It isn't used for codes with a detail of their own.
    init(_ code: Code, _ detail: String) {
        let (code, row) = ProblemTable.row(code)
        self.init(code, status: row.status, title: row.title, detail: row.detail ?? detail)
        retryAfter = row.retryAfter
    }

    private init(_ error: VideoDeliveryError) {
        self.init(Code(error.code.rawValue), error.message)
        video = error.video
        missingParts = error.missingParts
        failure = error.failure
        usage = error.usage
    }

    private init(_ error: CatalogError) {
        self.init(Code(error.code.rawValue), error.message)
        fields = error.fields.map { Field($0.name, $0.message) }
        usage = error.usage
    }

    private init(_ error: R2Error) {
        self.init(Self.code(of: error), "")
        // A larger number isn't a time for which a client waits.
        if let wait = error.retryAfter, wait >= .seconds(1), wait <= .seconds(3600) { retryAfter = wait }
    }

    private static func code(of error: R2Error) -> Code {
        if let code = storageCodes[error.code] { return code }
        return error.isRetryable ? .storageUnavailable : .storageFailed
    }

    private static func code(of error: R2ValidationError) -> Code {
        error.code == .outlivesCredentials || error.code == .expiredCredentials
            ? Code("credentialsExpireTooSoon") : .internalError
    }

    /// The codes for which neither ``R2Error/isRetryable`` nor the general case is right.
    private static let storageCodes: [R2Error.Code: Code] = [
        .accessDenied: .storageDenied, .unauthorized: .storageDenied, .invalidAccessKeyID: .storageDenied,
        .signatureDoesNotMatch: .storageDenied, .requestTimeTooSkewed: .storageDenied, .expiredToken: .storageDenied,
        .authorizationHeaderMalformed: .storageDenied, .invalidRegionName: .storageDenied,
        .permanentRedirect: .storageDenied, .clientShutDown: .storageUnavailable, .cancelled: .storageUnavailable,
        .conflict: .storageUnavailable, .preconditionFailed: .storageUnavailable,
    ]
}

/// The problems that the endpoints find.
extension EndpointProblem {
    static let authenticationRequired = EndpointProblem(
        .authenticationRequired, "Authentication required: sign in, then repeat the request.")

    static let noRoute = EndpointProblem(
        .notFound, "Not found: unknown path. See the list of routes.")

    static func notFound(_ video: Video.ID) -> EndpointProblem {
        var problem = EndpointProblem(.notFound, "Video not found: there is no video \(video) that you may see.")
        problem.video = video
        return problem
    }

    static func forbidden(_ action: String, _ video: Video.ID? = nil) -> EndpointProblem {
        var problem = EndpointProblem(.forbidden, "Forbidden: you may not \(action). Request permission.")
        problem.video = video
        return problem
    }

    static func invalidPath(_ reason: String) -> EndpointProblem {
        EndpointProblem(.invalidPath, "Invalid path: \(reason).")
    }

    static func invalidQuery(_ name: String, _ expected: String) -> EndpointProblem {
        var problem = EndpointProblem(.invalidQuery, "Invalid query: the parameter \(name) must be \(expected).")
        problem.fields = [Field(name, "Expected \(expected).")]
        return problem
    }

    static func missingQuery(_ name: String, _ advice: String? = nil) -> EndpointProblem {
        let message = "Missing query parameter: \(name)." + (advice.map { " \($0)" } ?? "")
        var problem = EndpointProblem(.invalidQuery, message)
        problem.fields = [Field(name, "Missing.")]
        return problem
    }

    static func invalidFields(_ fields: [Field]) -> EndpointProblem {
        let list = fields.map { "\($0.name): \($0.message)" }.joined(separator: " ")
        var problem = EndpointProblem(.invalidFields, "Invalid body. \(list)")
        problem.fields = fields
        return problem
    }
}
#endif
