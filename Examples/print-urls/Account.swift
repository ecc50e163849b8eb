import R2Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
@preconcurrency import Glibc
#elseif canImport(Musl)
@preconcurrency import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Whose URLs are printed.
struct Account {
    let config: R2Config
    let isSample: Bool

    /// The environment's account if any of its variables is set, else the sample one.
    static func fromEnvironment() throws -> Account {
        let environment = ProcessInfo.processInfo.environment
        let isConfigured = R2Config.environmentVariables.contains { environment[$0]?.isEmpty == false }
        return isConfigured ? Account(config: try R2Config(environment: environment), isSample: false) : try sample()
    }

    /// What is said of the sample account.
    static let sampleNotice = """
        SAMPLE ACCOUNT: no R2 variable is set, so these URLs show the form but reach nothing.
        Set CLOUDFLARE_ACCOUNT_ID, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY and R2_BUCKET_NAME for real ones.
        """

    /// Says it on standard error, where it does not disturb what is read from standard output.
    static func warnOfSample() {
        var standardError = StandardError()
        print(sampleNotice, to: &standardError)
    }

    private struct StandardError: TextOutputStream {
        func write(_ text: String) { text.withCString { _ = fputs($0, stderr) } }
    }

    /// An account that does not exist.
    private static func sample() throws -> Account {
        let config = R2Config(
            accountID: try AccountID("0123456789abcdef0123456789abcdef"),
            credentials: try R2Credentials(
                accessKeyID: "sample-access-key-id", secretAccessKey: "sample-secret-access-key"),
            bucket: try BucketName("sample-bucket"))
        return Account(config: config, isSample: true)
    }
}
