import VideoCatalog

extension Mutant {
    static let updates: [Mutant] = [
        Mutant("an update is not stored", breaks: "An update is read back as it was returned") { operations, clock in
            operations.update = { base, id, version, changes in
                guard let row = try await base.row(id) else { throw CatalogError.notFound(id) }
                return try RepositorySupport.updatedVideo(row, applying: changes, expecting: version, at: clock())
            }
        },
        Mutant("a new title clears the description", breaks: "An update changes the given fields and keeps the rest") {
            operations, _ in
            operations.update = { base, id, version, changes in
                var changes = changes
                if changes.title.isSet { changes.description = .clear }
                return try await base.update(id, expecting: version, changes)
            }
        },
        Mutant("a session stays once it is set", breaks: "An update clears optional fields") { operations, _ in
            operations.update = { base, id, version, changes in
                var changes = changes
                if changes.sessionID == .clear { changes.sessionID = .keep }
                return try await base.update(id, expecting: version, changes)
            }
        },
        Mutant(
            "an update without changes is left out",
            breaks: "Every update increments the version by one and sets updatedAt"
        ) { operations, _ in
            operations.update = { base, id, version, changes in
                if changes == VideoChanges(), let row = try await base.row(id) { return row }
                return try await base.update(id, expecting: version, changes)
            }
        },
        Mutant("updatedAt is the clock's", breaks: "updatedAt never goes back when the clock does") {
            operations, clock in
            operations.update = { base, id, version, changes in
                var video = try await base.update(id, expecting: version, changes)
                video.updatedAt = clock()
                return video
            }
        },
        Mutant(
            "the version is ignored: a lost update",
            breaks: "An update that expects another version fails with the current row"
        ) { operations, _ in
            operations.update = { base, id, version, changes in
                try await base.update(id, expecting: await base.row(id)?.version ?? version, changes)
            }
        },
        Mutant(
            "a conflict carries no row", breaks: "An update that expects another version fails with the current row"
        ) { operations, _ in
            operations.update = { base, id, version, changes in
                do {
                    return try await base.update(id, expecting: version, changes)
                } catch let error as CatalogError {
                    throw CatalogError(error.code, error.message, fields: error.fields)
                }
            }
        },
        Mutant(
            "a deleted video is updated in silence",
            breaks: "An update of a missing or deleted video fails as not found"
        ) { operations, _ in
            operations.update = { base, id, version, changes in
                if let row = try await base.row(id), row.isDeleted { return row }
                return try await base.update(id, expecting: version, changes)
            }
        },
        Mutant(
            "other fields are written before the key is refused",
            breaks: "An update to a taken object key fails and changes nothing"
        ) { operations, _ in
            operations.update = { base, id, version, changes in
                do {
                    return try await base.update(id, expecting: version, changes)
                } catch let error as CatalogError where error.code == .objectKeyTaken {
                    var others = changes
                    others.objectKey = .keep
                    _ = try await base.update(id, expecting: version, others)
                    throw error
                }
            }
        },
        Mutant(
            "a video's own key is taken",
            breaks: "An update may keep its object key or take a free one, and frees the old one"
        ) { operations, _ in
            operations.update = { base, id, version, changes in
                if case .set(let key) = changes.objectKey, let holder = try await base.video(objectKey: key) {
                    throw CatalogError.objectKeyTaken(key, by: holder)
                }
                return try await base.update(id, expecting: version, changes)
            }
        },
        Mutant("the first field at fault is named", breaks: "An update reports every invalid field and changes nothing")
        {
            operations, _ in
            operations.update = { base, id, version, changes in
                try await namingOneField { try await base.update(id, expecting: version, changes) }
            }
        },
    ]

    static let states: [Mutant] = [
        Mutant("an expired upload stays expired", breaks: "Every allowed state transition succeeds") {
            operations, _ in
            operations.update = { base, id, version, changes in
                if let row = try await base.row(id), row.state == .expired, changes.state == .set(.uploading) {
                    throw CatalogError(.illegalTransition, "expired", current: row)
                }
                return try await base.update(id, expecting: version, changes)
            }
        },
        Mutant(
            "an illegal transition is ignored", breaks: "Every other state transition fails with the current row"
        ) { operations, _ in operations.acceptUpdate(refusedAs: .illegalTransition) },
        Mutant(
            "readiness is stamped each time it is told",
            breaks: "uploadedAt and readyAt are set once, unless the update sets them"
        ) { operations, clock in
            operations.update = { base, id, version, changes in
                var changes = changes
                if changes.state == .set(.ready), !changes.readyAt.isSet { changes.readyAt = .set(clock()) }
                return try await base.update(id, expecting: version, changes)
            }
        },
        Mutant("reasons are not kept", breaks: "A failed video keeps its reason until the state changes") {
            operations, _ in
            operations.shown = { if $0.state.kind == .failed { $0.state = .failed(reason: "unknown") } }
        },
    ]
}
