#if Emulator
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A new object before it is stored.
struct NewObject: Sendable {
    var key: String
    var body: any StoredBody
    var etag: String
    var properties: StoredProperties
    var checksums: [String: String] = [:]
    var partLengths: [Int64] = []
}

extension ObjectStore {
    /// Stores an object if its conditions hold.
    /// - Parameters:
    ///   - new: The object.
    ///   - bucket: The bucket's name.
    ///   - action: The action that the event reports.
    ///   - copySource: The bucket and key that the event reports as the source.
    ///   - check: Throws if the object with this key, which may not exist, doesn't meet a condition.
    /// - Returns: The stored object.
    /// - Throws: A ``Refusal``, or an error of the storage.
    func put(
        _ new: NewObject, in bucket: String, action: R2Emulator.Event.Action,
        copySource: (bucket: String, key: String)? = nil,
        if check: @escaping @Sendable (ObjectRecord?) throws(Refusal) -> Void
    ) async throws -> ObjectRecord {
        try await change { change in
            try self.put(new, in: bucket, action: action, copySource: copySource, if: check, change)
        }
    }

    /// Stores an object during a change.
    func put(
        _ new: NewObject, in bucket: String, action: R2Emulator.Event.Action,
        copySource: (bucket: String, key: String)? = nil,
        if check: (ObjectRecord?) throws(Refusal) -> Void, _ change: Change
    ) throws -> ObjectRecord {
        let now = change.now
        let limitsWrites = behavior.limitsWritesToOnePerSecond
        let old = try change.read(bucket) { bucket throws(Refusal) in
            // R2 (documented): one write a second to a key. Unsettled: whether a failed condition counts or comes
            // first.
            if limitsWrites, let last = bucket.lastWrites[new.key], now.timeIntervalSince(last) < 1 {
                throw .tooManyRequests
            }
            return bucket.objects[new.key]
        }
        try check(old)
        let record = ObjectRecord(
            key: new.key, body: new.body, etag: new.etag, modified: now, properties: new.properties,
            checksums: new.checksums, partLengths: new.partLengths, version: Identifier.version())
        try change.backend.save(record, replacing: old, in: bucket)
        change.update(bucket) { bucket in
            bucket.objects.insert(record)
            if limitsWrites { bucket.lastWrites[new.key] = now }
        }
        events.objectCreated(record, in: bucket, action: action, copySource: copySource, at: now)
        return record
    }

    /// Deletes objects.
    ///
    /// It is no error if one doesn't exist.
    func delete(
        _ keys: [String], from bucket: String, action: R2Emulator.Event.Action = .deleteObject
    ) async throws {
        try await change { change in
            for key in keys {
                guard let old = try change.read(bucket, { $0.objects[key] }) else { continue }
                try change.backend.remove(old, from: bucket)
                change.update(bucket) { $0.objects.remove(key) }
                self.events.objectDeleted(key, from: bucket, action: action, at: change.now)
            }
        }
    }
}
#endif
