internal import SigV4
internal import Synchronization

/// Keeps the signing state of the latest second, so that all URLs of that second share it, on any number of threads.
///
/// One entry is enough: an R2 presigner has one account, one region and one service, and time moves on.
final class SigningMomentCache: Sendable {
    private let target: PresignTarget
    private let latest: Mutex<PresignMoment?> = Mutex(nil)

    init(_ target: PresignTarget) { self.target = target }

    /// Returns the state for a second that the caller has checked to be in the years 1970 to 9999.
    func moment(at second: Int64) throws(R2ValidationError) -> PresignMoment {
        let previous = latest.withLock { $0 }
        if let previous, previous.time.secondsSinceEpoch == second { return previous }
        let time: SigningTime
        do {
            time = try SigningTime(secondsSinceEpoch: second)
        } catch {
            throw R2ValidationError(.invalidTime, error.message)
        }
        // Created outside the lock: two threads may both create it, and either result serves.
        let moment = PresignMoment(target: target, time: time, after: previous)
        latest.withLock { $0 = moment }
        return moment
    }
}

extension PresignTarget {
    init(_ config: R2Config) {
        let endpoint = config.endpoint
        let isInPath = config.addressingStyle == .path
        self.init(
            credentials: config.credentials.signing, region: config.region, service: "s3", scheme: endpoint.scheme,
            authority: isInPath ? endpoint.authority : "\(config.bucket).\(endpoint.authority)",
            pathPrefix: isInPath ? "\(endpoint.basePath)/\(config.bucket)/" : "/")
    }
}
