import HTTPTypes
import R2Kit
import SigV4

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One presigner for every kind of endpoint, addressing and credentials.
let presigners: [R2Presigner] = required("a constant") {
    let account = try AccountID("0123456789abcdef0123456789abcdef")
    let bucket = try BucketName("my-videos")
    let lasting = try R2Credentials(accessKeyID: "AKID/EXAMPLE", secretAccessKey: Secrets.key)
    let temporary = try R2Credentials(
        accessKeyID: "AKID", secretAccessKey: Secrets.key, sessionToken: Secrets.token,
        expiresAt: Date(timeIntervalSince1970: 4_102_444_800))
    return [
        R2Presigner(try R2Config(accountID: account, credentials: lasting, bucket: bucket)),
        R2Presigner(
            try R2Config(
                accountID: account, jurisdiction: .eu, credentials: temporary, bucket: bucket,
                addressingStyle: .virtualHosted)),
        R2Presigner(
            try R2Config(endpoint: R2Endpoint("http://localhost:9000"), credentials: temporary, bucket: bucket)),
        R2Presigner(
            try R2Config(
                endpoint: R2Endpoint("https://[::1]:8443"), credentials: lasting, bucket: bucket, region: "us_1")),
    ]
}

/// The arguments of a call, to check its request with.
struct Call {
    let presigner: R2Presigner
    let key: ObjectKey
    let lifetime: Duration?
    let instant: Date

    /// Checks the request's URL, its times, its headers, its JSON form, and what is printed of it.
    func check(
        _ request: PresignedRequest, _ method: HTTPRequest.Method, parameters: [SignableRequest.Parameter] = [],
        headers: [SignableRequest.Header] = [], window: Int? = nil
    ) {
        let isWrite = method == .put || method == .delete
        let config = presigner.config
        var seconds = Int(
            (lifetime ?? (isWrite ? config.uploadURLLifetime : config.playbackURLLifetime)).components.seconds)
        var start = Int64(instant.timeIntervalSince1970.rounded(.down))
        if let window {
            start -= start % Int64(window)
            seconds += window
        }
        let end = Date(timeIntervalSince1970: Double(start + Int64(seconds)))
        fuzz.check(request.expiresAt == end && end > instant, "expires at \(request.expiresAt), not \(end)")
        fuzz.check(request.method == method, "the method is \(request.method)")
        let expected = url(method, parameters, headers, start, seconds)
        fuzz.check(request.url == expected, "\n     got \(request.url)\nexpected \(expected)")
        checkForm(of: request)
        checkHeaders(of: request, headers)
        checkJSON(of: request)
    }

    /// Returns the URL of the general signer.
    private func url(
        _ method: HTTPRequest.Method, _ parameters: [SignableRequest.Parameter], _ headers: [SignableRequest.Header],
        _ start: Int64, _ seconds: Int
    ) -> String {
        let config = presigner.config
        let isInPath = config.addressingStyle == .path
        let authority = isInPath ? config.endpoint.authority : "\(config.bucket).\(config.endpoint.authority)"
        let path = (isInPath ? "/\(config.bucket)/" : "/") + PercentEncoding.encodePath(key.rawValue)
        let signer = Signer(
            credentials: SigningCredentials(
                accessKeyID: config.credentials.accessKeyID, secretAccessKey: Secrets.key,
                sessionToken: config.credentials.isTemporary ? Secrets.token : nil),
            region: config.region, service: "s3", rules: .s3)
        let request = SignableRequest(
            method: method.rawValue, path: path, query: parameters, headers: headers + [.init("host", authority)])
        let signed = required("what the presigner takes") {
            try signer.presign(request, expiresIn: .seconds(seconds), at: SigningTime(secondsSinceEpoch: start))
        }
        return "\(config.endpoint.scheme)://\(authority)\(path)?\(signed.query)"
    }

    private func checkForm(of request: PresignedRequest) {
        let url = request.url
        fuzz.check(url.isVisibleASCII, "the URL holds something other than visible ASCII: \(url)")
        fuzz.check(url.occurrences(of: "?") == 1 && !url.hasBytes("#"), "the URL has no or two queries: \(url)")
        fuzz.check(url.occurrences(of: "X-Amz-Signature=") == 1, "the URL has no or two signatures: \(url)")
        let signature = String(url.suffix(64))
        fuzz.check(url.hasSuffix("&X-Amz-Signature=\(signature)"), "the signature does not come last: \(url)")
        for text in ["\(request)", String(reflecting: request), "\(Mirror(reflecting: request).children.map(\.value))"]
        {
            fuzz.check(!text.hasBytes(signature), "the description shows the signature: \(text)")
            Secrets.check(absentFrom: text)
        }
    }

    /// Checks that the client gets every signed header, with the signed value.
    private func checkHeaders(of request: PresignedRequest, _ headers: [SignableRequest.Header]) {
        let told = request.headers.map { "\($0.name.canonicalName): \($0.value)" }.sorted()
        let signed = headers.map { "\($0.name.lowercased()): \($0.value)" }.sorted()
        fuzz.check(told == signed, "the client is told \(told), but signed is \(signed)")
        if let length = request.headers[.contentLength] {
            fuzz.check(Int(length).map { "\($0)" } == length, "no client sends content-length: \(length)")
        }
    }

    private func checkJSON(of request: PresignedRequest) {
        let read = required("the JSON form") {
            try JSONDecoder().decode(PresignedRequest.self, from: JSONEncoder().encode(request))
        }
        let isSame = read.url == request.url && read.method == request.method && read.expiresAt == request.expiresAt
        fuzz.check(isSame, "the JSON form is of another request: \(read)")
        for name in Set(request.headers.map(\.name)) {
            fuzz.check(
                read.headers[name] == request.headers[name],
                "\(name) was \(request.headers[name] ?? "none"), and is \(read.headers[name] ?? "none") after JSON")
        }
    }
}
