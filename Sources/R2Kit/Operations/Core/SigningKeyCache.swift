internal import SigV4
internal import Synchronization

/// Keeps the signing key of the latest day, which costs four HMACs to derive.
final class SigningKeyCache: Sendable {
    private let signer: Signer
    private let latest = Mutex<SigningKey?>(nil)

    init(_ signer: Signer) { self.signer = signer }

    /// The key for the day of a time.
    func key(at time: SigningTime) -> SigningKey {
        if let key = latest.withLock({ $0 }), key.scope.date == time.date { return key }
        // Made outside the lock: two threads may both make it, and either serves.
        let key = signer.key(at: time)
        latest.withLock { $0 = key }
        return key
    }
}
