internal import HTTPTypes

/// An operation that checks whether the bucket exists and the credentials allow access to it.
public struct HeadBucket: R2Operation {
    /// The result of checking a bucket.
    public struct Output: Sendable, Hashable {
        /// The bucket's region.
        ///
        /// R2's is `auto`.
        public let region: String?
    }

    /// `HeadBucket`.
    public static let name = "HeadBucket"

    /// Creates the operation.
    public init() {}

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest { R2OperationRequest(method: .head) }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) -> Output {
        try checkStatus(of: response)
        return Output(region: response.headerFields[named: "x-amz-bucket-region"])
    }
}

// MARK: - CORS

/// An operation that reads the bucket's CORS configuration.
///
/// Reading the response throws ``R2Error/Code/noSuchCORSConfiguration`` if the bucket has none. The operation requires
/// an API token with admin permissions.
public struct GetBucketCors: R2Operation {
    /// The configuration.
    public typealias Output = CORSConfiguration

    /// `GetBucketCors`.
    public static let name = "GetBucketCors"
    /// 1 MiB.
    public static let maximumResponseLength = 1024 * 1024

    /// Creates the operation.
    public init() {}

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        R2OperationRequest(method: .get, query: .cors)
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) -> CORSConfiguration {
        try parse(response, root: ["CORSConfiguration"], CORSConfiguration.init)
    }
}

/// An operation that replaces the bucket's CORS configuration.
///
/// It requires an API token with admin permissions.
public struct PutBucketCors: R2Operation {
    /// No output.
    public typealias Output = Void

    /// `PutBucketCors`.
    public static let name = "PutBucketCors"

    /// The configuration.
    public var configuration: CORSConfiguration

    /// Creates the operation.
    /// - Parameter configuration: The new configuration.
    public init(_ configuration: CORSConfiguration) { self.configuration = configuration }

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        R2OperationRequest(method: .put, query: .cors, xml: Array(configuration.xml.utf8))
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) {
        try checkStatus(of: response, [200, 204])
    }
}

/// An operation that deletes the bucket's CORS configuration.
///
/// It succeeds even if the bucket has none.
///
/// It requires an API token with admin permissions.
public struct DeleteBucketCors: R2Operation {
    /// No output.
    public typealias Output = Void

    /// `DeleteBucketCors`.
    public static let name = "DeleteBucketCors"

    /// Creates the operation.
    public init() {}

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        R2OperationRequest(method: .delete, query: .cors)
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) {
        try checkStatus(of: response, [200, 204])
    }
}

// MARK: - Lifecycle

/// An operation that reads the bucket's lifecycle configuration.
///
/// Reading the response throws ``R2Error/Code/noSuchLifecycleConfiguration`` if the bucket has none. The operation
/// requires an API token with admin permissions.
public struct GetBucketLifecycleConfiguration: R2Operation {
    /// The configuration.
    public typealias Output = LifecycleConfiguration

    /// `GetBucketLifecycleConfiguration`.
    public static let name = "GetBucketLifecycleConfiguration"
    /// 1 MiB.
    public static let maximumResponseLength = 1024 * 1024

    /// Creates the operation.
    public init() {}

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        R2OperationRequest(method: .get, query: .lifecycle)
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) -> LifecycleConfiguration {
        try parse(response, root: ["LifecycleConfiguration"], LifecycleConfiguration.init)
    }
}

/// An operation that replaces the bucket's lifecycle configuration, including R2's own rule for unfinished uploads.
///
/// It requires an API token with admin permissions.
public struct PutBucketLifecycleConfiguration: R2Operation {
    /// No output.
    public typealias Output = Void

    /// `PutBucketLifecycleConfiguration`.
    public static let name = "PutBucketLifecycleConfiguration"

    /// The configuration.
    public var configuration: LifecycleConfiguration

    /// Creates the operation.
    /// - Parameter configuration: The new configuration.
    public init(_ configuration: LifecycleConfiguration) { self.configuration = configuration }

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        R2OperationRequest(method: .put, query: .lifecycle, xml: Array(configuration.xml.utf8))
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) {
        try checkStatus(of: response, [200, 204])
    }
}

/// An operation that deletes the bucket's lifecycle configuration.
///
/// It succeeds even if the bucket has none.
///
/// It requires an API token with admin permissions.
public struct DeleteBucketLifecycle: R2Operation {
    /// No output.
    public typealias Output = Void

    /// `DeleteBucketLifecycle`.
    public static let name = "DeleteBucketLifecycle"

    /// Creates the operation.
    public init() {}

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        R2OperationRequest(method: .delete, query: .lifecycle)
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) {
        try checkStatus(of: response, [200, 204])
    }
}

extension [QueryParameter] {
    fileprivate static let cors = [QueryParameter(name: "cors", value: "")]
    fileprivate static let lifecycle = [QueryParameter(name: "lifecycle", value: "")]
}
