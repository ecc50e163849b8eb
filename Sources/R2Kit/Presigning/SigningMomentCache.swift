internal import SigV4
internal import Synchronization

/// Keeps the signing state of the latest seconds, so that all URLs of one second share it.
///
/// A second is prepared once, by the thread that needs it first, and a signing key is derived once a day. Every thread
/// signs with a copy of its own, so that on the usual path it writes to no memory that other threads use. Otherwise the
/// counts of references would move between the caches of all processors for every URL.
final class SigningMomentCache: Sendable {
    private let target: PresignTarget
    /// Tells presigners apart in a thread's copies, also after one has been released.
    private let number = SigningMomentCache.latestNumber.wrappingAdd(1, ordering: .relaxed).newValue
    private let shared = Mutex(Shared())

    private struct Shared {
        var key: SigningKey?
        /// The latest moments, the last one first: those of now and of the start of some windows.
        var moments: [PresignMoment] = []
    }

    private static let latestNumber = Atomic<UInt64>(0)
    /// The number of seconds whose state is kept.
    private static let capacity = 4

    init(_ target: PresignTarget) { self.target = target }

    /// Returns the state for a second that the caller has checked to be in the years 1970 to 9999.
    func moment(at second: Int64) throws(R2ValidationError) -> PresignMoment {
        guard let thread = ThreadMoments.current else { return try sharedMoment(at: second) }
        if let moment = thread.pointee.moment(of: number, at: second) { return moment }
        let copy = try sharedMoment(at: second).copy()
        thread.pointee.keep(copy, of: number, at: second)
        return copy
    }

    private func sharedMoment(at second: Int64) throws(R2ValidationError) -> PresignMoment {
        let time: SigningTime
        do {
            time = try SigningTime(secondsSinceEpoch: second)
        } catch {
            throw R2ValidationError(.invalidTime, error.message)
        }
        // Prepared under the lock, so that threads that need the same second wait for it instead of preparing it too.
        return shared.withLock { shared in
            if let moment = shared.moments.first(where: { $0.time == time }) { return moment }
            let key = target.signingKey(at: time, after: shared.key)
            let moment = PresignMoment(target: target, time: time, key: key)
            shared.key = key
            if shared.moments.count == Self.capacity { shared.moments.removeLast() }
            shared.moments.insert(moment, at: 0)
            return moment
        }
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
