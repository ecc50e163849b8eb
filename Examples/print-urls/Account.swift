import R2Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
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
