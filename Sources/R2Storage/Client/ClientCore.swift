#if Storage
internal import AsyncHTTPClient
internal import R2Kit

/// What copies of a client share.
final class ClientCore: Sendable {
    let signer: R2RequestSigner
    let httpClient: HTTPClient
    let ownsHTTPClient: Bool
    let configuration: R2ClientConfiguration
    let surroundings: Surroundings
    let budget: RetryBudget
    let clockOffset = ClockOffset()
    let gate = Gate()
    let watchdog: Watchdog
    let telemetry: Telemetry

    init(
        _ config: R2Config, _ httpClient: HTTPClient, ownsHTTPClient: Bool, _ configuration: R2ClientConfiguration,
        _ surroundings: Surroundings
    ) {
        signer = R2RequestSigner(config)
        self.httpClient = httpClient
        self.ownsHTTPClient = ownsHTTPClient
        self.configuration = configuration
        self.surroundings = surroundings
        watchdog = Watchdog(surroundings)
        budget = RetryBudget(configuration.retry)
        telemetry = Telemetry(configuration, config)
    }
}
#endif
