#if Emulator
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A bucket with its objects and uploads.
struct BucketState: Sendable {
    let name: String
    let created: Date
    /// The location hint in upper case, such as `WEUR`.
    var location: String
    /// The CORS document, as received.
    var cors: [UInt8]?
    var lifecycle: LifecycleRules?
    var objects = SortedObjects()
    /// The unfinished uploads by identifier.
    var uploads: [String: UploadRecord] = [:]
    var finished: [String: FinishedUpload] = [:]
    /// The date of the last write to each key.
    ///
    /// Only kept if writes are limited.
    var lastWrites: [String: Date] = [:]

    init(name: String, created: Date, location: String) {
        self.name = name
        self.created = created
        self.location = location
    }
}

/// Objects by key, in the order of their UTF-8 bytes.
struct SortedObjects: Sendable {
    private var records: [String: ObjectRecord] = [:]
    private(set) var keys: [String] = []

    var isEmpty: Bool { keys.isEmpty }
    var count: Int { keys.count }

    subscript(key: String) -> ObjectRecord? { records[key] }

    /// Adds an object, or replaces the one with its key.
    mutating func insert(_ record: ObjectRecord) {
        if let old = records.updateValue(record, forKey: record.key) {
            // The stored spelling of an equal key stays the latest.
            guard !old.key.utf8.elementsEqual(record.key.utf8) else { return }
            records[record.key] = nil
            records[record.key] = record
            keys[firstIndex(from: record.key)] = record.key
            return
        }
        keys.insert(record.key, at: firstIndex(from: record.key))
    }

    /// Removes an object and returns it.
    @discardableResult
    mutating func remove(_ key: String) -> ObjectRecord? {
        guard let record = records.removeValue(forKey: key) else { return nil }
        keys.remove(at: firstIndex(from: key))
        return record
    }

    /// Returns the index of the first key that isn't less than a string.
    ///
    /// Swift orders strings by their normalized scalars, which for normalized keys is the order of UTF-8.
    func firstIndex(from bound: String) -> Int {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < bound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
#endif
