internal import HTTPTypes

extension R2Operation {
    /// Throws the error that the answer reports, unless its status is one that means success here.
    func checkStatus(of response: R2Response, _ accepted: Set<Int> = [200]) throws(R2Error) {
        guard !accepted.contains(response.status) else { return }
        guard !(200..<300).contains(response.status) else {
            throw invalid(response, "a success with status \(response.status) is none of this operation's")
        }
        throw R2Error(response, of: self)
    }

    /// Reads the document of a successful answer.
    /// - Parameters:
    ///   - response: The answer; its status is checked first.
    ///   - roots: The names that the root element may have.
    ///   - read: Reads the content of the root element, up to its end.
    /// - Returns: What `read` made of it.
    /// - Throws: ``R2Error`` for another status, an error in the body, or a document that is not whole.
    func parse<Value>(
        _ response: R2Response, root roots: Set<String>, _ read: (inout XMLScanner) throws(XMLError) -> Value
    ) throws(R2Error) -> Value {
        try checkStatus(of: response)
        guard response.body.count <= Self.maximumResponseLength else {
            throw invalid(response, "the document has more than \(Self.maximumResponseLength) bytes")
        }
        let value: Value?
        do {
            value = try document(response.body, roots, read)
        } catch {
            throw invalid(
                response, "\(error.message), at byte \(error.offset) of \(response.body.count)",
                error.isEarlyEnd ? .incompleteResponse : .invalidResponse)
        }
        guard let value else { throw R2Error(response, of: self) }
        return value
    }

    /// The value of a document, or `nil` if it is an error's.
    private func document<Value>(
        _ body: [UInt8], _ roots: Set<String>, _ read: (inout XMLScanner) throws(XMLError) -> Value
    ) throws(XMLError) -> Value? {
        var scanner = XMLScanner(body)
        let root = try scanner.root()
        if root == "Error", !roots.contains(root) {
            _ = try ErrorDocument(&scanner)
            try scanner.finish()
            return nil
        }
        guard roots.contains(root) else {
            throw scanner.problem("the document is no \(roots.sorted().joined(separator: " and no "))")
        }
        let value = try read(&scanner)
        try scanner.finish()
        return value
    }

    /// The error for an answer that is not what this operation is answered with.
    func invalid(
        _ response: R2Response, _ message: String, _ code: R2Error.Code = .invalidResponse
    ) -> R2Error {
        R2Error(
            code, message, status: response.status, operation: Self.name, key: subject,
            requestID: response.headerFields[named: "x-amz-request-id"],
            cfRay: response.headerFields[named: "cf-ray"])
    }

    /// The tag in the answer's `ETag` header.
    func etag(in response: R2Response) throws(R2Error) -> ETag {
        guard let text = response.headerFields[.eTag], let tag = try? ETag(text) else {
            throw invalid(response, "the answer has no strong ETag")
        }
        return tag
    }
}
