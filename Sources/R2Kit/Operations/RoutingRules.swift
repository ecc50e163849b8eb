internal import HTTPTypes

/// Rules for requests that R2 would take for another operation than they name.
///
/// R2 chooses the operation by the method and a few query parameters. It ignores every other parameter, and these too
/// where they don't fit: DELETE with `tagging` deletes the object, and PUT with `uploadId` alone overwrites it.
/// Requests that R2 rejects itself, such as GET with `tagging`, aren't affected.
enum RoutingRules {
    /// Checks an operation's request.
    static func check(_ request: R2OperationRequest) throws(R2ValidationError) {
        let isCopy = request.copySource != nil
        guard request.key != nil else { return try check(bucket: request) }
        try check(request.method, parameters: request.query, headers: request.headerFields, isCopy: isCopy)
        guard !isCopy || request.body.length == 0 else {
            throw misrouted("R2 ignores the body of a request with a copy source. Remove one of the two")
        }
    }

    /// Checks a request for an object, whose copy source, if any, is a header.
    static func check(
        _ method: HTTPRequest.Method, parameters: [QueryParameter], headers: HTTPFields
    ) throws(R2ValidationError) {
        let isCopy = headers.contains { $0.name.canonicalName == "x-amz-copy-source" }
        try check(method, parameters: parameters, headers: headers, isCopy: isCopy)
    }

    private static func check(
        _ method: HTTPRequest.Method, parameters: [QueryParameter], headers: HTTPFields, isCopy: Bool
    ) throws(R2ValidationError) {
        // R2 rejects every other method.
        guard [.get, .head, .put, .post, .delete].contains(method) else { return }
        try check(headers, of: method, isCopy: isCopy)
        let route = try Route(parameters)
        try check(partNumber: route.partNumber, hasUpload: route.operation == "uploadId", method: method)
        if method == .delete, route.hasVersion {
            throw misrouted("R2 has no versions, and would delete the object itself. Remove versionId")
        }
        guard let operation = route.operation else {
            guard method != .post else {
                throw misrouted("R2 stores the body of a POST as the object unless it has uploads or uploadId")
            }
            return
        }
        let isKnown =
            switch operation {
            case "uploads": method == .post
            case "uploadId": method != .head
            case "acl", "tagging", "retention", "legal-hold": method == .get || method == .put
            case "attributes", "torrent": method == .get
            default: false
            }
        guard isKnown else {
            let remedy =
                operation == "uploads" && method == .get
                ? "List the uploads of the bucket, without a key" : "Remove the parameter"
            throw misrouted(
                "R2 would perform \(actualOperation(of: method, operation)) for \(method) with \(operation). \(remedy)")
        }
    }

    /// Checks a request for the bucket, where R2 rejects most unknown parameters itself.
    private static func check(bucket request: R2OperationRequest) throws(R2ValidationError) {
        let route = try Route(request.query)
        guard request.copySource == nil else {
            throw misrouted("a copy needs the key of the new object")
        }
        guard request.method != .post || route.operation == "delete" else {
            throw misrouted("R2 responds to a POST without delete with success, and does nothing")
        }
    }

    private static func check(
        partNumber: String?, hasUpload: Bool, method: HTTPRequest.Method
    ) throws(R2ValidationError) {
        guard let partNumber else {
            guard !hasUpload || method != .put else {
                throw misrouted("without partNumber, R2 would overwrite the object instead of storing a part")
            }
            return
        }
        guard let number = ASCII.wholeNumber(partNumber), String(number) == partNumber else {
            throw R2ValidationError(
                .invalidPartNumber,
                "Invalid part number: expected a number from 1 to 10,000 in digits, without leading zeros.")
        }
        try PartPlan.checkPartNumber(number)
        switch method {
        case .put:
            guard hasUpload else {
                throw misrouted("without uploadId, R2 would overwrite the object instead of storing a part")
            }
        case .delete where hasUpload:
            throw misrouted("R2 would abort the whole upload, not delete a part. Remove partNumber")
        case .delete:
            throw misrouted("R2 would delete the object, not a part. Remove partNumber")
        default: return
        }
    }

    private static func check(
        _ headers: HTTPFields, of method: HTTPRequest.Method, isCopy: Bool
    ) throws(R2ValidationError) {
        guard !isCopy || method == .put else {
            throw misrouted("R2 ignores a copy source on \(method). Use PUT")
        }
        for field in headers {
            let name = field.name.canonicalName
            if !isCopy, name.utf8.starts(with: "x-amz-copy-source-".utf8) {
                throw misrouted("without a copy source, R2 would store the body and ignore \(name)")
            }
            if method == .put, ["x-amz-write-offset-bytes", "x-amz-rename-source"].contains(name) {
                throw misrouted("R2 ignores \(name), and would overwrite the object. Remove the header")
            }
        }
    }

    private static func actualOperation(of method: HTTPRequest.Method, _ operation: String) -> String {
        switch method {
        case .get: operation == "uploads" ? "ListMultipartUploads of the whole bucket" : "GetObject"
        case .head: "HeadObject"
        case .delete: "DeleteObject"
        default: "PutObject"
        }
    }

    private static func misrouted(_ problem: String) -> R2ValidationError {
        R2ValidationError(.misroutedRequest, "Misrouted request: \(problem).")
    }
}

extension RoutingRules {
    /// The query parameters that determine the operation.
    private struct Route {
        /// The name of the parameter that stands for an operation, such as `uploads` or `tagging`.
        private(set) var operation: String?
        private(set) var partNumber: String?
        private(set) var hasVersion = false

        init(_ parameters: [QueryParameter]) throws(R2ValidationError) {
            var uploadID: String?
            for parameter in parameters {
                guard let name = RoutingRules.names[ASCII.lowercased(parameter.name)] else { continue }
                guard name == parameter.name else {
                    throw RoutingRules.misrouted(
                        "R2 ignores the parameter \(parameter.name), because names are case-sensitive: write \(name)")
                }
                switch name {
                case "partNumber":
                    guard partNumber == nil else { throw RoutingRules.misrouted("\(name) occurs twice") }
                    partNumber = parameter.value
                case "versionId": hasVersion = true
                default:
                    guard operation == nil else {
                        throw RoutingRules.misrouted("\(operation ?? "") and \(name) name two operations")
                    }
                    operation = name
                    if name == "uploadId" { uploadID = parameter.value }
                }
            }
            if let uploadID { _ = try UploadID(uploadID) }
        }
    }

    /// The names of parameters that determine an operation of S3, by their form in lower case.
    ///
    /// Source: the API reference of Amazon S3.
    private static let names: [String: String] = {
        let names = [
            "accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "intelligent-tiering",
            "inventory", "legal-hold", "lifecycle", "list-type", "location", "logging", "metadataConfiguration",
            "metadataTable", "metrics", "notification", "object-lock", "ownershipControls", "partNumber", "policy",
            "policyStatus", "publicAccessBlock",
            "renameObject", "replication", "requestPayment", "restore", "retention", "select", "tagging", "torrent",
            "uploadId", "uploads", "versionId", "versioning", "versions", "website",
        ]
        return Dictionary(uniqueKeysWithValues: names.map { (ASCII.lowercased($0), $0) })
    }()
}
