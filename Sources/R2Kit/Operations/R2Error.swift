#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An error that R2 reported, or that occurred between a request and its response.
///
/// Some servers repeat signed data in their responses. An error never contains it.
public struct R2Error: Error, Sendable, Hashable {
    /// The S3 API's name for a kind of error, such as `NoSuchKey`.
    ///
    /// The set is open: servers also send codes that have no constant here.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name, as the response spells it.
        public let rawValue: String

        /// Creates a code from its name.
        public init(_ name: String) { rawValue = name }

        /// The name.
        public var description: String { rawValue }
    }

    /// The kind of error.
    public var code: Code
    /// A description of the error, from R2 or from this package.
    public var message: String
    /// The HTTP status code of the response, or `nil` if there was no response.
    public var status: Int?
    /// The operation's name, such as `PutObject`.
    public var operation: String?
    /// The object that the operation concerned.
    public var key: ObjectKey?
    /// R2's identifier of the request (`x-amz-request-id`), for support requests.
    public var requestID: String?
    /// The identifier of the request at Cloudflare's edge (`cf-ray`), for support requests.
    public var cfRay: String?
    /// The time to wait before sending the request again, if the response states one (`Retry-After`).
    public var retryAfter: Duration?

    /// Creates an error.
    /// - Parameters:
    ///   - code: The kind of error.
    ///   - message: A description of the error, without secrets.
    ///   - status: The HTTP status code of the response, if there was one.
    ///   - operation: The operation's name.
    ///   - key: The object that the operation concerned.
    ///   - requestID: R2's identifier of the request.
    ///   - cfRay: The identifier of the request at Cloudflare's edge.
    ///   - retryAfter: The time to wait before sending the request again.
    public init(
        _ code: Code, _ message: String, status: Int? = nil, operation: String? = nil, key: ObjectKey? = nil,
        requestID: String? = nil, cfRay: String? = nil, retryAfter: Duration? = nil
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.operation = operation
        self.key = key
        self.requestID = requestID
        self.cfRay = cfRay
        self.retryAfter = retryAfter
    }
}

extension R2Error {
    /// A Boolean value that indicates whether the same request may succeed a little later.
    ///
    /// It is true for a status of 408, 429, 500, 502 to 504, or 520 to 527, for codes that mean the same, and for
    /// failed connections. Whether it is safe to send the request again is a separate question: see
    /// ``R2Operation/retrySafety``.
    public var isRetryable: Bool {
        if Code.permanent.contains(code) { return false }
        guard let status else { return Code.transient.contains(code) }
        if Self.transientStatuses.contains(status) { return true }
        // A server error with any other status isn't known to pass, whatever its code.
        return status < 500 && Code.transient.contains(code)
    }

    private static let transientStatuses: Set<Int> = [
        408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527,
    ]

    /// A Boolean value that indicates whether the object, upload, bucket, or configuration doesn't exist.
    public var isNotFound: Bool { status == 404 || Code.notFound.contains(code) }

    /// A Boolean value that indicates whether a precondition of the request failed.
    ///
    /// The object has been changed, or it already existed.
    public var isPreconditionFailed: Bool { status == 412 || code == .preconditionFailed }

    /// A suggestion for resolving the error, or `nil` if there is none beyond the message.
    ///
    /// It includes the delay that the response asks for, if there is one.
    public var advice: String? {
        let advice = code.advice ?? (isRetryable ? Self.retryAdvice : nil)
        guard let delay = retryAfter.map(Self.seconds), delay > 0 else { return advice }
        let delayAdvice = "Retry after \(delay) \(delay == 1 ? "second" : "seconds")."
        guard let advice else { return delayAdvice }
        guard advice.hasPrefix(Self.retryAdvice) else { return "\(delayAdvice) \(advice)" }
        return delayAdvice + advice.dropFirst(Self.retryAdvice.count)
    }

    private static let retryAdvice = "Retry after a delay."

    /// Returns a duration in whole seconds, rounded up.
    private static func seconds(_ duration: Duration) -> Int64 {
        duration.components.seconds + (duration.components.attoseconds > 0 ? 1 : 0)
    }
}

extension R2Error: CustomStringConvertible, LocalizedError {
    /// The code, message, operation, key, status, request IDs, and advice.
    public var description: String {
        var text = "\(code)"
        if !message.isEmpty, message != code.rawValue { text += ": \(message)" }
        let details = [
            operation, key.map { "key: \($0)" }, status.map { "status: \($0)" }, requestID.map { "request ID: \($0)" },
            cfRay.map { "cf-ray: \($0)" },
        ]
        let known = details.compactMap { $0 }.joined(separator: ", ")
        if !known.isEmpty { text += " (\(known))" }
        if let advice {
            // Servers' messages don't all end with a period.
            if !text.hasSuffix("."), !text.hasSuffix(")") { text += "." }
            text += " \(advice)"
        }
        return text
    }
    /// The same as ``description``.
    public var errorDescription: String? { description }
}
