#if Delivery
internal import R2Kit
internal import R2Storage
internal import VideoDelivery

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A look at everything that the server can see of a browser's request that failed.
///
/// A browser reports every failure alike, as a network or CORS error.
struct UploadCheck: Sendable {
    let origin: String?
    let method: CORSConfiguration.Rule.Method
    let headers: [String]
    /// The date at which the URL that the browser used expires.
    let urlExpiresAt: Date?

    /// Reads what the browser says about its request.
    ///
    /// - Throws: An ``EndpointProblem`` with the code `invalidQuery`.
    init(_ query: RequestQuery) throws(EndpointProblem) {
        origin = try query.value("origin", expected: "an origin such as https://app.example.com") { origin in
            let isText = origin.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            return isText && (1...255).contains(origin.utf8.count) ? origin : nil
        }
        method =
            try query.value("method", expected: "GET, HEAD, PUT, POST or DELETE", CORSConfiguration.Rule.Method.init)
            ?? .put
        let names = query.values("header").flatMap { $0.split(separator: ",") }.map {
            $0.filter { $0 != " " }.lowercased()
        }
        guard names.count <= 20, names.allSatisfy(Self.isHeaderName) else {
            throw .invalidQuery("header", "at most 20 names of headers")
        }
        headers = names.isEmpty ? ["content-type"] : names
        urlExpiresAt = try query.value("urlExpiresAt", expected: RequestDate.form, RequestDate.date)
    }

    private static func isHeaderName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }

    /// Returns the findings, the likeliest cause first.
    func findings(_ status: UploadStatus, _ rules: CORSReader.Rules?, at now: Date) -> [UploadFinding] {
        var findings: [UploadFinding] = []
        switch status.phase {
        case .expired:
            findings.append(UploadFinding("uploadExpired", "The upload has expired. Begin again with a new token."))
        case .failed:
            findings.append(UploadFinding("verificationFailed", "The file arrived, and can't be played."))
        case .arrived where status.receivedBytes != status.byteSize:
            findings.append(
                UploadFinding("wrongSize", "The object has \(status.receivedBytes) bytes. Complete the upload."))
        case .arrived:
            findings.append(UploadFinding("arrived", "All bytes have arrived. Complete the upload."))
        case .verifying, .ready:
            findings.append(UploadFinding("arrived", "All bytes have arrived. Don't send anything."))
        case .waiting: break
        }
        if let urlExpiresAt, urlExpiresAt <= now {
            findings.append(UploadFinding("urlExpired", "The URL has expired. Sign the request again."))
        }
        if let origin, let rules { findings += cors(origin, rules) }
        return findings
    }

    private func cors(_ origin: String, _ rules: CORSReader.Rules) -> [UploadFinding] {
        guard case .known(let configuration) = rules else {
            return [UploadFinding("corsUnknown", "The server can't read the bucket's CORS rules.")]
        }
        guard let configuration else {
            return [UploadFinding("corsMissing", "The bucket has no CORS rules, so no page can send files to it.")]
        }
        let rules = CORSRules(configuration, origin: origin)
        guard rules.includeOrigin else {
            return [UploadFinding("corsOriginNotAllowed", "The bucket's CORS rules don't include the origin.")]
        }
        guard let rule = rules.respondingRule(for: method) else {
            return [UploadFinding("corsMethodNotAllowed", "The bucket's CORS rules don't allow \(method.rawValue).")]
        }
        var findings: [UploadFinding] = []
        let refused = headers.filter { !rules.allow(method, header: $0) }
        if !refused.isEmpty {
            findings.append(
                UploadFinding(
                    "corsHeaderNotAllowed",
                    "The bucket's CORS rules don't allow \(method.rawValue) with these headers: "
                        + "\(refused.joined(separator: ", "))."))
        }
        if method == .put, !CORSRules.exposes("etag", rule) {
            findings.append(
                UploadFinding("corsETagNotExposed", "The bucket's CORS rules don't expose ETag, which Uppy reads."))
        }
        return findings.isEmpty
            ? [UploadFinding("corsAllowed", "The bucket's CORS rules allow the request.")] : findings
    }
}
#endif
