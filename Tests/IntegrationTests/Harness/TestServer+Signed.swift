import Foundation
import R2Kit
import SigV4
import TestSupport

extension TestServer {
    /// A header-signed request, for what is not done with presigned URLs: on the bucket if there is no key.
    func signed(
        _ method: String, key: ObjectKey?, query: [(name: String, value: String)] = [], body: Body = Body([])
    ) throws -> Message {
        let config = try config
        let path = PercentEncoding.encodePath("/\(config.bucket)" + (key.map { "/\($0)" } ?? ""))
        return try signed(method, path: path, query: query, body: body, headers: [], service: "s3")
    }

    /// A header-signed request on any path, which is encoded already.
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

    /// Whether the bucket holds an object under exactly this key, as its listing tells.
    func lists(_ key: ObjectKey) async throws -> Bool {
        let query = [("encoding-type", "url"), ("list-type", "2"), ("prefix", key.rawValue)]
        let answer = try await signed("GET", key: nil, query: query).send()
        guard answer.isSuccess else { throw TestSupportError("the bucket was not listed: \(answer.text)") }
        let names = answer.text.components(separatedBy: "<Key>").dropFirst().compactMap { rest in
            rest.range(of: "</Key>").map { String(rest[..<$0.lowerBound]) }
        }
        // Some servers write a space as '+' here, others as %20; a plus sign is %2B to both.
        let keys = names.map { PercentEncoding.decode($0.replacingOccurrences(of: "+", with: " ")) ?? $0 }
        return keys.contains { Array($0.utf8) == Array(key.rawValue.utf8) }
    }
}
