#if Emulator
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension ObjectStore {
    /// Creates a multipart upload if the conditions hold.
    func createUpload(
        of key: String, in bucket: String, properties: StoredProperties, checksumAlgorithm: String?,
        if check: @escaping @Sendable (ObjectRecord?) throws(Refusal) -> Void
    ) async throws -> UploadRecord {
        try await change { change in
            try check(try change.read(bucket) { $0.objects[key] })
            let upload = UploadRecord(
                id: Identifier.upload(), key: key, initiated: change.now, properties: properties,
                checksumAlgorithm: checksumAlgorithm)
            try change.backend.save(upload, in: bucket)
            change.update(bucket) { $0.uploads[upload.id] = upload }
            return upload
        }
    }

    /// Stores a part, replacing an earlier one with its number.
    func put(
        _ number: Int, body: any StoredBody, etag: String, checksums: [String: String], of uploadID: String,
        key: String, in bucket: String
    ) async throws -> PartRecord {
        try await change { change in
            // The upload may have ended while the body arrived.
            let upload = try self.upload(uploadID, of: key, in: bucket)
            let part = PartRecord(
                number: number, body: body, etag: etag, modified: change.now, checksums: checksums)
            try change.backend.save(part, replacing: upload.parts[number], of: upload, in: bucket)
            change.update(bucket) { $0.uploads[uploadID]?.parts[number] = part }
            return part
        }
    }

    /// Stores the object of a completed upload and ends the upload.
    ///
    /// R2 (documented): a condition that fails aborts the upload.
    func complete(
        _ upload: UploadRecord, as new: NewObject, in bucket: String,
        if check: @escaping @Sendable (ObjectRecord?) throws(Refusal) -> Void
    ) async throws -> ObjectRecord {
        try await change { change in
            _ = try self.upload(upload.id, of: upload.key, in: bucket)
            do {
                let record = try self.put(new, in: bucket, action: .completeMultipartUpload, if: check, change)
                try self.end(upload, .completed(key: record.key, etag: record.etag), in: bucket, change)
                return record
            } catch let refusal as Refusal where refusal.code == Refusal.preconditionFailed.code {
                try self.end(upload, .aborted, in: bucket, change)
                throw refusal
            }
        }
    }

    /// Aborts an upload.
    ///
    /// R2 (observed): a second abort, and one after completion, succeed without effect. An identifier that never
    /// existed is an error.
    func abort(_ uploadID: String, of key: String, in bucket: String) async throws {
        try await change { change in
            let (upload, isFinished) = try change.read(bucket) { ($0.uploads[uploadID], $0.finished[uploadID] != nil) }
            if let upload, upload.key == key {
                try self.end(upload, .aborted, in: bucket, change)
            } else if !isFinished {
                throw Refusal.noSuchUpload
            }
        }
    }

    func end(_ upload: UploadRecord, _ result: FinishedUpload, in bucket: String, _ change: Change) throws {
        try change.backend.end(upload, result, in: bucket)
        change.update(bucket) { bucket in
            bucket.uploads[upload.id] = nil
            bucket.finished[upload.id] = result
        }
    }
}
#endif
