#if Storage
/// The latest value of something that changes during a transfer.
struct LatestValue<Value: Sendable>: Sendable {
    private(set) var version = 0
    var isFinished = false
    private(set) var value: Value?

    mutating func set(_ newValue: Value) {
        value = newValue
        version += 1
    }

    /// Changes the value, if there is one.
    mutating func update(_ change: (inout Value) -> Void) {
        // Moves the value out, so that changing a growing value doesn't copy it.
        guard var changed = value.take() else { return }
        change(&changed)
        value = changed
        version += 1
    }

    mutating func clear() { value = nil }
}

extension LatestValue {
    /// A sequence of the latest values, which ends with the transfer.
    ///
    /// A slow reader skips values, except for the last one. Any number of tasks can read at the same time, each with
    /// its own iterator. The sequence also ends when the reading task is cancelled.
    struct Updates: AsyncSequence, Sendable {
        typealias Element = Value
        typealias Failure = Never

        private let latest: Monitor<LatestValue>

        init(_ latest: Monitor<LatestValue>) { self.latest = latest }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(latest: latest) }

        struct AsyncIterator: AsyncIteratorProtocol {
            fileprivate let latest: Monitor<LatestValue>
            private var seenVersion = 0

            fileprivate init(latest: Monitor<LatestValue>) { self.latest = latest }

            /// Waits for a value that is newer than the previous one.
            ///
            /// Returns `nil` at the end.
            mutating func next() async -> Value? {
                let seenVersion = seenVersion
                let update = try? await latest.wait { state -> Update? in
                    if state.version > seenVersion { return Update(version: state.version, value: state.value) }
                    return state.isFinished ? Update(version: seenVersion, value: nil) : nil
                }
                guard let update, let value = update.value else { return nil }
                self.seenVersion = update.version
                return value
            }
        }

        private struct Update: Sendable {
            let version: Int
            let value: Value?
        }
    }
}
#endif
