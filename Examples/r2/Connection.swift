#if Storage
import ArgumentParser
import AsyncHTTPClient
import Logging
import R2Kit
import R2Storage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The arguments of all commands that talk to R2.
struct ConnectionArguments: ParsableArguments {
    @Flag(help: "Show every attempt of a request, and why and how long the command waits before the next one.")
    var verbose = false

    /// Returns a client of the bucket in the environment.
    func client() throws -> R2Client {
        let config = try R2Config()
        let environment = ProcessInfo.processInfo.environment
        let logger = verbose ? Logger(label: "r2") { _ in AttemptLog() } : nil
        guard let proxy = try Proxy(for: "\(config.endpoint)", environment: environment) else {
            return R2Client(config, logger: logger)
        }
        var configuration = R2ClientConfiguration.httpClientConfiguration
        configuration.proxy = proxy.configuration
        let httpClient = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        // An HTTP client must be shut down before it is released. This one lasts as long as the process.
        _ = Unmanaged.passRetained(httpClient)
        return R2Client(config, httpClient: httpClient, logger: logger)
    }
}

/// A log of attempts and waits on standard error.
private struct AttemptLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        // Standard error shows the bucket of the command only once, in the environment.
        let details = (event.metadata ?? [:]).filter { $0.key != "bucket" }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        Terminal.write("r2: \(event.message) \(details)".printable)
    }
}
#endif
