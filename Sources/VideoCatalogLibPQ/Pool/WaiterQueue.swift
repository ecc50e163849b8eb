#if Postgres
/// The tasks that wait for a connection, in the order in which they came.
///
/// All have the same wait limit, so the first one also has the first deadline.
struct WaiterQueue {
    /// The waiters.
    ///
    /// Those before ``start`` have left.
    private var waiters: [LibPQPool.Waiter?] = []
    private var start = 0
    private(set) var count = 0

    var first: LibPQPool.Waiter? { start < waiters.count ? waiters[start] : nil }

    mutating func append(_ waiter: LibPQPool.Waiter) {
        waiters.append(waiter)
        count += 1
    }

    mutating func removeFirst() -> LibPQPool.Waiter? {
        guard let waiter = first else { return nil }
        waiters[start] = nil
        count -= 1
        skipEmptyPlaces()
        return waiter
    }

    /// Removes a waiter that was canceled.
    mutating func remove(_ id: UInt64) -> LibPQPool.Waiter? {
        guard let index = waiters[start...].firstIndex(where: { $0?.id == id }) else { return nil }
        let waiter = waiters[index]
        waiters[index] = nil
        count -= 1
        skipEmptyPlaces()
        return waiter
    }

    mutating func removeAll() -> [LibPQPool.Waiter] {
        defer { self = WaiterQueue() }
        return waiters[start...].compactMap { $0 }
    }

    private mutating func skipEmptyPlaces() {
        while start < waiters.count, waiters[start] == nil { start += 1 }
        // Only now and then, so that each waiter costs just a few moves.
        if start > 64, start > waiters.count / 2 {
            waiters.removeFirst(start)
            start = 0
        }
    }
}
#endif
