import VideoCatalog

extension Mutant {
    static let uploads: [Mutant] = [
        Mutant(
            "part sizes are kept in 32 bits",
            breaks: "The fields of an unfinished upload and the replaced keys are stored byte for byte"
        ) { operations, _ in
            operations.shown = { video in
                let partSize = video.upload?.partSize.map { Int64(Int32(truncatingIfNeeded: $0)) }
                video.upload?.partSize = partSize
            }
        },
        Mutant(
            "replaced keys are sorted",
            breaks: "The fields of an unfinished upload and the replaced keys are stored byte for byte"
        ) { operations, _ in operations.shown = { $0.replacedKeys.sort() } },
        Mutant(
            "a ready video keeps its upload",
            breaks: "An upload ends when the video becomes ready, and stays when it fails or expires"
        ) { operations, _ in
            operations.changeUpdated { old, _, new in if new.state == .ready { new.upload = old.upload } }
        },
        Mutant(
            "replaced keys beyond the limit are dropped",
            breaks: "Uploads and replaced keys that break the rules fail with the field's name"
        ) { operations, _ in
            operations.insert = { base, video in
                var video = video
                video.replacedKeys = Array(video.replacedKeys.prefix(RepositorySupport.Limits.replacedKeyCount))
                return try await base.insert(video)
            }
        },
        Mutant("a taken key gives its video", breaks: "The key of a live video's replacement is taken") {
            operations, _ in operations.acceptUpdate(refusedAs: .objectKeyTaken)
        },
    ]

    static let replacements: [Mutant] = [
        Mutant("a replacement moves the file at once", breaks: "A replacement keeps the file until it is finished") {
            operations, _ in
            operations.update = { base, id, version, changes in
                var changes = changes
                if case .set(let upload?) = changes.upload {
                    changes.objectKey = .set(upload.objectKey)
                    changes.upload = .keep
                }
                return try await base.update(id, expecting: version, changes)
            }
        },
        Mutant("the old key is forgotten", breaks: "A finished replacement changes the file and keeps the old key") {
            operations, _ in
            operations.changeUpdated { old, _, new in
                if new.objectKey != old.objectKey { new.replacedKeys = old.replacedKeys }
            }
        },
        Mutant(
            "a canceled upload's key is forgotten",
            breaks: "A canceled replacement keeps the file, and the key of the upload"
        ) { operations, _ in
            operations.changeUpdated { old, changes, new in
                if changes.upload == .clear { new.replacedKeys = old.replacedKeys }
            }
        },
        Mutant(
            "a second replacement gives the first",
            breaks: "A replacement is refused in other states, on the video's own key and beside another one"
        ) { operations, _ in operations.acceptUpdate(refusedAs: .uploadInProgress) },
        Mutant("a conflict is taken for success", breaks: "Of many replacements at once, one wins") { operations, _ in
            operations.acceptUpdate(refusedAs: .versionConflict)
        },
    ]

    static let uploadLimits: [Mutant] = [
        Mutant(
            "the limit itself is refused",
            breaks: "An insertion that reaches a limit is stored, and one that exceeds it is refused with the usage"
        ) { operations, _ in
            operations.insertWithin = { base, video, limits in
                var limits = limits
                limits.openUploads = limits.openUploads.map { max(0, $0 - 1) }
                return try await base.insert(video, within: limits)
            }
        },
        Mutant(
            "stored videos don't count",
            breaks: "The usage of an uploader counts open and stored videos"
        ) { operations, _ in
            operations.usage = { base, user in
                var usage = try await base.uploadUsage(of: user)
                usage.storedBytes = 0
                return usage
            }
        },
        Mutant(
            "an unknown size is zero",
            breaks: "A limit on bytes needs a size, and no limit is negative"
        ) { operations, _ in
            operations.insertWithin = { base, video, limits in
                var video = video
                video.byteSize = video.byteSize ?? 0
                return try await base.insert(video, within: limits)
            }
        },
        Mutant("limits come first", breaks: "A taken identifier or key is reported before a limit") { operations, _ in
            operations.insertWithin = { base, video, limits in
                let usage = try await base.uploadUsage(of: video.uploadedBy)
                if let limit = limits.openUploads, usage.openUploads >= limit {
                    throw CatalogError(.uploadLimitExceeded, "Too many.", usage: usage)
                }
                return try await base.insert(video, within: limits)
            }
        },
        Mutant("the usage is read before", breaks: "Insertions at once never exceed a limit, and fill it") {
            operations, _ in
            // Every insertion of a race has the usage that the first one has seen.
            let seen = Memory<[UserID: UploadUsage]>([:])
            operations.insertWithin = { base, video, limits in
                let now = try await base.uploadUsage(of: video.uploadedBy)
                let usage = seen.with { seen in
                    let first = seen[video.uploadedBy] ?? now
                    seen[video.uploadedBy] = first
                    return first
                }
                guard usage.openUploads <= limits.openUploads ?? .max else {
                    throw CatalogError(.uploadLimitExceeded, "Too many.", usage: usage)
                }
                return try await base.insert(video)
            }
        },
    ]
}

extension MutantRepository.Operations {
    /// Changes every row that an update returns.
    fileprivate mutating func changeUpdated(
        _ change: @escaping @Sendable (_ old: Video, _ changes: VideoChanges, _ new: inout Video) -> Void
    ) {
        update = { base, id, version, changes in
            let old = try await base.requiredVideo(id: id)
            var new = try await base.update(id, expecting: version, changes)
            change(old, changes, &new)
            return new
        }
    }
}
