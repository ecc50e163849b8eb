#if Emulator
internal import NIOPosix
internal import Synchronization

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The buckets: an index in memory over a backend that keeps the bodies.
///
/// Changes happen one at a time. Each checks its conditions, is saved by the backend, and only then appears in the
/// index, so that a reader sees all of a change or nothing.
final class ObjectStore: Sendable {
    let backend: any StorageBackend
    let clock: R2Emulator.Clock
    let limits: R2Emulator.Limits
    let behavior: R2Emulator.Behavior
    let events: EventDispatcher
    private let changes = Mutex(())
    private let buckets: Mutex<[String: BucketState]>

    init(
        backend: any StorageBackend, clock: R2Emulator.Clock, limits: R2Emulator.Limits,
        behavior: R2Emulator.Behavior, events: EventDispatcher
    ) throws {
        self.backend = backend
        self.clock = clock
        self.limits = limits
        self.behavior = behavior
        self.events = events
        buckets = Mutex(Dictionary(uniqueKeysWithValues: try backend.load().map { ($0.name, $0) }))
    }

    /// The date now, in whole milliseconds.
    var now: Date { Date(timeIntervalSince1970: (clock.now.timeIntervalSince1970 * 1000).rounded(.down) / 1000) }

    // MARK: Reading

    /// Returns the names and dates of all buckets, in order of their names.
    func allBuckets() -> [(name: String, created: Date)] {
        buckets.withLock { $0.values.map { ($0.name, $0.created) } }.sorted { $0.0 < $1.0 }
    }

    func hasBucket(_ name: String) -> Bool { buckets.withLock { $0[name] != nil } }

    /// Reads a bucket's state.
    ///
    /// The state must not be kept, so that changes don't copy it.
    func read<Value>(_ name: String, _ body: (borrowing BucketState) throws(Refusal) -> Value) throws(Refusal) -> Value
    where Value: Sendable {
        let result: Result<Value, Refusal> = buckets.withLock { buckets in
            guard let bucket = buckets[name] else { return .failure(.noSuchBucket) }
            do throws(Refusal) { return .success(try body(bucket)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Returns an object, or throws if the bucket or the object doesn't exist.
    func object(_ key: String, in bucket: String) throws(Refusal) -> ObjectRecord {
        let record = try read(bucket) { $0.objects[key] }
        guard let record else { throw .noSuchKey }
        return record
    }

    /// Returns an upload, or throws if it doesn't exist or belongs to another key.
    func upload(_ id: String, of key: String, in bucket: String) throws(Refusal) -> UploadRecord {
        let record = try read(bucket) { $0.uploads[id] }
        guard let record, record.key == key else { throw .noSuchUpload }
        return record
    }

    // MARK: Changing

    /// Makes a change on a thread that may block, if the backend blocks.
    /// - Parameter work: Receives a value for the change. It can block, and is never interrupted.
    /// - Returns: The result of the work.
    /// - Throws: The error of the work.
    func change<Value: Sendable>(_ work: @escaping @Sendable (Change) throws -> Value) async throws -> Value {
        let locked: @Sendable () throws -> Value = { [self] in
            try changes.withLock { _ in try work(Change(store: self)) }
        }
        return backend.blocks ? try await NIOThreadPool.singleton.runIfActive(locked) : try locked()
    }

    /// The functions that may be used while a change is made.
    struct Change {
        fileprivate let store: ObjectStore

        var now: Date { store.now }
        var backend: any StorageBackend { store.backend }

        func read<Value: Sendable>(
            _ bucket: String, _ body: (borrowing BucketState) throws(Refusal) -> Value
        ) throws(Refusal) -> Value {
            try store.read(bucket, body)
        }

        /// Changes the index, after the backend has saved the change.
        func update(_ name: String, _ body: (inout BucketState) -> Void) {
            store.buckets.withLock { buckets in
                // In place, so that the arrays and dictionaries aren't copied.
                guard buckets[name] != nil else { return }
                body(&buckets[name, default: BucketState(name: name, created: .distantPast, location: "")])
            }
        }

        func insert(_ bucket: BucketState) { store.buckets.withLock { $0[bucket.name] = bucket } }
        func removeBucket(_ name: String) { store.buckets.withLock { $0[name] = nil } }
    }
}
#endif
