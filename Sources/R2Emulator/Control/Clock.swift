#if Emulator
internal import Synchronization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension R2Emulator {
    /// The emulator's clock, which tests can turn.
    ///
    /// Signatures, URLs, temporary credentials, uploads and lifecycle rules are judged by it.
    public final class Clock: Sendable {
        private struct Time {
            var offset: Duration = .zero
            var stopped: Date?
        }

        private let time = Mutex(Time())

        /// Creates a clock that shows the system's time.
        public init() {}

        /// The date that the clock shows.
        public var now: Date { time.withLock { $0.stopped ?? Date() + $0.offset.seconds } }

        /// A Boolean value that indicates whether the clock shows another time than the system.
        var isTurned: Bool { time.withLock { $0.stopped != nil || $0.offset != .zero } }

        /// Turns the clock.
        /// - Parameter duration: The time to add, negative to turn it back.
        public func advance(by duration: Duration) {
            time.withLock { time in
                time.offset += duration
                time.stopped = time.stopped.map { $0 + duration.seconds }
            }
        }

        /// Stops the clock at a date.
        /// - Parameter date: The date to show from now on, or `nil` to let the clock run from the system's time.
        public func stop(at date: Date?) {
            time.withLock { time in
                time.stopped = date
                if date == nil { time.offset = .zero }
            }
        }
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
#endif
