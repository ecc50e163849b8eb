#if Emulator
/// A request that announces another one, which a browser sends before it lets a page send that.
///
/// It needs no signature. But if the URL is presigned, R2 also checks that: see
/// ``Authenticator/authenticatePreflight(_:for:at:)``.
struct PreflightRequest: Sendable {
    /// The origin of the page.
    let origin: String
    /// The announced method.
    let method: String
    /// The names of the announced headers that need permission, in lower case.
    let headers: [String]

    /// The status of a response that allows the announced request.
    ///
    /// Unsettled: reports name 204 and 200. Browsers accept both.
    static let allowedStatus = 204

    /// Reads an OPTIONS request.
    /// - Parameter request: The request.
    /// - Throws: A ``Refusal`` if it lacks `Origin` or `Access-Control-Request-Method`. Unsettled for the S3 API: the
    ///   words are AWS's.
    init(_ request: EmulatorRequest) throws(Refusal) {
        guard let origin = request.header("origin") else {
            throw Self.insufficient("Insufficient information. Origin request header needed.")
        }
        guard let method = request.header("access-control-request-method") else {
            throw Self.insufficient("Invalid Access-Control-Request-Method: null")
        }
        self.origin = origin
        self.method = method
        let names = request.header("access-control-request-headers") ?? ""
        headers = names.utf8.split(separator: UInt8(ascii: ",")).compactMap { name in
            let trimmed = String(Substring(name)).filter { $0 != " " && $0 != "\t" }.lowercased()
            return trimmed.isEmpty ? nil : trimmed
        }
    }

    /// Returns the headers of the response that allows the announced request.
    ///
    /// R2's refusal is the same for a bucket without rules, without a rule that matches, and for a bucket that doesn't
    /// exist (reported many times, with and without a signature).
    /// - Parameter rules: The rules of the bucket, or `nil` if there's no bucket or it has no rules.
    /// - Returns: The headers.
    /// - Throws: A ``Refusal`` with the code `Unauthorized` if no rule allows the announced request.
    func response(by rules: CORSRules?) throws(Refusal) -> [(String, String)] {
        guard let headers = rules?.headers(for: self) else {
            throw Refusal(
                status: 403, code: "Unauthorized", message: "CORS not configured for this bucket",
                explanation: problem(with: rules))
        }
        return headers
    }

    private func problem(with rules: CORSRules?) -> String {
        let what = "\(method) from \(origin)" + (headers.isEmpty ? "" : " with \(headers.joined(separator: ", "))")
        return rules == nil
            ? "The bucket has no CORS rules, or doesn't exist."
            : "No CORS rule allows \(what). One rule must allow all of it."
    }

    private static func insufficient(_ message: String) -> Refusal {
        Refusal(status: 400, code: "BadRequest", message: message)
    }
}
#endif
