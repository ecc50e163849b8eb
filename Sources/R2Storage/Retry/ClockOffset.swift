#if Storage
internal import R2Kit
internal import Synchronization

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// How far the server's clock is ahead of this machine's, once that has been a reason for a refusal.
final class ClockOffset: Sendable {
    /// S3 refuses signatures that are a quarter of an hour off; a fifth of that is no matter of a slow answer.
    static let notable: TimeInterval = 180

    private let seconds = Mutex<TimeInterval>(0)

    var current: TimeInterval { seconds.withLock { $0 } }

    /// Learns from a refusal.
    /// - Parameters:
    ///   - error: What the server answered.
    ///   - serverDate: The `Date` of its answer.
    ///   - middle: The instant on this machine's clock between sending and receiving.
    ///   - used: What the request was signed with. Others that were sent at the same time may have taught better since.
    /// - Returns: Whether signing again with what is known now may help.
    func learn(from error: R2Error, serverDate: Date?, middle: Date, used: TimeInterval) -> Bool {
        guard let serverDate, error.status == 403 || error.code == .requestTimeTooSkewed else { return false }
        // HEAD says no more than 403; and servers disagree about the code. A refusal is put down to the clock only if
        // the clocks, as far as corrected, disagree.
        let offset = serverDate.timeIntervalSince(middle)
        guard abs(offset - used) >= Self.notable else { return false }
        seconds.withLock { $0 = offset }
        return true
    }
}
#endif
