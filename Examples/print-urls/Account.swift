import R2Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The account that signs the URLs.
struct Account {
    let config: R2Config
    let isSample: Bool

    /// Returns the environment's account if any of its variables is set, or else the sample one.
    static func fromEnvironment() throws -> Account {
        let environment = ProcessInfo.processInfo.environment
        let isConfigured = R2Config.environmentVariables.contains { environment[$0]?.isEmpty == false }
        return isConfigured ? Account(config: try R2Config(environment: environment), isSample: false) : try sample()
    }

    /// The notice about the sample account.
    static let sampleNotice = """
        SAMPLE ACCOUNT: no R2 variable is set, so these URLs only show the format and don't work.
        Set CLOUDFLARE_ACCOUNT_ID, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY and R2_BUCKET_NAME for real ones.
        """

    /// Returns an account that doesn't exist.
    private static func sample() throws -> Account {
        let config = try R2Config(
            accountID: try AccountID("0123456789abcdef0123456789abcdef"),
            credentials: try R2Credentials(
                accessKeyID: "sample-access-key-id", secretAccessKey: "sample-secret-access-key"),
            bucket: try BucketName("sample-bucket"))
        return Account(config: config, isSample: true)
    }
}
