#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An error that R2 answered, or that stood between a request and its answer.
///
/// Servers repeat what was signed in some answers; none of that is kept here.
public struct R2Error: Error, Sendable, Hashable {
    /// What kind of error it is: the S3 API's own name for it, such as `NoSuchKey`.
    ///
    /// An open set: servers answer other codes than those that are named here.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name, as the answer spells it.
        public let rawValue: String

        /// Takes a name.
        public init(_ name: String) { rawValue = name }

        /// The name itself.
        public var description: String { rawValue }
    }

    /// What kind of error it is.
    public var code: Code
    /// What R2 says about it, or what was expected.
    public var message: String
    /// The answer's status; `nil` if there was no answer.
    public var status: Int?
    /// The operation, such as `PutObject`.
    public var operation: String?
    /// The object that it was about.
    public var key: ObjectKey?
    /// The request's id at R2 (`x-amz-request-id`), for a support request.
    public var requestID: String?
    /// The request's id at Cloudflare's edge (`cf-ray`), for a support request.
    public var cfRay: String?
    /// How many seconds to wait before the request is sent again, if the answer says so.
    public var retryAfter: Int?

    /// Describes an error.
    /// - Parameters:
    ///   - code: What kind of error it is.
    ///   - message: What was expected, without secrets.
    ///   - status: The answer's status, if there was an answer.
    ///   - operation: The operation's name.
    ///   - key: The object that it was about.
    ///   - requestID: The request's id at R2.
    ///   - cfRay: The request's id at Cloudflare's edge.
    ///   - retryAfter: Seconds to wait.
    public init(
        _ code: Code, _ message: String, status: Int? = nil, operation: String? = nil, key: ObjectKey? = nil,
        requestID: String? = nil, cfRay: String? = nil, retryAfter: Int? = nil
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
    /// Whether the same request may succeed a little later.
    ///
    /// Whether it may be sent again is a second question: see ``R2Operation/repetition``.
    public var isRetryable: Bool {
        if Code.transient.contains(code) { return true }
        if Code.lasting.contains(code) { return false }
        return status.map { $0 == 408 || $0 == 429 || $0 >= 500 && $0 != 501 && $0 != 505 } ?? false
    }

    /// Whether there is no such object, upload, bucket or configuration.
    public var isNotFound: Bool { status == 404 || Code.notFound.contains(code) }

    /// Whether a condition of the request did not hold: the object was changed, or was there already.
    public var isPreconditionFailed: Bool { status == 412 || code == .preconditionFailed }

    /// What to do about it; `nil` if there is nothing to say beyond the message.
    public var advice: String? { code.advice ?? (isRetryable ? "send it again after a pause" : nil) }
}

extension R2Error: CustomStringConvertible, LocalizedError {
    /// Code, message, operation, key, status and ids.
    public var description: String {
        var text = "\(code)"
        if !message.isEmpty { text += ": \(message)" }
        let details = [
            operation, key.map { "key: \($0)" }, status.map { "status: \($0)" }, requestID.map { "request id: \($0)" },
            cfRay.map { "cf-ray: \($0)" },
        ]
        let known = details.compactMap { $0 }.joined(separator: ", ")
        if !known.isEmpty { text += " (\(known))" }
        if let advice { text += "; \(advice)" }
        return text
    }
    /// The same as ``description``.
    public var errorDescription: String? { description }
}
