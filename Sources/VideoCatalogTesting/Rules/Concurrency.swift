import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let concurrency: [ContractRule] = [
        ContractRule(
            "Of many updates of one version, one wins",
            hint: "the version is compared before the UPDATE, not in its condition"
        ) { context in
            var video = try await context.insert("k")
            for round in 0..<3 {
                let (id, version) = (video.id, video.version)
                let outcomes = await context.race(16) { number in
                    try await context.repository.update(
                        id, expecting: version, context.changes { $0.title = .set("\(round)/\(number)") })
                }
                try context.expect(outcomes, oneWinnerElse: .versionConflict, "updates of version \(version)")
                let stored = try await context.stored(video.id)
                try context.expect(stored, is: outcomes.winners.first, "the row after the race")
                video = outcomes.winners.first ?? video
            }
        },
        ContractRule(
            "Of many insertions with one object key, one wins",
            hint: "the key is looked up before the insertion, and there is no unique index"
        ) { context in
            for round in 0..<3 {
                let outcomes = await context.race(16) { _ in
                    try await context.repository.insert(SampleVideos.plain("k/\(round)"))
                }
                try context.expect(outcomes, oneWinnerElse: .objectKeyTaken, "insertions of one key")
                try context.expect(try await context.rowCount(), is: round + 1, "the number of rows after the race")
            }
        },
        ContractRule(
            "Of many insertions with one identifier, one wins",
            hint: "the identifier is looked up before the insertion, or the insertion is an upsert"
        ) { context in
            let id = Video.ID.make(at: context.clock.now)
            let outcomes = await context.race(16) { number in
                var video = SampleVideos.plain("k/\(number)")
                video.id = id
                return try await context.repository.insert(video)
            }
            try context.expect(outcomes, oneWinnerElse: .idTaken, "insertions of one identifier")
            try context.expect(try await context.stored(id), is: outcomes.winners.first, "the row after the race")
        },
        ContractRule(
            "Of many updates to one object key, one wins",
            hint: "the key is looked up before the UPDATE, and there is no unique index"
        ) { context in
            let videos = try await context.insert(count: 12)
            let outcomes = await context.race(12) { number in
                try await context.repository.update(
                    videos[number].id, expecting: 1, context.changes { $0.objectKey = .set("wanted") })
            }
            try context.expect(outcomes, oneWinnerElse: .objectKeyTaken, "updates onto one key")
        },
        ContractRule(
            "Of many restorations with one object key, one wins",
            hint: "the key is looked up before the restoration, and there is no unique index"
        ) { context in
            var videos = [Video]()
            for _ in 0..<12 { videos.append(try await context.insertDeleted("k")) }
            let deleted = videos
            let outcomes = await context.race(12) { try await context.repository.restore(deleted[$0].id) }
            try context.expect(outcomes, oneWinnerElse: .objectKeyTaken, "restorations onto one key")
            try context.expect(
                try await context.list(VideoQuery()), are: outcomes.winners, "the live videos after the race")
        },
        ContractRule(
            "Workers that claim at the same time never get the same video",
            hint: "rows are selected and then marked without a lock (FOR UPDATE SKIP LOCKED, an immediate transaction)"
        ) { context in
            let videos = try await context.insert(count: 40) { video, _ in video.deleteAfter = SampleVideos.date(1) }
            let outcomes = await context.race(16) { _ in
                try await context.repository.claim(.deletions, limit: 3, lease: .seconds(60)).claims.map(\.video)
            }
            for failure in outcomes.failures {
                throw FailedExpectation("claims of workers at once", expected: "no error", actual: "\(failure)")
            }
            let claimed = outcomes.winners.flatMap(\.self)
            try context.expect(
                Set(claimed.map(\.id)).count, is: claimed.count, "the number of different videos among those claimed")
            let rest = try await context.repository.claim(.deletions, limit: 1000, lease: .seconds(60)).claims.map(
                \.video)
            try context.expect(
                (claimed + rest).sorted { $0.id < $1.id }, are: videos.sorted { $0.id < $1.id },
                "all that were claimed, with what was left")
        },
        ContractRule(
            "Retried updates lose no change",
            hint: "the conflict doesn't carry the current row, or an update overwrites a version that it hasn't seen"
        ) { context in
            let video = try await context.insert("k") { $0.byteSize = 0 }
            for _ in 0..<5 {
                // All of them have seen the same version.
                guard let seen = try await context.stored(video.id) else { continue }
                let outcomes = await context.race(8) { _ in try await context.addOne(to: seen) }
                for failure in outcomes.failures {
                    throw FailedExpectation("updates that are retried", expected: "no error", actual: "\(failure)")
                }
            }
            let stored = try await context.stored(video.id)
            try context.expect(stored?.byteSize, is: 40, "the sum of 40 retried additions of 1")
            try context.expect(stored?.version, is: 41, "the version after 40 retried updates")
        },
        ContractRule(
            "A video is either purged or restored, never both",
            hint: "the purge selects rows and then removes them without checking that they are still deleted"
        ) { context in
            var deleted = [Video]()
            for number in 0..<24 { deleted.append(try await context.insertDeleted("k/\(number)")) }
            let videos = deleted
            let outcomes = await context.race(28) { number -> [(video: Video, isPurged: Bool)] in
                guard number % 7 == 0 else {
                    return [(try await context.repository.restore(videos[number - number / 7 - 1].id), false)]
                }
                return try await context.repository.purge(.deletedBefore(.distantFuture, limit: 6)).videos.map {
                    ($0, true)
                }
            }
            for failure in outcomes.failures where (failure as? CatalogError)?.code != .notFound {
                throw FailedExpectation(
                    "restorations against a purge", expected: "none but notFound", actual: "\(failure)")
            }
            let results = outcomes.winners.flatMap(\.self)
            let purged = Set(results.filter(\.isPurged).map(\.video.id))
            let restored = results.filter { !$0.isPurged }.map(\.video)
            try context.expect(restored.filter { purged.contains($0.id) }, are: [], "videos both purged and restored")
            let live = try await context.list(VideoQuery(order: .oldestFirst))
            try context.expect(live, are: restored.sorted { $0.id < $1.id }, "the live videos after the race")
        },
    ]
}

extension RuleContext {
    /// Adds one to the size of the row, and retries after a conflict.
    fileprivate func addOne(to seen: Video) async throws {
        var row = seen
        while true {
            do {
                _ = try await repository.update(row) { $0.byteSize = ($0.byteSize ?? 0) + 1 }
                return
            } catch let error as CatalogError where error.code == .versionConflict {
                guard let current = error.current else { throw error }
                row = current
            }
            try Task.checkCancellation()
        }
    }
}
