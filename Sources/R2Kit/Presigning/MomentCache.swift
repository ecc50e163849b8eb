internal import SigV4
internal import Synchronization

/// Keeps the signing state of the latest second, so that all URLs of that second share it, on any number of threads.
///
/// One place is enough: an R2 presigner has one account, one region and one service, and time moves on.
final class MomentCache: Sendable {
    private let target: PresignTarget
    private let latest: Mutex<PresignMoment?> = Mutex(nil)

    init(_ target: PresignTarget) { self.target = target }

    /// The state for a second that the caller has found to lie in the years 1970 to 9999.
    func moment(at second: Int64) throws(R2KitError) -> PresignMoment {
        let previous = withLatest { $0 }
        if let previous, previous.time.secondsSinceEpoch == second { return previous }
        let time: SigningTime
        do {
            time = try SigningTime(secondsSinceEpoch: second)
        } catch {
            throw R2KitError(.invalidTime, error.message)
        }
        // Made outside the lock: two threads may both make it, and either result serves.
        let moment = PresignMoment(target: target, time: time, after: previous)
        withLatest { $0 = moment }
        return moment
    }

    @inline(__always)
    private func withLatest<Result>(_ body: (inout PresignMoment?) -> Result) -> Result {
        latest.withLock { value in
            #if R2KIT_THREAD_SANITIZER
            let lock = Unmanaged.passUnretained(self).toOpaque()
            threadSanitizerAcquire(lock)
            defer { threadSanitizerRelease(lock) }
            #endif
            return body(&value)
        }
    }
}

#if R2KIT_THREAD_SANITIZER
// The standard library's mutex is not itself built with the thread sanitizer, which therefore does not see that it orders
// accesses: tell it.
@_silgen_name("__tsan_acquire") private func threadSanitizerAcquire(_ address: UnsafeMutableRawPointer)
@_silgen_name("__tsan_release") private func threadSanitizerRelease(_ address: UnsafeMutableRawPointer)
#endif

extension PresignTarget {
    init(_ config: R2Config) {
        let endpoint = config.endpoint
        let isInPath = config.addressingStyle == .path
        self.init(
            credentials: config.credentials.signing, region: config.region, service: "s3", scheme: endpoint.scheme,
            authority: isInPath ? endpoint.authority : "\(config.bucket).\(endpoint.authority)",
            pathPrefix: isInPath ? "/\(config.bucket)/" : "/")
    }
}
