#if Emulator
import Foundation
import SigV4
import Testing

@testable import R2Emulator

/// A request that R2 refuses, with its refusal.
struct RefusalRow: Sendable, CustomTestStringConvertible {
    /// How well R2's behavior is known.
    enum Grade: String, Sendable {
        /// Recorded on R2, for this very point or with all others.
        case observed = "r2-observed"
        /// Seen on R2 by others, who are named.
        case reported
        /// Documented by Cloudflare.
        case documented
        /// No source says it. The emulator's own choice.
        case unsettled
    }

    let testDescription: String
    let request: @Sendable () throws -> EmulatorRequest
    let status: Int
    let code: String
    let message: String
    let grade: Grade
    let source: String

    init(
        _ description: String, _ status: Int, _ code: String, _ message: String, _ grade: Grade, _ source: String,
        _ request: @escaping @Sendable () throws -> EmulatorRequest
    ) {
        testDescription = "\(description) [\(grade.rawValue): \(source)]"
        self.request = request
        self.status = status
        self.code = code
        self.message = message
        self.grade = grade
        self.source = source
    }
}

private let other = "fedcba9876543210fedcba9876543210"
private let mismatch = """
    The request signature we calculated does not match the signature you provided. Check your secret access key and \
    signing method.
    """

extension RefusalRow {
    static let headerForm: [RefusalRow] = [
        RefusalRow("no signature", 400, "InvalidArgument", "Authorization", .observed, "header form 0") {
            EmulatorRequest(method: "GET", target: "/media/a", headers: [("host", Signed.host)])
        },
        RefusalRow(
            "a parameter in lower case is no signature", 400, "InvalidArgument", "Authorization", .observed, "details"
        ) {
            try Signed.query().replacing("X-Amz-Credential", with: "x-amz-credential")
        },
        RefusalRow(
            "no payload hash", 400, "InvalidRequest", "Missing x-amz-content-sha256", .observed, "header form 1"
        ) {
            try Signed.header().with("x-amz-content-sha256", nil).with("authorization", "Bearer x")
        },
        RefusalRow(
            "no date", 400, "InvalidArgument", "No date provided in x-amz-date nor date header", .observed,
            "header form 2"
        ) { try Signed.header().with("x-amz-date", nil) },
        RefusalRow(
            "a date of RFC 1123", 400, "InvalidArgument",
            "Date provided in 'x-amz-date' header (Fri, 02 Jan 2026 03:04:05 GMT) didn't parse successfully", .observed,
            "header form 3"
        ) { try Signed.header().with("x-amz-date", "Fri, 02 Jan 2026 03:04:05 GMT") },
        RefusalRow(
            "an extended date", 400, "InvalidArgument",
            "Date provided in 'date' header (2026-01-02T03:04:05Z) didn't parse successfully", .observed,
            "header form 3"
        ) { try Signed.header().with("x-amz-date", nil).with("date", "2026-01-02T03:04:05Z") },
        RefusalRow(
            "a day that doesn't exist", 400, "InvalidArgument",
            "Date provided in 'x-amz-date' header (20260231T030405Z) didn't parse successfully", .unsettled,
            "JavaScript would take it for March 3"
        ) { try Signed.header().with("x-amz-date", "20260231T030405Z") },
        RefusalRow(
            "15 minutes and 1 second early", 403, "RequestTimeTooSkewed",
            "The difference between the request time and the server's time is too large.", .observed, "header form 4"
        ) { try Signed.header(at: Signed.now.addingTimeInterval(-901)) },
        RefusalRow(
            "15 minutes and 1 second late", 403, "RequestTimeTooSkewed",
            "The difference between the request time and the server's time is too large.", .observed, "header form 4"
        ) { try Signed.header(at: Signed.now.addingTimeInterval(901)) },
        RefusalRow(
            "another scheme", 400, "InvalidRequest", "Please use AWS4-HMAC-SHA256", .observed, "header form 5"
        ) { try Signed.header().authorization("AWS4-HMAC-SHA256", with: "AWS4-ECDSA-P256-SHA256") },
        RefusalRow(
            "no Credential", 400, "InvalidRequest", "Please use AWS4-HMAC-SHA256", .observed, "header form 5"
        ) { try Signed.header().authorization("Credential=", with: "credential=") },
        RefusalRow(
            "no SignedHeaders", 400, "InvalidRequest", "Please use AWS4-HMAC-SHA256", .observed, "header form 5"
        ) { try Signed.header().authorization("SignedHeaders=", with: "Headers=") },
        RefusalRow(
            "no Signature", 400, "InvalidRequest", "Please use AWS4-HMAC-SHA256", .observed, "header form 5"
        ) { try Signed.header().authorization(", Signature=", with: " Signature=") },
        RefusalRow(
            "a short credential", 400, "InvalidArgument",
            "Credential sigv4 header should have at least 5 slash-separated parts, not 4", .observed, "header form 6"
        ) { try Signed.header().authorization("/aws4_request", with: "") },
        RefusalRow(
            "an empty credential", 400, "InvalidArgument",
            "Credential sigv4 header should have at least 5 slash-separated parts, not 1", .observed, "header form 6"
        ) {
            try Signed.header().authorization("\(Signed.id)/20260102/auto/s3/aws4_request", with: "")
        },
        RefusalRow(
            "a key ID of another length", 400, "InvalidArgument", "Credential access key has length 20, should be 32",
            .reported, "grafana/loki#9224, medusajs/medusa#10497"
        ) { try Signed.header().authorization(Signed.id, with: "AKIAIOSFODNN7EXAMPLE") },
        RefusalRow(
            "a slash in the key ID", 400, "InvalidArgument", "Credential access key has length 34, should be 32",
            .observed, "header form 6: everything before the last four parts"
        ) { try Signed.header().authorization(Signed.id, with: "a/\(Signed.id)") },
        RefusalRow(
            "another service", 400, "InvalidArgument", "Credential service should be s3, not s3express", .observed,
            "header form 8"
        ) { try Signed.header().authorization("/s3/", with: "/s3express/") },
        RefusalRow(
            "another terminator", 400, "InvalidArgument",
            "Credential termination string should be aws4_request, not aws4_Request", .observed, "header form 9"
        ) { try Signed.header().authorization("/aws4_request", with: "/aws4_Request") },
        RefusalRow(
            "another region", 400, "InvalidRegionName",
            "The region name 'eu-west-1' is not valid. Must be one of: wnam, enam, weur, eeur, apac, oc, auto",
            .reported, "jeessy2/backup-x#127, iterate-ch/cyberduck#16377; the place in the order is unsettled"
        ) { try Signed.header(signer: Signed.signer(region: "eu-west-1")) },
        RefusalRow(
            "another day", 400, "InvalidArgument",
            "Credential signed date 20260101 does not match 20260102 from 'x-amz-date' header", .observed,
            "header form 11"
        ) { try Signed.header().authorization("/20260102/", with: "/20260101/") },
        RefusalRow("an unknown key", 401, "Unauthorized", "Unauthorized", .observed, "header form 12") {
            try Signed.header().authorization(Signed.id, with: other)
        },
        RefusalRow("host isn't signed", 401, "Unauthorized", "Unauthorized", .observed, "header form 13") {
            try Signed.header().authorization("SignedHeaders=host;", with: "SignedHeaders=")
        },
        RefusalRow("another signature", 403, "SignatureDoesNotMatch", mismatch, .observed, "header form 14") {
            try Signed.header(signer: Signed.signer(secret: String(Signed.secret.reversed())))
        },
        RefusalRow("an empty signature", 403, "SignatureDoesNotMatch", mismatch, .observed, "header form 14") {
            let signed = try Signed.header()
            let value = signed.header("authorization") ?? ""
            return signed.with("authorization", String(value.prefix { _ in true }.dropLast(64)))
        },
        RefusalRow("a signature in upper case", 403, "SignatureDoesNotMatch", mismatch, .observed, "header form 14") {
            let signed = try Signed.header()
            let value = signed.header("authorization") ?? ""
            return signed.with("authorization", value.dropLast(64) + value.suffix(64).uppercased())
        },
        RefusalRow(
            "a body in signed chunks", 501, "NotImplemented", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD not implemented",
            .reported, "soto-project/soto#643, robinrodricks/FluentStorage#114"
        ) { try Signed.payload("STREAMING-AWS4-HMAC-SHA256-PAYLOAD") },
        RefusalRow(
            "a body in chunks with a trailer", 501, "NotImplemented",
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER not implemented", .unsettled, "reported with several codes"
        ) { try Signed.payload("STREAMING-UNSIGNED-PAYLOAD-TRAILER") },
        RefusalRow(
            "a payload hash that's none", 400, "InvalidArgument",
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                + "STREAMING-AWS4-HMAC-SHA256-PAYLOAD or a valid sha256 value.",
            .unsettled, "AWS's words"
        ) { try Signed.payload("unsigned") },
        RefusalRow(
            "another body", 400, "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.", .observed, "header form 15"
        ) { try Signed.header("PUT", payload: .bytes("another body".utf8)) },
        RefusalRow(
            "a token of AWS", 400, "InvalidArgument", "X-Amz-Security-Token", .observed,
            "details; jschneier/django-storages#1453"
        ) { try Signed.header(signer: Signed.signer(token: "IQoJb3JpZ2luX2VjEJr")) },
        RefusalRow(
            "an unsigned token of AWS", 400, "InvalidArgument", "X-Amz-Security-Token", .observed, "details"
        ) { try Signed.header().with("x-amz-security-token", "IQoJb3JpZ2luX2VjEJr") },
    ]

