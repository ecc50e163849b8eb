#if Delivery
internal import R2Kit
internal import R2Storage
internal import Synchronization

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The CORS rules of the bucket, kept for a short time.
final class CORSReader: Sendable {
    /// The rules, if the server can read them.
    enum Rules: Sendable {
        case unknown
        case known(CORSConfiguration?)
    }

    /// The time for which rules are kept, in seconds.
    ///
    /// R2 applies a change within 30 seconds. Source: R2 "Configure CORS".
    private static let lifetime = 30.0

    private let cache = Mutex<(rules: Rules, date: Date)?>(nil)

    /// Returns the rules.
    ///
    /// A token without admin rights can't read them, and then they aren't known.
    func rules(of client: R2Client, at now: Date) async throws -> Rules {
        let cached = cache.withLock { $0 }
        if let cached, (0..<Self.lifetime).contains(now.timeIntervalSince(cached.date)) { return cached.rules }
        let rules: Rules
        do {
            rules = .known(try await client.getBucketCORS())
        } catch is R2Error {
            try Task.checkCancellation()
            rules = .unknown
        }
        cache.withLock { $0 = (rules, now) }
        return rules
    }
}
#endif
