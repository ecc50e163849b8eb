#if Emulator
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension ObjectStore {
    /// Creates a bucket with R2's default lifecycle rule.
    /// - Returns: `false` if it exists already.
    @discardableResult
    func createBucket(_ name: String, location: String = "") async throws -> Bool {
        try await change { change in
            guard !self.hasBucket(name) else { return false }
            var bucket = BucketState(name: name, created: change.now, location: location)
            bucket.lifecycle = .standard
            try change.backend.save(bucket)
            change.insert(bucket)
            return true
        }
    }

    /// Deletes an empty bucket without open uploads.
    ///
    /// R2 (observed): open multipart uploads too prevent the deletion.
    func deleteBucket(_ name: String) async throws {
        try await change { change in
            let (isEmpty, bucket) = try change.read(name) { bucket in
                (bucket.objects.isEmpty && bucket.uploads.isEmpty, copy bucket)
            }
            guard isEmpty else { throw Refusal.bucketNotEmpty }
            try change.backend.remove(bucket)
            change.removeBucket(name)
        }
    }

    /// Replaces a configuration of a bucket.
    func configure(_ name: String, _ body: @escaping @Sendable (inout BucketState) -> Void) async throws {
        try await change { change in
            // Without the objects, so that the index isn't copied.
            var bucket = try change.read(name) { bucket in
                var empty = BucketState(name: bucket.name, created: bucket.created, location: bucket.location)
                empty.cors = bucket.cors
                empty.lifecycle = bucket.lifecycle
                return empty
            }
            body(&bucket)
            try change.backend.save(bucket)
            change.update(name, body)
        }
    }
}
#endif