    static let queryForm: [RefusalRow] = [
        RefusalRow(
            "a parameter is missing", 400, "InvalidArgument", "Required search parameter X-Amz-Date missing", .observed,
            "query form 1"
        ) { try Signed.query().replacing("X-Amz-Date=", with: "x-amz-date=") },
        RefusalRow(
            "all parameters are missing", 400, "InvalidArgument",
            "Required search parameters X-Amz-Algorithm,  X-Amz-Signature,  X-Amz-Date,  X-Amz-SignedHeaders,  "
                + "X-Amz-Expires missing",
            .observed, "query form 1"
        ) { EmulatorRequest(method: "GET", target: "/media/a?X-Amz-Credential", headers: [("host", Signed.host)]) },
        RefusalRow(
            "another algorithm", 400, "InvalidRequest", "Please use AWS4-HMAC-SHA256", .observed, "query form 2"
        ) { try Signed.query().replacing("AWS4-HMAC-SHA256", with: "AWS4-HMAC-SHA512") },
        RefusalRow(
            "another form of date", 400, "InvalidArgument",
            "Date provided in X-Amz-Date (20260102) didn't parse successfully", .observed, "query form 3"
        ) { try Signed.query().replacing("20260102T030405Z", with: "20260102") },
        RefusalRow(
            "a short credential", 400, "InvalidArgument",
            "Credential sigv4 header should have at least 5 slash-separated parts, not 2", .observed, "query form 4"
        ) { try Signed.query().replacing("%2F20260102%2Fauto%2Fs3", with: "") },
        RefusalRow(
            "another service", 400, "InvalidArgument", "Credential service should be s3, not sts", .observed,
            "query form 4"
        ) { try Signed.query().replacing("%2Fs3%2F", with: "%2Fsts%2F") },
        RefusalRow(
            "another day", 400, "InvalidArgument",
            "Credential signed date 20260103 does not match 20260102 from 'x-amz-date' header", .observed,
            "query form 4"
        ) { try Signed.query().replacing("%2F20260102%2F", with: "%2F20260103%2F") },
        RefusalRow("an unknown key", 401, "Unauthorized", "Unauthorized", .observed, "query form 4") {
            try Signed.query(at: Signed.now.addingTimeInterval(-1_000_000)).replacing(Signed.id, with: other)
        },
        RefusalRow(
            "an empty lifetime", 400, "InvalidArgument", "X-Amz-Expires should be a number", .observed, "query form 5"
        ) { try Signed.query().replacing("X-Amz-Expires=900", with: "X-Amz-Expires=") },
        RefusalRow(
            "a lifetime in words", 400, "InvalidArgument", "X-Amz-Expires should be a number", .observed, "query form 5"
        ) { try Signed.query().replacing("X-Amz-Expires=900", with: "X-Amz-Expires=900s") },
        RefusalRow(
            "a lifetime of more than a week", 400, "InvalidArgument",
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
                + "604800 seconds",
            .observed, "query form 6; cloudreve/cloudreve#2176"
        ) { try Signed.query().replacing("X-Amz-Expires=900", with: "X-Amz-Expires=604801") },
        RefusalRow("a lifetime of zero", 403, "ExpiredRequest", "Request has expired", .observed, "query form 7") {
            try Signed.query().replacing("X-Amz-Expires=900", with: "X-Amz-Expires=0")
        },
        RefusalRow("one second too late", 403, "ExpiredRequest", "Request has expired", .observed, "query form 7") {
            try Signed.query(at: Signed.now.addingTimeInterval(-901))
        },
        RefusalRow(
            "expired, and with another signature", 403, "ExpiredRequest", "Request has expired", .observed,
            "query form, note"
        ) { try Signed.query(at: Signed.now.addingTimeInterval(-901)).replacing("1.mp4", with: "2.mp4") },
        RefusalRow("a longer lifetime", 403, "SignatureDoesNotMatch", mismatch, .observed, "query form, note") {
            try Signed.query(at: Signed.now.addingTimeInterval(-901)).replacing("Expires=900", with: "Expires=9000")
        },
        RefusalRow("host isn't signed", 401, "Unauthorized", "Unauthorized", .observed, "query form 8") {
            try Signed.query().replacing("X-Amz-SignedHeaders=host", with: "X-Amz-SignedHeaders=range")
        },
        RefusalRow("another method", 403, "SignatureDoesNotMatch", mismatch, .observed, "details") {
            try Signed.query("PUT").with(method: "GET")
        },
        RefusalRow("another length", 403, "SignatureDoesNotMatch", mismatch, .observed, "details") {
            try Signed.query("PUT", headers: [("content-length", "10")]).with("content-length", "11")
        },
        RefusalRow("another type", 403, "SignatureDoesNotMatch", mismatch, .observed, "details") {
            try Signed.query("PUT", headers: [("content-type", "video/mp4")]).with("content-type", "text/html")
        },
        RefusalRow("a signed header is missing", 403, "SignatureDoesNotMatch", mismatch, .observed, "details") {
            try Signed.query("PUT", headers: [("if-none-match", "*")]).with("if-none-match", nil)
        },
        RefusalRow("a token of AWS", 400, "InvalidArgument", "X-Amz-Security-Token", .unsettled, "as in a header") {
            try Signed.query(signer: Signed.signer(token: "IQoJb3JpZ2luX2VjEJr"))
        },
    ]
}

extension Signed {
    /// Returns a request whose signature covers any value of `x-amz-content-sha256`.
    static func payload(_ value: String) throws -> EmulatorRequest {
        try completed(header("PUT").with("x-amz-content-sha256", value))
    }

    /// Returns a request, which has another signature in its headers, with the right one.
    static func completed(_ request: EmulatorRequest) throws -> EmulatorRequest {
        let canonical = refusal(of: request)?.details.first { $0.0 == "CanonicalRequest" }?.1 ?? ""
        // Signs the emulator's own canonical request, which other tests compare with those of other implementations.
        let key = signer().signingKey(at: try time(now))
        let text = StringToSign(
            CanonicalRequest(received: Array(canonical.utf8), signedHeaders: ""), time: try time(now), scope: key.scope)
        let value = request.header("authorization") ?? ""
        return request.with("authorization", value.dropLast(64) + key.signature(of: text))
    }
}
#endif
