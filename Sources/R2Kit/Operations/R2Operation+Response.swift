internal import HTTPTypes

extension R2Operation {
    /// Throws the error that a response reports, unless its status means success for this operation.
    func checkStatus(of response: R2Response, _ accepted: Set<Int> = [200]) throws(R2Error) {
        guard !accepted.contains(response.status) else { return }
        guard !(200..<300).contains(response.status) else {
            throw invalid(response, "Unexpected status \(response.status) for a successful \(Self.name).")
        }
        throw R2Error(response, of: self)
    }

    /// Reads the document of a successful response.
    /// - Parameters:
    ///   - response: The response, whose status is checked first.
    ///   - roots: The names that the root element can have.
    ///   - read: Reads the content of the root element, up to its end.
    /// - Returns: The result of `read`.
    /// - Throws: ``R2Error`` if the status isn't 200, the body reports an error, or the document isn't complete.
    func parse<Value>(
        _ response: R2Response, root roots: Set<String>, _ read: (inout XMLScanner) throws(XMLError) -> Value
    ) throws(R2Error) -> Value {
        try checkStatus(of: response)
        guard response.body.count <= Self.maximumResponseLength else {
            throw invalid(response, "Response too long: expected at most \(Self.maximumResponseLength) bytes.")
        }
        let value: Value?
        do {
            value = try document(response.body, roots, read)
        } catch {
            throw invalid(
                response,
                "Invalid response document: \(error.message) (byte \(error.offset) of \(response.body.count)).",
                error.isEarlyEnd ? .incompleteResponse : .invalidResponse)
        }
        guard let value else { throw R2Error(response, of: self) }
        return value
    }

    /// Returns the value of a document, or `nil` if the document is an error.
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
            throw scanner.problem("the root element isn't \(roots.sorted().joined(separator: " or "))")
        }
        let value = try read(&scanner)
        try scanner.finish()
        return value
    }

    /// Returns the error for a response that doesn't fit this operation.
    func invalid(_ response: R2Response, _ message: String, _ code: R2Error.Code = .invalidResponse) -> R2Error {
        R2Error(code, message, response: response, operation: self)
    }

    /// Returns the ETag in a response's `ETag` header, which may be weak.
    func etag(in response: R2Response) throws(R2Error) -> ETag {
        guard let text = response.headerFields[.eTag], let tag = try? ETag(parsing: text) else {
            throw invalid(response, "Missing or invalid ETag in the response.")
        }
        return tag
    }

    /// Returns an ETag that identifies the bytes that were stored, which a weak one doesn't.
    func strongETag(_ etag: ETag?, in response: R2Response) throws(R2Error) -> ETag {
        guard let etag, !etag.isWeak else { throw invalid(response, "Missing or weak ETag in the response.") }
        return etag
    }
}
