internal import HTTPTypes

extension R2Error {
    /// Reads the error that an answer reports: its body if it has one that can be read, else its status.
    /// - Parameters:
    ///   - response: An answer whose status is none of success, or whose body is an error's.
    ///   - operation: The operation that was answered.
    public init<Operation: R2Operation>(_ response: R2Response, of operation: Operation) {
        let document = (try? ErrorDocument(response.body)) ?? ErrorDocument()
        let isAboutBucket = operation.subject == nil
        let code = document.code.map(Code.init) ?? Code(status: response.status, isAboutBucket: isAboutBucket)
        let headers = response.headerFields
        self.init(
            code, document.message ?? Self.message(response, document, isAboutBucket), status: response.status,
            operation: Operation.name, key: operation.subject,
            requestID: headers[named: "x-amz-request-id"] ?? document.requestID, cfRay: headers[named: "cf-ray"],
            retryAfter: headers[.retryAfter].flatMap(ASCII.wholeNumber))
    }

    /// What to say where the answer says nothing.
    private static func message(_ response: R2Response, _ document: ErrorDocument, _ isAboutBucket: Bool) -> String {
        if document.code != nil { return "the answer says no more" }
        return switch response.status {
        case 404 where isAboutBucket: "there is no such bucket"
        case 404: "there is no such object, or no such bucket"
        case 304: "the object has not been modified"
        case 412: "a condition of the request did not hold"
        case 300..<400: "the answer points elsewhere: check the endpoint and the bucket"
        default: "the answer has status \(response.status) and no error that can be read"
        }
    }
}

extension R2Error.Code {
    /// The code for a status, where there is no body that names one.
    init(status: Int, isAboutBucket: Bool) {
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

/// What is kept of an error's XML: `StringToSign`, `SignatureProvided` and their like are passed over.
struct ErrorDocument {
    var code: String?
    var message: String?
    var requestID: String?

    /// An error of which nothing is known.
    init() {}

    /// Reads a document whose root is `Error`.
    init(_ body: [UInt8]) throws(XMLError) {
        var scanner = XMLScanner(body)
        guard try scanner.root() == "Error" else { throw scanner.problem("the root element is not Error") }
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
        // Some servers leave elements empty.
        if code?.isEmpty == true { code = nil }
        if message?.isEmpty == true { message = nil }
        if requestID?.isEmpty == true { requestID = nil }
    }
}
