import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let purge: [ContractRule] = [
        ContractRule(
            "A purge removes what was deleted before the instant, and not at it",
            hint: "the instant itself is included, or instants are compared to the second"
        ) { trial in
            let deleted = try await trial.insertDeleted("k")
            guard let instant = deleted.deletedAt else { throw Mismatch("deletedAt", expected: "set", actual: "nil") }
            for bound in [instant, instant.moved(by: .microseconds(-1)), .distantPast] {
                let purged = try await trial.repository.purge(.deletedBefore(bound, limit: 10))
                try trial.expect(purged, are: [], "what a purge up to the instant of deletion removes")
            }
            try trial.expect(try await trial.stored(deleted.id), is: deleted, "the row that must stay")
            let purged = try await trial.repository.purge(
                .deletedBefore(instant.moved(by: .microseconds(1)), limit: 10))
            try trial.expect(purged, areExactly: [deleted], "what a purge a microsecond later removes")
            try trial.expect(try await trial.stored(deleted.id), is: nil, "the row that was purged")
        },
        ContractRule(
            "A purge takes those that were deleted first, up to the limit",
            hint: "rows are taken by creation, or LIMIT stands without ORDER BY"
        ) { trial in
            let videos = try await trial.insert(count: 6)
            var deleted = [Video]()
            for index in [3, 0, 5, 1, 4, 2] {
                trial.clock.advance(by: .seconds(1))
                deleted.append(try await trial.repository.delete(videos[index].id, expecting: nil))
            }
            for batch in [deleted[..<2], deleted[2..<4], deleted[4...], []] {
                let purged = try await trial.repository.purge(.deletedBefore(.distantFuture, limit: 2))
                try trial.expect(purged, areExactly: Array(batch), "what a purge of two removes")
            }
        },
        ContractRule(
            "A purge never removes a live video",
            hint: "the condition on deletedAt is missing, or deleteAfter is taken for it"
        ) { trial in
            let live = try await trial.insert("live") { $0.deleteAfter = Sample.instant(1) }
            let restored = try await trial.insertDeleted("restored")
            let current = try await trial.repository.restore(restored.id)
            trial.clock.advance(by: .seconds(60))
            let purged = try await trial.repository.purge(.deletedBefore(.distantFuture, limit: 1000))
            try trial.expect(purged, are: [], "what a purge removes among live videos")
            try trial.expect(try await trial.list(VideoQuery()), areExactly: [current, live], "the live videos")
        },
        ContractRule(
            "A purged video is gone for good, and its identifier and key are free",
            hint: "rows are only marked, or what belongs to them (tags, claims) is left behind"
        ) { trial in
            let deleted = try await trial.insertDeleted("k") {
                $0.tags = ["old"]
                $0.sessionID = "old"
            }
            _ = try await trial.repository.purge(.deletedBefore(.distantFuture, limit: 1))
            let repository = trial.repository
            try trial.expect(try await repository.video(id: deleted.id, includingDeleted: true), is: nil, "the row")
            try trial.expect(try await trial.list(VideoQuery(deletion: .any)), are: [], "all videos")
            try trial.expect(try await trial.rowCount(), is: 0, "the number of rows")
            try await trial.expectRefusal(.notFound, "a restoration of a purged video") {
                try await repository.restore(deleted.id)
            }
            try await trial.expectRefusal(.notFound, "a deletion of a purged video") {
                try await repository.delete(deleted.id, expecting: nil)
            }
            let anew = try await trial.insert("k") { $0.id = deleted.id }
            try trial.expect(
                try await trial.stored(deleted.id), is: anew, "a video with the identifier of the purged one")
            try trial.expect(
                try await trial.list(VideoQuery(tags: ["old"], deletion: .any)), are: [],
                "videos with the tag of the old one")
        },
        ContractRule(
            "A purge refuses limits outside 1 to 1,000 and what is no instant",
            hint: "RepositorySupport.validatedSelection(_:) is not called"
        ) { trial in
            let deleted = try await trial.insertDeleted("k")
            for limit in [0, 1001, -1, Int.max, Int.min] {
                try await trial.expectRefusal(.invalidArgument, "a purge of \(limit)") {
                    try await trial.repository.purge(.deletedBefore(.distantFuture, limit: limit))
                }
            }
            let nothing = Date(timeIntervalSinceReferenceDate: .nan)
            try await trial.expectRefusal(.invalidArgument, "a purge before NaN") {
                try await trial.repository.purge(.deletedBefore(nothing, limit: 1))
            }
            try trial.expect(try await trial.stored(deleted.id), is: deleted, "the row afterwards")
            let purged = try await trial.repository.purge(.deletedBefore(.distantFuture, limit: 1000))
            try trial.expect(purged, are: [deleted], "a purge of 1,000")
        },
    ]
}
