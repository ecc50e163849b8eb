#if Delivery
internal import R2Kit
internal import R2Storage
internal import Tracing
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension VideoHousekeeping {
    /// Compares the bucket with the catalog, and removes orphaned objects if you ask for it.
    ///
    /// ```swift
    /// let result = try await housekeeping.reconcile(marks)
    /// marks = result.marks
    /// for file in result.wrongFiles { print("\(file.video): \(file.problem)") }
    /// ```
    ///
    /// Only objects under ``VideoKeys/uploadsPrefix`` and ``VideoKeys/videosPrefix`` are considered, and only those
    /// whose keys contain the identifier of a video. An object is orphaned if its video has no row, or if it is a file
    /// in a video's folder that the row doesn't name. It is removed only in two phases: a first reconciliation marks
    /// it, and a later one, after ``VideoHousekeepingOptions/orphanDelay``, finds it unchanged, asks the catalog and R2
    /// again, and deletes it. Nothing is removed if more objects than ``VideoHousekeepingOptions/maximumOrphanShare``
    /// are orphaned, if the catalog is empty, or if a row can't be read.
    ///
    /// It lists the whole bucket below the prefixes and reads the whole catalog. Run it once a day, or less.
    ///
    /// - Parameters:
    ///   - marks: The marks of the previous reconciliation.
    ///   - removing: A Boolean value that indicates whether to remove orphaned objects.
    /// - Returns: The differences, and the marks for the next reconciliation.
    /// - Throws: The errors of R2 and of the catalog, or a `CancellationError`.
    @discardableResult
    public func reconcile(_ marks: OrphanMarks = OrphanMarks(), removing: Bool = false) async throws -> Reconciliation {
        try await telemetry.withSpan("VideoHousekeeping.reconcile") { span in
            var inventory = Inventory(self)
            try await inventory.take()
            var result = inventory.result
            result.addOrphans(inventory.candidates, markedBefore: marks, at: uploads.clock())
            if removing { try await removeOrphans(of: inventory, in: &result) }
            span?.attributes["housekeeping.orphans"] = result.orphanCount
            span?.attributes["housekeeping.wrong_files"] = result.wrongFiles.count
            span?.attributes["housekeeping.removed"] = result.removed.count
            telemetry.reconciled(result)
            return result
        }
    }

    private func removeOrphans(of inventory: Inventory, in result: inout Reconciliation) async throws {
        let markedBefore = date(before: options.orphanDelay)
        let due = result.orphans.filter { $0.firstSeen <= markedBefore }.compactMap { inventory.candidates[$0.key] }
        guard !due.isEmpty else { return }
        if let stop = reasonToKeepOrphans(of: result) {
            result.removalStop = stop
            return
        }
        for start in stride(from: 0, to: due.count, by: 500) {
            let batch = Array(due[start..<min(start + 500, due.count)])
            for orphan in try await inventory.orphans(among: batch) {
                let key = orphan.object.key
                guard let object = try await uploads.head(key), object.etag.opaqueValue == orphan.etag else { continue }
                try await client.delete(key)
                result.removed.append(key.rawValue)
                result.marks.marks[key.rawValue] = nil
            }
        }
    }

    private func reasonToKeepOrphans(of result: Reconciliation) -> String? {
        if result.videoCount == 0 { return "The catalog is empty: check that it is the one of this bucket." }
        if let row = result.unreadable.first {
            return "The row \(row) can't be read, and might name any object: repair it first."
        }
        let limit = Double(result.objectCount) * options.maximumOrphanShare
        guard result.orphanCount > options.toleratedOrphanCount, Double(result.orphanCount) > limit else { return nil }
        return "\(result.orphanCount) of \(result.objectCount) objects belong to no video, which is more than the "
            + "allowed share: check that the catalog is the one of this bucket, or raise maximumOrphanShare."
    }
}

extension Reconciliation {
    /// Adds orphaned objects and marks them, with the date of an earlier mark if the object hasn't changed since.
    fileprivate mutating func addOrphans(
        _ candidates: [String: Inventory.Candidate], markedBefore earlier: OrphanMarks, at now: Date
    ) {
        for (key, candidate) in candidates {
            let mark = earlier.marks[key].flatMap { $0.etag == candidate.etag ? $0 : nil }
            let firstSeen = mark?.firstSeen ?? now
            marks.marks[key] = OrphanMarks.Mark(etag: candidate.etag, firstSeen: firstSeen)
            orphans.append(
                Orphan(
                    key: key, byteSize: candidate.object.size, storedAt: candidate.object.lastModified,
                    firstSeen: firstSeen))
        }
        orphans.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}
#endif
