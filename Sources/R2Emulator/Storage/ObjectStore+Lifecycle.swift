#if Emulator
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension ObjectStore {
    /// Does what is due: aborts old uploads, and applies lifecycle rules.
    ///
    /// R2 (documented): within about a day. The emulator does it when its clock is turned, and otherwise once a minute.
    func doWhatIsDue() async throws {
        for bucket in allBuckets().map(\.name) {
            try await change { change in
                let due = try change.read(bucket) { self.due(in: $0, at: change.now) }
                for upload in due.uploads { try self.end(upload, .aborted, in: bucket, change) }
                for object in due.expired {
                    try change.backend.remove(object, from: bucket)
                    change.update(bucket) { $0.objects.remove(object.key) }
                    self.events.objectDeleted(object.key, from: bucket, action: .lifecycleDeletion, at: change.now)
                }
                for object in due.moved {
                    var moved = object
                    moved.properties.storageClass = "STANDARD_IA"
                    try change.backend.save(moved, replacing: object, in: bucket)
                    let record = moved
                    change.update(bucket) { $0.objects.insert(record) }
                }
            }
        }
    }

    private struct Due: Sendable {
        var uploads: [UploadRecord] = []
        var expired: [ObjectRecord] = []
        var moved: [ObjectRecord] = []
    }

    private func due(in bucket: borrowing BucketState, at now: Date) -> Due {
        var due = Due()
        guard let rules = bucket.lifecycle else { return due }
        for upload in bucket.uploads.values {
            if let date = rules.abort(of: upload, limits)?.date, date <= now { due.uploads.append(upload) }
        }
        guard rules.actOnObjects else { return due }
        for key in bucket.objects.keys {
            guard let object = bucket.objects[key] else { continue }
            if let date = rules.expiration(of: object)?.date, date <= now {
                due.expired.append(object)
            } else if object.properties.storageClass == "STANDARD", rules.hasTransition(object, at: now) {
                due.moved.append(object)
            }
        }
        return due
    }
}
#endif
