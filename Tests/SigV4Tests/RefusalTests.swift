import SigV4
import Testing

@Suite("Requests that aren't signed")
struct RefusalTests {
    static let secret = "a-very-secret-key"
    static let token = "a-very-secret-token"
    let signer = Signer(
        credentials: SigningCredentials(accessKeyID: "AKID", secretAccessKey: secret, sessionToken: token),
        region: "auto", service: "s3", rules: .s3)

    func expectRefusal(
        _ code: SigningError.Code, _ change: (inout SignableRequest) -> Void, lifetime: Int = 60,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var changed = SignableRequest(method: "GET", path: "/bucket/key", headers: [.init("host", "h")])
        change(&changed)
        let request = changed
        let time = try SigningTime(secondsSinceEpoch: 0)
        let error = #expect(throws: SigningError.self, sourceLocation: sourceLocation) {
            try signer.presign(request, expiresIn: .seconds(lifetime), at: time)
        }
        #expect(error?.code == code, sourceLocation: sourceLocation)
        let text = "\(String(describing: error)) \(String(reflecting: error))"
        #expect(!text.contains(Self.secret) && !text.contains(Self.token), sourceLocation: sourceLocation)
    }

    @Test(arguments: [Int.min, -1, 0, 604_801, Int.max])
    func `a lifetime outside 1 to 604800 seconds`(lifetime: Int) throws {
        try expectRefusal(.invalidLifetime, { _ in }, lifetime: lifetime)
    }

    @Test(arguments: [
        "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature",
        "X-Amz-Security-Token", "x-amz-signature",
    ])
    func `a query parameter that the signer sets`(name: String) throws {
        try expectRefusal(.reservedName, { $0.query = [.init(name, "x")] })
    }

    @Test(arguments: ["Authorization", "X-Amz-Date", "x-amz-content-sha256", "X-AMZ-SECURITY-TOKEN"])
    func `a header that the signer sets`(name: String) throws {
        try expectRefusal(.reservedName, { $0.headers.append(.init(name, "x")) })
        let request = SignableRequest(
            method: "GET", path: "/", headers: [.init("host", "h"), .init(name, "x")])
        #expect(throws: SigningError.self) {
            try signer.sign(request, payload: .empty, at: SigningTime(secondsSinceEpoch: 0))
        }
    }

    @Test(arguments: ["a\nb", "a\rb", "a\0b", "a\u{7F}b", "\u{1B}[31m"])
    func `a control character in a header`(value: String) throws {
        try expectRefusal(.invalidHeader, { $0.headers.append(.init("x-a", value)) })
    }

    @Test(arguments: ["", "a b", "é", "a:b", "a\n"])
    func `a header name that isn't a token`(name: String) throws {
        try expectRefusal(.invalidHeader, { $0.headers.append(.init(name, "x")) })
    }

    @Test func `no host, an empty host or two`() throws {
        try expectRefusal(.missingHost, { $0.headers = [] })
        try expectRefusal(.missingHost, { $0.headers = [.init("Host", " ")] })
        try expectRefusal(.missingHost, { $0.headers = [.init("Host", "a"), .init("host", "b")] })
    }

    @Test(arguments: ["", "key", "/a b", "/é", "/a+b", "/a%2fb", "/a%2Fb", "/a%41", "/a%", "/a%4", "/a?b", "/a#b"])
    func `a path that isn't encoded as S3 encodes it`(path: String) throws {
        try expectRefusal(.invalidPath, { $0.path = path })
    }

    @Test(arguments: ["", "GET ", "G\nET"])
    func `a method that isn't a token`(method: String) throws {
        try expectRefusal(.invalidMethod, { $0.method = method })
    }

    @Test func `a date before 1970 or after 9999`() {
        #expect(throws: SigningError.self) { try SigningTime(secondsSinceEpoch: -1) }
        #expect(throws: SigningError.self) { try SigningTime(secondsSinceEpoch: 253_402_300_800) }
    }

    @Test(arguments: ["", "abc", String(repeating: "A", count: 64), String(repeating: "g", count: 64)])
    func `a payload hash that isn't a SHA-256`(hex: String) {
        #expect(throws: SigningError.self) { try Payload.sha256(hex: hex) }
    }
}

@Suite("Secrets of the signer")
struct SecretTests {
    @Test func `nothing printed, dumped or mirrored shows a secret or a signature`() throws {
        let signer = Signer(
            credentials: SigningCredentials(accessKeyID: "AKID", secretAccessKey: "s3cr3t", sessionToken: "t0k3n"),
            region: "auto", service: "s3", rules: .s3)
        let request = SignableRequest(method: "GET", path: "/", headers: [.init("host", "h")])
        let time = try SigningTime(secondsSinceEpoch: 0)
        let headers = try signer.sign(request, payload: .empty, at: time)
        let query = try signer.presign(request, expiresIn: .seconds(60), at: time)
        let key = SigningKey(
            secretAccessKey: Secret("s3cr3t"), scope: CredentialScope(time: time, region: "auto", service: "s3"))
        for value in [
            signer, signer.credentials, headers, query, headers.signature, headers.headers, key, Secret("s3cr3t"),
        ] as [Any] {
            var dumped = ""
            dump(value, to: &dumped)
            let text = "\(value) \(String(reflecting: value)) \(dumped)"
            for hidden in ["s3cr3t", "t0k3n", headers.signature.hex, query.signature.hex] {
                #expect(!text.contains(hidden))
            }
            #expect(!(value is any Encodable))
        }
    }

    @Test(arguments: [
        "Authorization", "x-amz-security-token", "x-amz-server-side-encryption-customer-key",
        "X-Amz-Copy-Source-Server-Side-Encryption-Customer-Key",
    ])
    func `a header or parameter that is secret isn't printed`(_ name: String) {
        let request = SignableRequest(
            method: "GET", path: "/", query: [.init(name, "s3cr3t"), .init("X-Amz-Signature", "s3cr3t")],
            headers: [.init(name, "s3cr3t"), .init("host", "h.example")])
        var dumped = ""
        dump(request, to: &dumped)
        let text = "\(request.headers) \(request) \(dumped)"
        #expect(text.contains("h.example") && text.contains(name))
        #expect(name == "Authorization" || !text.contains("s3cr3t"))
        #expect(!"\(request.headers)".contains("s3cr3t"))
    }

    @Test func `secrets are equal if and only if their strings are`() {
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
        #expect(Secret("a") != Secret("ab"))
    }
}
