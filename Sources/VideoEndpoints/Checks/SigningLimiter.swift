#if Delivery
internal import Synchronization
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A limiter that counts the requests of each caller: a token bucket for each.
final class SigningLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var date: Date
    }

    private let limit: SigningLimit
    private let buckets = Mutex<[UserID: Bucket]>([:])

    init(_ limit: SigningLimit) { self.limit = limit }

    /// The number of callers that are counted.
    var count: Int { buckets.withLock { $0.count } }

    /// Takes a token of a caller.
    ///
    /// - Parameters:
    ///   - user: The caller.
    ///   - now: The current date.
    /// - Throws: An ``EndpointProblem`` with the code `tooManyRequests` if there is none.
    func take(_ user: UserID, at now: Date) throws(EndpointProblem) {
        let wait = buckets.withLock { buckets -> Double? in
            if buckets[user] == nil, buckets.count >= limit.maximumCallers { makeRoom(&buckets, at: now) }
            var bucket = refilled(buckets[user], at: now)
            let isAllowed = bucket.tokens >= 1
            if isAllowed { bucket.tokens -= 1 }
            buckets[user] = bucket
            return isAllowed ? nil : (1 - bucket.tokens) / limit.perSecond
        }
        guard let wait else { return }
        var problem = EndpointProblem(
            .tooManyRequests,
            "Too many requests that sign URLs: at most \(limit.burst) at once, then \(rate). Repeat the request after the "
                + "time in Retry-After.")
        problem.retryAfter = .seconds(min(max(wait.rounded(.up), 1), 86_400))
        throw problem
    }

    /// The rate in words.
    private var rate: String {
        if let perSecond = Int(exactly: limit.perSecond) { return "\(perSecond) per second" }
        let seconds = (1 / limit.perSecond).rounded()
        if seconds > 1 { return "one in about \(Int(min(seconds, 1_000_000_000))) seconds" }
        return "about \((limit.perSecond * 10).rounded() / 10) per second"
    }

    private func refilled(_ bucket: Bucket?, at now: Date) -> Bucket {
        let burst = Double(limit.burst)
        guard let bucket else { return Bucket(tokens: burst, date: now) }
        // A clock that is set back doesn't take tokens away.
        let elapsed = max(0, now.timeIntervalSince(bucket.date))
        return Bucket(tokens: min(burst, bucket.tokens + elapsed * limit.perSecond), date: now)
    }

    /// Forgets callers whose buckets are full, and half of the others if that isn't enough.
    ///
    /// Half at a time, so that the cost of sorting is spread over many new callers.
    private func makeRoom(_ buckets: inout [UserID: Bucket], at now: Date) {
        buckets = buckets.filter { refilled($0.value, at: now).tokens < Double(limit.burst) }
        guard buckets.count >= limit.maximumCallers else { return }
        let oldest = buckets.sorted { $0.value.date < $1.value.date }.prefix(limit.maximumCallers / 2 + 1)
        for (user, _) in oldest { buckets[user] = nil }
    }
}
#endif
