#if Delivery
internal import R2Kit
internal import R2Storage
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Objects and multipart uploads that no row leads to, found by lists of the bucket.
///
/// The rows are the tombstones of uploads that ended: an object or a multipart upload is removed if the row of its
/// video doesn't await its attempt. Whatever has no row at all is left to reconciliation.
extension VideoHousekeeping {
    /// The number of objects that a pass lists for each that it may handle.
    private static let listedPerItem = 10

    /// Deletes files that arrived after their upload had ended, and the markers of canceled uploads.
    ///
    /// They stay until no URL can store anything anymore, so that a key is never opened again by deleting its marker.
    func sweepLateUploads(into report: inout HousekeepingPass.StepReport) async throws {
        let storedBefore = date(before: longestUpload)
        var batch: [ObjectKey] = []
        var count = 0
        var position = state.positions.lateUploads
        defer { state.update { $0.lateUploads = position } }
        for try await object in client.list(prefix: keys.uploadsPrefix, startAfter: position) {
            count += 1
            if object.lastModified <= storedBefore, keys.location(of: object.key.rawValue) != nil {
                batch.append(object.key)
            }
            let isFull =
                batch.count >= options.itemsPerStep - report.done - report.failures.count
                || count >= options.itemsPerStep * Self.listedPerItem
            if isFull || batch.count == 500 {
                try await deleteLateUploads(batch, into: &report)
                batch = []
                position = object.key.rawValue
            }
            if isFull {
                report.hasMore = true
                return
            }
        }
        try await deleteLateUploads(batch, into: &report)
        position = nil
    }

    private func deleteLateUploads(
        _ objects: [ObjectKey], into report: inout HousekeepingPass.StepReport
    ) async throws {
        let (rows, unreadable) = try await rows(
            of: objects.compactMap { keys.location(of: $0.rawValue)?.video }, into: &report)
        for object in objects {
            guard let location = keys.location(of: object.rawValue), !unreadable.contains(location.video) else {
                continue
            }
            _ = try await handleItem(object.rawValue, into: &report) {
                guard let row = rows[location.video], !keys.awaits(location.attempt, row) else { return .skipped }
                try await client.delete(object)
                return .done
            }
        }
    }

    /// Aborts multipart uploads that no upload of a live video uses.
    func abortStaleUploads(into report: inout HousekeepingPass.StepReport) async throws {
        let initiatedBefore = date(before: options.staleUploadAge)
        var marker = state.positions.multipartUploads
        defer { state.update { $0.multipartUploads = marker } }
        var pages = 0
        repeat {
            let page = try await client.send(ListMultipartUploads(prefix: keys.videosPrefix, marker: marker))
            let stale = page.uploads.filter {
                $0.initiated <= initiatedBefore && keys.location(of: $0.key.rawValue) != nil
            }
            try await abort(stale, into: &report)
            marker = page.next
            pages += 1
            if marker != nil, report.done + report.failures.count >= options.itemsPerStep || pages >= Self.listedPerItem
            {
                report.hasMore = true
                return
            }
        } while marker != nil
    }

    private func abort(
        _ uploads: [ListMultipartUploads.Upload], into report: inout HousekeepingPass.StepReport
    ) async throws {
        let (rows, unreadable) = try await rows(
            of: uploads.compactMap { keys.location(of: $0.key.rawValue)?.video }, into: &report)
        let strangeBefore = date(before: options.orphanDelay)
        for upload in uploads {
            guard let location = keys.location(of: upload.key.rawValue), !unreadable.contains(location.video) else {
                continue
            }
            _ = try await handleItem("\(upload.key.rawValue) \(upload.uploadID.rawValue)", into: &report) {
                if let row = rows[location.video] {
                    let isUsed = keys.awaits(location.attempt, row) && row.upload?.id == upload.uploadID.rawValue
                    guard !isUsed else { return .skipped }
                } else {
                    // R2 aborts it before, unless a rule of the bucket says otherwise.
                    guard upload.initiated <= strangeBefore else { return .skipped }
                }
                try await abort(upload)
                return .done
            }
        }
    }

    /// Aborts a multipart upload, which may be gone already.
    func abort(_ upload: ListMultipartUploads.Upload) async throws {
        do {
            try await client.abortMultipartUpload(upload.uploadID, key: upload.key)
        } catch let error as R2Error where error.code == .noSuchUpload {}
    }

    /// Returns the rows of videos, deleted ones included, and the videos whose rows can't be read.
    ///
    /// Nobody knows what those await, so they are reported, and their objects stay.
    private func rows(
        of videos: [Video.ID], into report: inout HousekeepingPass.StepReport
    ) async throws -> (rows: [Video.ID: Video], unreadable: Set<Video.ID>) {
        var rows: [Video.ID: Video] = [:]
        var unreadable: Set<Video.ID> = []
        let ids = Array(Set(videos))
        for start in stride(from: 0, to: ids.count, by: 1000) {
            let batch = try await catalog.videos(
                ids: Array(ids[start..<min(start + 1000, ids.count)]), includingDeleted: true)
            for row in batch.unreadable {
                unreadable.insert(row.id)
                if !report.unreadable.contains(row) { report.unreadable.append(row) }
            }
            for row in batch.videos { rows[row.id] = row }
        }
        return (rows, unreadable)
    }
}

extension VideoKeys {
    /// Returns a Boolean value that indicates whether a row awaits the file of an attempt.
    func awaits(_ attempt: UUID, _ row: Video) -> Bool {
        guard !row.isDeleted, let upload = row.upload, location(of: upload.objectKey)?.attempt == attempt else {
            return false
        }
        return switch row.state {
        case .pendingUpload, .uploading, .verifying: true
        case .ready, .failed, .expired: row.replacement != nil
        }
    }
}
#endif
