import Foundation
import R2Kit
import SigV4
import TestSupport

extension TestServer {
    /// Creates a request with signed headers on an object, or on the bucket if the key is `nil`.
    func signed(
        _ method: String, key: ObjectKey?, query: [(name: String, value: String)] = [], body: Body = Body([])
    ) throws -> Message {
        let config = try config
        let path = PercentEncoding.encodePath("/\(config.bucket)" + (key.map { "/\($0)" } ?? ""))
        return try signed(method, path: path, query: query, body: body, headers: [], service: "s3")
    }

    /// Creates a request with signed headers on a percent-encoded path.
    func signed(
        _ method: String, path: String, query: [(name: String, value: String)], body: Body,
        headers: [SignableRequest.Header], service: String
    ) throws -> Message {
        let endpoint = try config.endpoint
        let signer = Signer(
            credentials: SigningCredentials(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey),
            region: try config.region, service: service, rules: .s3)
        let request = SignableRequest(
            method: method, path: path, query: query.map { SignableRequest.Parameter($0.name, $0.value) },
            headers: [SignableRequest.Header("host", endpoint.authority)] + headers)
        let now = try SigningTime(secondsSinceEpoch: Int64(Date().timeIntervalSince1970))
        let added = try signer.sign(request, payload: .bytes(body.bytes), at: now).headers
        let parameters = query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        let suffix = parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&")
        return Message(
            method: method, url: "\(endpoint)\(path)\(suffix)", headers: (headers + added).map { ($0.name, $0.value) },
            body: method == "GET" ? nil : body)
    }

    /// Returns a Boolean value that indicates whether the bucket's listing contains exactly this key.
    func lists(_ key: ObjectKey) async throws -> Bool {
        let query = [("encoding-type", "url"), ("list-type", "2"), ("prefix", key.rawValue)]
        let response = try await signed("GET", key: nil, query: query).send()
        guard response.isSuccess else { throw TestSupportError("Listing the bucket failed: \(response.text)") }
        let names = response.text.components(separatedBy: "<Key>").dropFirst().compactMap { rest in
            rest.range(of: "</Key>").map { String(rest[..<$0.lowerBound]) }
        }
        // Some servers send a space as '+' here, others as %20. All of them send a plus sign as %2B.
        let keys = names.map { PercentEncoding.decode($0.replacingOccurrences(of: "+", with: " ")) ?? $0 }
        return keys.contains { Array($0.utf8) == Array(key.rawValue.utf8) }
    }
}
