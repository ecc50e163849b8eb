#if Emulator
internal import NIOCore
internal import Synchronization

/// Storage in memory, up to a number of bytes.
struct MemoryBackend: StorageBackend {
    private let budget: MemoryBudget

    /// Creates storage.
    /// - Parameter capacity: The maximum number of bytes of all bodies, including those that are being received.
    init(capacity: Int64) { budget = MemoryBudget(capacity: capacity) }

    var blocks: Bool { false }

    func makeWriter(length: Int64?) async throws -> any BodyWriter {
        // A body that can't fit is refused before it is read.
        if let length, !budget.hasRoom(for: length) { throw Refusal.storageFull }
        return MemoryWriter(budget)
    }

    func duplicate(_ body: any StoredBody) -> any StoredBody { body }

    func join(_ bodies: [any StoredBody]) -> any StoredBody {
        MemoryBody(joining: bodies.compactMap { $0 as? MemoryBody })
    }

    func load() -> [BucketState] { [] }
    func close() {}
    func save(_ bucket: BucketState) {}
    func remove(_ bucket: BucketState) {}
    func save(_ object: ObjectRecord, replacing old: ObjectRecord?, in bucket: String) {}
    func remove(_ object: ObjectRecord, from bucket: String) {}
    func save(_ upload: UploadRecord, in bucket: String) {}
    func save(_ part: PartRecord, replacing old: PartRecord?, of upload: UploadRecord, in bucket: String) {}
    func end(_ upload: UploadRecord, _ result: FinishedUpload, in bucket: String) {}
}

/// The bytes that bodies may still use.
final class MemoryBudget: Sendable {
    private let free: Mutex<Int64>

    init(capacity: Int64) { free = Mutex(capacity) }

    func hasRoom(for count: Int64) -> Bool { free.withLock { $0 >= count } }

    func take(_ count: Int64) throws(Refusal) {
        let isTaken = free.withLock { free in
            guard free >= count else { return false }
            free -= count
            return true
        }
        guard isTaken else { throw .storageFull }
    }

    func giveBack(_ count: Int64) { free.withLock { $0 += count } }
}

/// A share of the budget, which is free again when nothing refers to it.
final class MemoryShare: Sendable {
    private let budget: MemoryBudget
    private let count: Mutex<Int64> = Mutex(0)

    init(_ budget: MemoryBudget) { self.budget = budget }

    deinit { budget.giveBack(count.withLock { $0 }) }

    func grow(by bytes: Int64) throws(Refusal) {
        try budget.take(bytes)
        count.withLock { $0 += bytes }
    }
}
#endif
