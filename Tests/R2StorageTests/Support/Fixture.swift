#if Storage
import AsyncHTTPClient
import Logging
import R2Kit
import R2Storage
import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

enum Fixture {
    static let secret = "s3cr3t-access-key-value"
    static let token = "s3ssion-t0ken-value"

    static func key(_ name: String = "videos/1.mp4") throws -> ObjectKey { try ObjectKey(name) }

    static func config(
        port: Int, sessionToken: String? = nil, expiresAt: Date? = nil, bucket: String = "media"
    ) throws -> R2Config {
        try R2Config(
            endpoint: R2Endpoint("http://127.0.0.1:\(port)"),
            credentials: R2Credentials(
                accessKeyID: "AKID", secretAccessKey: secret, sessionToken: sessionToken, expiresAt: expiresAt),
            bucket: BucketName(bucket))
    }
}

extension R2ClientConfiguration {
    /// The same configuration, but with a stall timeout that only a hang exceeds if it's the default.
    ///
    /// On a busy machine, a request of a test may move nothing for a minute.
    var patient: R2ClientConfiguration {
        var patient = self
        if stallTimeout == R2ClientConfiguration().stallTimeout { patient.stallTimeout = .onBusyMachine }
        return patient
    }

    /// The default configuration, but with a stall timeout that only a hang exceeds.
    static var patient: R2ClientConfiguration { R2ClientConfiguration().patient }
}

extension StubServer {
    /// Creates a client of this server whose delays take no time.
    func client(
        _ manual: ManualEnvironment = ManualEnvironment(), configuration: R2ClientConfiguration = .init(),
        logger: Logger? = nil, sessionToken: String? = nil, httpClient: HTTPClient? = nil
    ) throws -> R2Client {
        R2Client(
            try Fixture.config(port: port, sessionToken: sessionToken), httpClient: httpClient, logger: logger,
            configuration: configuration.patient, environment: manual.environment)
    }
}

extension Logger {
    /// A logger that discards everything.
    static var silent: Logger { Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() } }
}

/// Returns the error that a call throws, if it is an `R2Error`.
func r2Error(_ call: () async throws -> Void) async -> R2Error? {
    do { try await call() } catch { return error as? R2Error }
    return nil
}
#endif
