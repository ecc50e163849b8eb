#if Emulator
import Foundation
import SigV4

@testable import R2Emulator

/// Requests that are signed as a client of the emulator signs them, to be changed by tests.
enum Signed {
    static let id = "0123456789abcdef0123456789abcdef"
    static let secret = "5ec7e7000000000000000000000000000000000000000000000000005ec7e700"
    static let host = "127.0.0.1:9000"
    /// 2026-01-02T03:04:05Z.
    static let now = Date(timeIntervalSince1970: 1_767_323_045)

    static let authenticator = Authenticator(keys: [AccessKey(id: id, secret: Secret(secret))])

    static func signer(region: String = "auto", secret: String = secret, token: String? = nil) -> Signer {
        Signer(
            credentials: SigningCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token),
            region: region, service: "s3", rules: .s3)
    }

    static func time(_ date: Date) throws -> SigningTime {
        try SigningTime(secondsSinceEpoch: Int64(date.timeIntervalSince1970))
    }

    /// Returns a request with a signature in its headers.
    static func header(
        _ method: String = "GET", _ path: String = "/media/videos/1.mp4", query: [(String, String)] = [],
        headers: [(String, String)] = [], payload: Payload = .unsigned, signer: Signer = signer(), at date: Date = now
    ) throws -> EmulatorRequest {
        let signable = SignableRequest(
            method: method, path: path, query: query.map { .init($0.0, $0.1) },
            headers: [.init("Host", host)] + headers.map { .init($0.0, $0.1) })
        let added = try signer.sign(signable, payload: payload, at: time(date)).headers
        let pairs = query.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }
        return EmulatorRequest(
            method: method, target: pairs.isEmpty ? path : "\(path)?\(pairs.joined(separator: "&"))",
            headers: (signable.headers + added).map { ($0.name, $0.value) })
    }

    /// Returns a request with a signature in its query.
    static func query(
        _ method: String = "GET", _ path: String = "/media/videos/1.mp4", query: [(String, String)] = [],
        headers: [(String, String)] = [], expires: Int64 = 900, signer: Signer = signer(), at date: Date = now
    ) throws -> EmulatorRequest {
        let signable = SignableRequest(
            method: method, path: path, query: query.map { .init($0.0, $0.1) },
            headers: [.init("Host", host)] + headers.map { .init($0.0, $0.1) })
        let signed = try signer.presign(signable, expiresIn: .seconds(expires), at: time(date))
        return EmulatorRequest(
            method: method, target: "\(path)?\(signed.query)", headers: signable.headers.map { ($0.name, $0.value) })
    }

    /// Returns the refusal of a request, or `nil` if it's accepted with this body.
    static func refusal(
        of request: EmulatorRequest, body: [UInt8]? = nil, by authenticator: Authenticator = authenticator,
        at date: Date = now
    ) -> Refusal? {
        do throws(Refusal) {
            var check = try authenticator.authenticate(request, at: date).bodyCheck
            guard let body else { return nil }
            check.update(body)
            try check.finish()
            return nil
        } catch {
            return error
        }
    }
}

extension EmulatorRequest {
    /// Returns the request with another value of a header, or without it.
    func with(_ name: String, _ value: String?) -> EmulatorRequest {
        var headers = headers.filter { $0.name.lowercased() != name }
        if let value { headers.append((name, value)) }
        return EmulatorRequest(method: method, target: target, headers: headers)
    }

    /// Returns the request with another text in its target.
    func replacing(_ text: String, with other: String) -> EmulatorRequest {
        EmulatorRequest(
            method: method, target: target.replacingOccurrences(of: text, with: other), headers: headers)
    }

    /// Returns the request with another text in its `Authorization` header.
    func authorization(_ text: String, with other: String) -> EmulatorRequest {
        with("authorization", header("authorization")?.replacingOccurrences(of: text, with: other))
    }

    func with(method: String) -> EmulatorRequest {
        EmulatorRequest(method: method, target: target, headers: headers)
    }
}
#endif
