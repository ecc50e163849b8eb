import VideoCatalog

extension Mutant {
    static let concurrency: [Mutant] = [
        Mutant("a conflict is taken for success", breaks: "Of many updates of one version, one wins") { operations, _ in
            operations.acceptUpdate(refusedAs: .versionConflict)
        },
        Mutant("a taken key gives its video", breaks: "Of many insertions with one object key, one wins") {
            operations, _ in operations.acceptInsertion(refusedAs: .objectKeyTaken)
        },
        Mutant("an insertion is an upsert", breaks: "Of many insertions with one identifier, one wins") {
            operations, _ in operations.acceptInsertion(refusedAs: .idTaken)
        },
        Mutant("an update to a taken key gives its video", breaks: "Of many updates to one object key, one wins") {
            operations, _ in operations.acceptUpdate(refusedAs: .objectKeyTaken)
        },
        Mutant("a restoration takes the key away", breaks: "Of many restorations with one object key, one wins") {
            operations, _ in operations.stealKeys()
        },
        Mutant("a claim is given twice", breaks: "Workers that claim at the same time never get the same video") {
            operations, _ in operations.giveClaimsTwice()
        },
        Mutant("the last update wins", breaks: "Retried updates lose no change") { operations, _ in
            operations.update = { base, id, version, changes in
                try await base.update(id, expecting: await base.row(id)?.version ?? version, changes)
            }
        },
        Mutant("a purged video is restored", breaks: "A video is either purged or restored, never both") {
            operations, _ in
            let purged = Memory<[Video.ID: Video]>([:])
            operations.purge = { base, selection in
                let result = try await base.purge(selection)
                purged.with { for video in result.videos { $0[video.id] = video } }
                return result
            }
            operations.restore = { base, id in
                // A purge comes first.
                for _ in 0..<10_000 where purged.with({ $0.isEmpty }) { await Task.yield() }
                if let video = purged.with({ $0[id] }) { return video }
                return try await base.restore(id)
            }
        },
    ]
}
