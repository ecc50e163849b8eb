#if Emulator
import Crypto
import Foundation
import R2Kit
import R2KitSupport
import SigV4

@testable import R2Emulator

/// Signs requests of any form, and sends them to an emulator.
struct TestClient: Sendable {
    let emulator: R2Emulator
    var key = TestClient.key
    var bucket = "media"
    /// The host without the port.
    var host = "127.0.0.1"

    /// A key in the form of R2's.
    static let key = R2Emulator.Key(
        accessKeyID: "0123456789abcdef0123456789abcdef",
        secretAccessKey: "5ec7e7000000000000000000000000000000000000000000000000005ec7e700")

    /// The options of emulators in tests: small limits, and a known key.
    static var options: R2Emulator.Options {
        var options = R2Emulator.Options()
        options.keys = [key]
        options.limits.minimumPartLength = 8
        options.limits.maximumPutLength = 100_000
        return options
    }

    /// Starts an emulator, runs a test with a client, and stops it.
    static func with(
        _ options: R2Emulator.Options = options, _ body: (TestClient) async throws -> Void
    ) async throws {
        let emulator = try await R2Emulator.start(options)
        do {
            try await body(TestClient(emulator: emulator))
        } catch {
            await emulator.stop()
            throw error
        }
        await emulator.stop()
    }

    /// Sends a request that is signed in its headers.
    /// - Parameters:
    ///   - method: The method.
    ///   - target: The path and query, starting with a slash. It's encoded already.
    ///   - headers: Headers to sign.
    ///   - body: The body, or `nil` for none and no length.
    ///   - unsigned: Headers that aren't signed.
    /// - Returns: The response.
    /// - Throws: An error if the connection ends before the response.
    @discardableResult
    func send(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], body: [UInt8]? = nil,
        unsigned: [(String, String)] = []
    ) async throws -> RawResponse {
        let head = try head(method, target, headers, body: body, unsigned: unsigned)
        return try await RawConnection.with(port: emulator.port) { exchange in
            try await exchange.send(Array(head.utf8) + (body ?? []))
            return try await exchange.response(toHead: method == "HEAD")
        }
    }

    @discardableResult
    func send(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], text: String
    ) async throws -> RawResponse {
        try await send(method, target, headers, body: Array(text.utf8))
    }

    /// Returns the request line and headers of a signed request.
    func head(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], body: [UInt8]? = nil,
        unsigned: [(String, String)] = []
    ) throws -> String {
        let request = EmulatorRequest(method: method, target: target, headers: [])
        let host = "\(host):\(emulator.port)"
        let signable = SignableRequest(
            method: method, path: request.rawPath, query: request.query.map { .init($0.name, $0.value) },
            headers: [.init("Host", host)] + headers.map { .init($0.0, $0.1) })
        let signer = Signer(
            credentials: SigningCredentials(
                accessKeyID: key.accessKeyID, secretAccessKey: key.secret.exposed),
            region: "auto", service: "s3", rules: .s3)
        let time = try SigningTime(secondsSinceEpoch: Int64(emulator.clock.now.timeIntervalSince1970))
        let added =
            try isEncoded(request.rawPath)
            ? signer.sign(signable, payload: .bytes(body ?? []), at: time).headers
            : signatureOfRawPath(signable, body: body ?? [], at: time)
        var lines = ["\(method) \(target) HTTP/1.1"]
        lines += (signable.headers + added).map { "\($0.name): \($0.value)" } + unsigned.map { "\($0.0): \($0.1)" }
        if let body { lines.append("Content-Length: \(body.count)") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    private func isEncoded(_ path: String) -> Bool {
        PercentEncoding.decode(path).map { PercentEncoding.encodePath($0) == path } ?? false
    }

    /// Signs a path as it's sent, which no client of good manners sends.
    private func signatureOfRawPath(
        _ request: SignableRequest, body: [UInt8], at time: SigningTime
    ) throws -> [SignableRequest.Header] {
        guard request.query.isEmpty else { throw RawResponse.NoResponse(head: "a raw path with a query") }
        let hash = Hexadecimal.encode(SHA256.hash(data: body))
        let headers =
            request.headers + [.init("x-amz-content-sha256", hash), .init("x-amz-date", time.timestamp)]
        let sorted = headers.map { ($0.name.lowercased(), $0.value) }.sorted { $0.0 < $1.0 }
        let names = sorted.map(\.0).joined(separator: ";")
        let lines = sorted.map { "\($0.0):\($0.1)\n" }.joined()
        let canonical = "\(request.method)\n\(request.path)\n\n\(lines)\n\(names)\n\(hash)"
        let scope = CredentialScope(time: time, region: "auto", service: "s3")
        let toSign = StringToSign(
            CanonicalRequest(received: Array(canonical.utf8), signedHeaders: names), time: time, scope: scope)
        let signature = SigningKey(secretAccessKey: key.secret, scope: scope).signature(of: toSign)
        let value =
            "AWS4-HMAC-SHA256 Credential=\(key.accessKeyID)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
        return Array(headers.dropFirst(request.headers.count)) + [.init("authorization", value)]
    }

    // MARK: Common requests

    /// Stores an object and returns its ETag with quotation marks.
    @discardableResult
    func put(_ key: String, _ text: String = "content", _ headers: [(String, String)] = []) async throws -> String {
        let response = try await send("PUT", "/\(bucket)/\(PercentEncoding.encodePath(key))", headers, text: text)
        guard response.status == 200, let etag = response["etag"] else {
            throw RawResponse.NoResponse(head: "\(response.status) \(response.text)")
        }
        return etag
    }

    /// Creates an upload and returns its identifier, encoded for a query.
    func createUpload(_ key: String, _ headers: [(String, String)] = []) async throws -> String {
        let response = try await send("POST", "/\(bucket)/\(key)?uploads", headers, body: [])
        guard let id = response.element("UploadId") else { throw RawResponse.NoResponse(head: response.text) }
        return PercentEncoding.encode(id)
    }

    /// Uploads a part and returns its ETag with quotation marks.
    func part(_ number: Int, _ text: String, of id: String, _ key: String) async throws -> String {
        let response = try await send("PUT", "/\(bucket)/\(key)?partNumber=\(number)&uploadId=\(id)", text: text)
        guard let etag = response["etag"] else { throw RawResponse.NoResponse(head: response.text) }
        return etag
    }

    func complete(_ parts: [(Int, String)], of id: String, _ key: String) async throws -> RawResponse {
        let document = parts.map { "<Part><PartNumber>\($0.0)</PartNumber><ETag>\($0.1)</ETag></Part>" }.joined()
        return try await send(
            "POST", "/\(bucket)/\(key)?uploadId=\(id)",
            text: "<CompleteMultipartUpload>\(document)</CompleteMultipartUpload>")
    }
}
#endif
