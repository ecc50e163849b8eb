import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Mutant {
    static let deletion: [Mutant] = [
        Mutant(
            "a deletion removes the row", breaks: "A deletion keeps the row, increments the version and sets the dates"
        ) {
            operations, _ in
            operations.delete = { base, id, version in
                let deleted = try await base.delete(id, expecting: version)
                _ = try await base.purge(.deletedBefore(.distantFuture, limit: 1000))
                return deleted
            }
        },
        Mutant(
            "a repeated deletion compares the version",
            breaks: "A repeated deletion returns the row unchanged, whatever the version"
        ) { operations, _ in
            operations.delete = { base, id, version in
                if let row = try await base.row(id), row.isDeleted, let version, version != row.version {
                    throw CatalogError(.versionConflict, "deleted", current: row)
                }
                return try await base.delete(id, expecting: version)
            }
        },
        Mutant(
            "a deletion ignores the version",
            breaks: "A deletion that expects another version fails with the current row"
        ) { operations, _ in
            operations.delete = { base, id, _ in try await base.delete(id, expecting: nil) }
        },
        Mutant(
            "a deletion of nothing succeeds",
            breaks: "A deletion or restoration of a missing video fails as not found"
        ) { operations, clock in
            operations.delete = { base, id, version in
                guard try await base.row(id) == nil else { return try await base.delete(id, expecting: version) }
                return Video(
                    id: id, title: "?", objectKey: "?", uploadedBy: "?", state: .expired, version: 1,
                    createdAt: clock(), updatedAt: clock())
            }
        },
        Mutant("keys of deleted videos are taken", breaks: "A deletion frees the object key") { operations, _ in
            operations.insert = { base, video in
                for other in try await base.all(VideoQuery(deletion: .any)) where other.objectKey == video.objectKey {
                    throw CatalogError.objectKeyTaken(video.objectKey, by: other)
                }
                return try await base.insert(video)
            }
        },
        Mutant(
            "a restored video is still to be deleted",
            breaks: "A restoration makes the video live and cancels its planned deletion"
        ) { operations, _ in
            operations.restore = { base, id in
                let row = try await base.row(id)
                var restored = try await base.restore(id)
                restored.deleteAfter = row?.deleteAfter
                return restored
            }
        },
        Mutant("a repeated restoration counts", breaks: "A restoration of a live video returns it unchanged") {
            operations, _ in
            operations.restore = { base, id in
                guard let row = try await base.row(id), !row.isDeleted else { return try await base.restore(id) }
                return try await base.update(id, expecting: row.version, VideoChanges())
            }
        },
        Mutant(
            "a restoration takes the key away",
            breaks: "A restoration with a taken object key fails and leaves the video deleted"
        ) { operations, _ in operations.stealKeys() },
    ]

    static let purge: [Mutant] = [
        Mutant(
            "a purge includes the instant", breaks: "A purge removes videos deleted before the date, not at it"
        ) { operations, _ in
            operations.purge = { base, selection in
                guard case .deletedBefore(let instant, let limit) = selection else {
                    return PurgeResult(videos: [], unusedKeys: [])
                }
                return try await base.purge(.deletedBefore(instant.shifted(1), limit: limit))
            }
        },
        Mutant("a purge ignores the limit", breaks: "A purge removes the videos deleted first, up to the limit") {
            operations, _ in
            operations.purge = { base, selection in
                guard case .deletedBefore(let instant, _) = selection else {
                    return PurgeResult(videos: [], unusedKeys: [])
                }
                return try await base.purge(.deletedBefore(instant, limit: 1000))
            }
        },
        Mutant("a purge removes what is to be deleted", breaks: "A purge never removes a live video") {
            operations, clock in
            operations.purge = { base, selection in
                for video in try await base.all(VideoQuery()) {
                    if let due = video.deleteAfter, due < clock() {
                        _ = try await base.delete(video.id, expecting: nil)
                    }
                }
                return try await base.purge(selection)
            }
        },
        Mutant(
            "purged rows are left behind",
            breaks: "A purged video is gone for good, and its identifier and key are free"
        ) { operations, _ in
            operations.purge = { base, _ in
                PurgeResult(videos: try await base.all(VideoQuery(deletion: .deleted)), unusedKeys: [])
            }
        },
        Mutant(
            "the limit of a purge is moved into its range",
            breaks: "A purge rejects limits outside 1 to 1,000 and invalid dates"
        ) { operations, _ in
            operations.purge = { base, selection in
                guard case .deletedBefore(let instant, let limit) = selection else {
                    return PurgeResult(videos: [], unusedKeys: [])
                }
                return try await base.purge(.deletedBefore(instant, limit: min(max(limit, 1), 1000)))
            }
        },
    ]
}

extension MutantRepository.Operations {
    /// Deletes the live video that has the key of one that is restored.
    mutating func stealKeys() {
        restore = { base, id in
            do {
                return try await base.restore(id)
            } catch let error as CatalogError where error.code == .objectKeyTaken {
                if let holder = error.current { _ = try await base.delete(holder.id, expecting: nil) }
                return try await base.restore(id)
            }
        }
    }
}
