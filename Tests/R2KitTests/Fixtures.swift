import R2Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Values that many tests use.
enum Fixture {
    static let account = "0123456789abcdef0123456789abcdef"
    static let secret = "s3cr3t-access-key-value"
    static let token = "s3ssion-t0ken-value"
    /// 2026-01-02T03:04:05Z.
    static let instant = Date(timeIntervalSince1970: 1_767_323_045)

    static func config(
        sessionToken: String? = nil, expiresAt: Date? = nil, style: AddressingStyle = .path,
        jurisdiction: Jurisdiction? = nil
    ) throws -> R2Config {
        try R2Config(
            accountID: try AccountID(account), jurisdiction: jurisdiction,
            credentials: try R2Credentials(
                accessKeyID: "AKID", secretAccessKey: secret, sessionToken: sessionToken, expiresAt: expiresAt),
            bucket: try BucketName("media"), addressingStyle: style)
    }

    static func presigner() throws -> R2Presigner { R2Presigner(try config()) }

    static let environment = [
        "CLOUDFLARE_ACCOUNT_ID": account, "R2_ACCESS_KEY_ID": "AKID", "R2_SECRET_ACCESS_KEY": secret,
        "R2_BUCKET_NAME": "media",
    ]

    /// Returns everything that printing, dumping and reflecting a value shows.
    static func everythingPrinted(of value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        let children = Mirror(reflecting: value).children.map { "\($0.label ?? ""): \($0.value)" }
        return "\(value) \(String(reflecting: value)) \(dumped) \(children)"
    }
}

extension PresignedRequest {
    /// Returns the value of a query parameter, as it is in the URL.
    func parameter(_ name: String) -> String? {
        let query = url.split(separator: "?", maxSplits: 1).last ?? ""
        let pair = query.split(separator: "&").first { $0.hasPrefix("\(name)=") }
        return pair.map { String($0.dropFirst(name.count + 1)) }
    }

    var signature: String { parameter("X-Amz-Signature") ?? "" }
}
