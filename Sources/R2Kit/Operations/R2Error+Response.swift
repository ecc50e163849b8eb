internal import HTTPTypes

extension R2Error {
    /// Creates an error about a response, with the response's status and request IDs.
    ///
    /// Every error about one response is created here, so that none lacks the IDs that Cloudflare's support asks for.
    /// An error about the order of several pages has none.
    package init<Operation: R2Operation>(
        _ code: Code, _ message: String, response: R2Response, operation: Operation
    ) {
        self.init(
            code, message, status: response.status, operation: Operation.name, key: operation.subject,
            requestID: response.headerFields[named: "x-amz-request-id"],
            cfRay: response.headerFields[named: "cf-ray"])
    }

    /// Creates the error that a response reports: in its body if it can be read, otherwise by its status.
    /// - Parameters:
    ///   - response: A response whose status or body reports an error.
    ///   - operation: The operation that the response belongs to.
    public init<Operation: R2Operation>(_ response: R2Response, of operation: Operation) {
        let document = (try? ErrorDocument(response.body)) ?? ErrorDocument()
        let isAboutBucket = operation.subject == nil
        let code = document.code.map(Code.init) ?? Code(status: response.status, isAboutBucket: isAboutBucket)
        self.init(
            code, document.message ?? Self.message(for: code, response, document, isAboutBucket), response: response,
            operation: operation)
        requestID = requestID ?? document.requestID
        retryAfter = response.headerFields[.retryAfter].flatMap(ASCII.wholeNumber).map { .seconds($0) }
    }

    /// Returns a message for a response that has none.
    private static func message(
        for code: Code, _ response: R2Response, _ document: ErrorDocument, _ isAboutBucket: Bool
    ) -> String {
        if code == .invalidRange { return "The requested range isn't in the object." }
        if code == .tooManyRequests || code == .slowDown { return "The client sent too many requests." }
        if document.code != nil { return "The response has no message." }
        return switch response.status {
        case 404 where isAboutBucket: "The bucket doesn't exist."
        case 404: "The object or the bucket doesn't exist."
        case 304: "The object hasn't been modified."
        case 412: "A precondition of the request failed."
        case 300..<400: "The server redirects the request: check the endpoint and the bucket."
        default: "The response has status \(response.status) and no readable error."
        }
    }
}

extension R2Error.Code {
    /// Creates the code for a status, for responses whose body names no code.
    fileprivate init(status: Int, isAboutBucket: Bool) {
        self =
            switch status {
            case 304: .notModified
            case 400: .badRequest
            case 401: .unauthorized
            case 403: .accessDenied
            case 404: isAboutBucket ? .noSuchBucket : .noSuchKey
            case 405: .methodNotAllowed
            case 408: .requestTimeout
            case 409: .conflict
            case 411: .missingContentLength
            case 412: .preconditionFailed
            case 413: .entityTooLarge
            case 416: .invalidRange
            case 429: .tooManyRequests
            case 500: .internalError
            case 501: .notImplemented
            case 502...599: .serviceUnavailable
            default: .invalidResponse
            }
    }
}

/// The parts of an `Error` document that are kept.
///
/// `StringToSign`, `SignatureProvided`, and similar elements are skipped.
struct ErrorDocument {
    var code: String?
    var message: String?
    var requestID: String?

    /// Creates a document without content.
    init() {}

    /// Reads a document whose root element is `Error`.
    init(_ body: [UInt8]) throws(XMLError) {
        var scanner = XMLScanner(body)
        guard try scanner.root() == "Error" else { throw scanner.problem("the root element isn't Error") }
        try self.init(&scanner)
        try scanner.finish()
    }

    /// Reads the content of an `Error` element.
    init(_ scanner: inout XMLScanner) throws(XMLError) {
        while let name = try scanner.nextChild() {
            switch name {
            case "Code": try scanner.read(&code)
            case "Message": try scanner.read(&message)
            case "RequestId": try scanner.read(&requestID)
            default: try scanner.skip()
            }
        }
        removeEmptyValues()
    }

    /// Sets empty values to `nil`, since some servers send empty elements.
    ///
    /// A code becomes a name in metrics and logs, so one that isn't a name counts as missing, too.
    /// A message that only repeats the code says nothing either.
    mutating func removeEmptyValues() {
        if let text = message, let code, Self.isCode(text, code) { message = nil }
        if let name = code, !Self.isName(name) { code = nil }
        if message?.isEmpty == true { message = nil }
        if requestID?.isEmpty == true { requestID = nil }
    }

    private static func isName(_ code: String) -> Bool {
        (1...64).contains(code.utf8.count)
            && code.utf8.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || "._-".utf8.contains($0) }
    }

    /// Returns a Boolean value that indicates whether a message is the code, apart from case and punctuation.
    private static func isCode(_ message: String, _ code: String) -> Bool {
        let letters = message.filter { $0.isLetter || $0.isNumber }
        return letters.lowercased() == code.filter { $0.isLetter || $0.isNumber }.lowercased()
            && !message.contains(" ")
    }
}
