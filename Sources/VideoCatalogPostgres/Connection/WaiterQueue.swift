#if Postgres
/// Who waits for a connection, in the order they came.
///
/// All wait equally long at most, so the first one's time is up first.
struct WaiterQueue {
    /// Those before ``start`` have left.
    private var waiters: [PostgresPool.Waiter?] = []
    private var start = 0
    private(set) var count = 0

    var first: PostgresPool.Waiter? { start < waiters.count ? waiters[start] : nil }

    mutating func append(_ waiter: PostgresPool.Waiter) {
        waiters.append(waiter)
        count += 1
    }

    mutating func removeFirst() -> PostgresPool.Waiter? {
        guard let waiter = first else { return nil }
        waiters[start] = nil
        count -= 1
        skipThoseWhoLeft()
        return waiter
    }

    /// Lets somebody leave who waits no longer.
    mutating func remove(_ id: UInt64) -> PostgresPool.Waiter? {
        guard let index = waiters[start...].firstIndex(where: { $0?.id == id }) else { return nil }
        let waiter = waiters[index]
        waiters[index] = nil
        count -= 1
        skipThoseWhoLeft()
        return waiter
    }

    mutating func removeAll() -> [PostgresPool.Waiter] {
        defer { self = WaiterQueue() }
        return waiters[start...].compactMap { $0 }
    }

    private mutating func skipThoseWhoLeft() {
        while start < waiters.count, waiters[start] == nil { start += 1 }
        // Now and then, so that each costs no more than a few moves.
        if start > 64, start > waiters.count / 2 {
            waiters.removeFirst(start)
            start = 0
        }
    }
}
#endif
