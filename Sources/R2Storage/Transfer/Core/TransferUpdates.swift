#if Storage
/// What is newest of something that changes during a transfer, until the transfer ends.
///
/// Values that nobody asked for in time are skipped, never the last one, so that a slow reader costs neither time nor
/// memory. Any number of tasks may read, each from an iterator of its own. The sequence ends when the transfer does,
/// with success or not, and when the reading task is cancelled; it begins when the transfer does.
public struct TransferUpdates<Element: Sendable>: AsyncSequence, Sendable {
    /// Nothing is thrown: whether the transfer succeeds is told by the transfer itself.
    public typealias Failure = Never

    let latest: Monitor<Latest<Element>>

    /// Reads the updates.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let latest: Monitor<Latest<Element>>
        var seen = 0

        /// Waits for a value newer than the last one; `nil` at the end.
        public mutating func next() async -> Element? {
            let seen = seen
            let news = try? await latest.wait { state -> News? in
                if state.version > seen { return News(version: state.version, value: state.value) }
                return state.isFinished ? News(version: seen, value: nil) : nil
            }
            guard let news, let value = news.value else { return nil }
            self.seen = news.version
            return value
        }

        private struct News: Sendable {
            let version: Int
            let value: Element?
        }
    }

    /// Begins with the newest value.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(latest: latest) }
}

/// The newest value, and how many there have been.
struct Latest<Value: Sendable>: Sendable {
    var version = 0
    var isFinished = false
    private(set) var value: Value?

    mutating func set(_ newValue: Value) {
        value = newValue
        version += 1
    }

    /// Changes the value, if there is one.
    mutating func update(_ change: (inout Value) -> Void) {
        // Taken out, so that a value which grows is not copied at each change.
        guard var changed = value.take() else { return }
        change(&changed)
        value = changed
        version += 1
    }

    mutating func clear() { value = nil }
}
#endif
