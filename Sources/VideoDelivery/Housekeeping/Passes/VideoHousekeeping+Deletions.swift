#if Delivery
internal import R2Kit
internal import R2Storage
internal import VideoCatalog

/// Videos and files that are no longer wanted.
extension VideoHousekeeping {
    /// Deletes videos whose `deleteAfter` has come.
    func deleteVideos(into report: inout HousekeepingPass.StepReport) async throws {
        try await handleClaims(.deletions, into: &report) { claim in
            do {
                // Only the row as it was claimed, because the app may have given the video more time.
                try await catalog.delete(claim.video.id, expecting: claim.video.version)
                return .done
            } catch let error as CatalogError where error.meansRowChanged {
                return .skipped
            }
        }
    }

    /// Deletes the files that replacements and failed uploads left behind, with what the app made from them.
    ///
    /// They stay for a while: viewers still play a replaced file, and a copy that was under way when its upload ended
    /// may store the file once more.
    func deleteReplacedObjects(into report: inout HousekeepingPass.StepReport) async throws {
        let since = date(before: options.replacedObjectDelay)
        try await handleClaims(.replacedObjects, into: &report) { claim in
            // The claims are ordered by this date.
            guard claim.video.updatedAt <= since else { return .notDue }
            // A key that the row names stays in it, with its object, until the row no longer names it.
            let own = Set(claim.video.currentKeys.map { Array($0.utf8) })
            let replaced = claim.video.replacedKeys.filter { !own.contains(Array($0.utf8)) }
            guard !replaced.isEmpty else { return .skipped }
            let users = try await catalog.videos(objectKeys: Array(replaced.prefix(1000)), includingDeleted: true)
            if let row = users.unreadable.first { throw CatalogError.corruptRow(row) }
            let used = Set(users.videos.map { Array($0.objectKey.utf8) })
            let removed = replaced.prefix(1000)
            // The keys that clients sent files to are left to the sweep of late uploads, which knows when it's safe.
            for key in removed where !used.contains(Array(key.utf8)) {
                try await deleteReplaced(key, of: claim.video)
            }
            let done = Set(removed.map { Array($0.utf8) })
            try await catalog.update(claim.video.id) { row in
                row.replacedKeys.removeAll { done.contains(Array($0.utf8)) }
            }
            return .done
        }
    }

    /// Deletes a replaced object and its folder, except for what the row or another video needs.
    private func deleteReplaced(_ key: String, of row: Video) async throws {
        if let folder = keys.folder(of: key, in: row.id), keys.isUnused(folder, by: row) {
            try await deleteAll(in: folder, of: row)
        } else if !row.currentKeys.contains(where: { $0.utf8.elementsEqual(key.utf8) }) {
            try await delete([try ObjectKey(key)])
        }
    }

    /// Deletes the objects in a folder of a video, except for files of other videos.
    private func deleteAll(in folder: String, of row: Video) async throws {
        var batch: [ObjectKey] = []
        for try await object in client.list(prefix: folder) {
            batch.append(object.key)
            if batch.count == 1000 {
                try await deleteUnnamed(batch, of: row)
                batch = []
            }
        }
        try await deleteUnnamed(batch, of: row)
    }

    /// Removes deleted videos for good.
    func purgeVideos(into report: inout HousekeepingPass.StepReport) async throws {
        let deletedBefore = date(before: max(options.purgeDelay, longestUpload))
        try await handleClaims(.purges(deletedBefore: deletedBefore), into: &report) { claim in
            let start = try await catalog.startPurge([claim])
            if let row = start.unreadable.first { throw CatalogError.corruptRow(row) }
            guard let order = start.orders.first else { throw ClaimLost() }
            try await deleteObjects(of: order)
            let result = try await catalog.purge(.claimed([order.claim]))
            if let row = result.unreadable.first { throw CatalogError.corruptRow(row) }
            if let row = result.refused.first { throw CatalogError.purgeRefused(row) }
            guard !result.videos.isEmpty else { throw ClaimLost() }
            return .done
        }
    }

    /// Deletes the objects of a video whose purge has started, and everything under its prefixes.
    private func deleteObjects(of order: PurgeOrder) async throws {
        let row = order.claim.video
        for try await upload in client.listMultipartUploads(prefix: keys.prefix(of: row.id)) {
            try await abort(upload)
        }
        let named = Set(order.keys.map { Array($0.utf8) })
        // Keys of this video that another video uses, too. Their folders stay: a playlist needs its segments.
        let sharedFolders = RepositorySupport.keys(of: row).map(\.utf8).filter { key in
            !named.contains(Array(key)) && key.starts(with: keys.prefix(of: row.id).utf8)
        }.map { key in key[...(key.lastIndex(of: UInt8(ascii: "/")) ?? key.startIndex)] }
        var batch = try order.keys.map { try ObjectKey($0) }
        for prefix in ["\(keys.uploadsPrefix)\(row.id)/", keys.prefix(of: row.id)] {
            for try await object in client.list(prefix: prefix) {
                let key = object.key.rawValue.utf8
                if sharedFolders.contains(where: { key.starts(with: $0) }) { continue }
                if named.contains(Array(key)) { continue }
                batch.append(object.key)
                if batch.count >= 1000 {
                    try await deleteUnnamed(batch, of: row)
                    batch = []
                }
            }
        }
        try await deleteUnnamed(batch, of: row)
    }

    /// Deletes objects, except for files of other videos.
    private func deleteUnnamed(_ batch: [ObjectKey], of row: Video) async throws {
        var others = Set<[UInt8]>()
        for start in stride(from: 0, to: batch.count, by: 1000) {
            let chunk = batch[start..<min(start + 1000, batch.count)].map(\.rawValue)
            let users = try await catalog.videos(objectKeys: chunk, includingDeleted: true)
            if let row = users.unreadable.first(where: { $0.id != row.id }) { throw CatalogError.corruptRow(row) }
            for user in users.videos where user.id != row.id && user.purgeStartedAt == nil {
                others.insert(Array(user.objectKey.utf8))
            }
        }
        try await delete(batch.filter { !others.contains(Array($0.rawValue.utf8)) })
    }

    /// Deletes objects, and throws the first error after all were tried.
    func delete(_ objects: [ObjectKey]) async throws {
        guard !objects.isEmpty else { return }
        let results = try await client.deleteObjects(objects)
        if let error = results.compactMap(\.error).first { throw error }
    }
}
#endif
