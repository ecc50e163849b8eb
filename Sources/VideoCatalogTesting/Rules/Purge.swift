import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let purge: [ContractRule] = [
        ContractRule(
            "A purge removes videos deleted before the date, not at it",
            hint: "the date itself is included, or dates are compared to the second"
        ) { context in
            let deleted = try await context.insertDeleted("k")
            guard let date = deleted.deletedAt else {
                throw FailedExpectation("deletedAt", expected: "set", actual: "nil")
            }
            for bound in [date, date.moved(by: .microseconds(-1)), .distantPast] {
                let purged = try await context.repository.purge(.deletedBefore(bound, limit: 10)).videos
                try context.expect(purged, are: [], "videos removed by a purge up to the date of deletion")
            }
            try context.expect(try await context.stored(deleted.id), is: deleted, "the row that must stay")
            let purged = try await context.repository.purge(
                .deletedBefore(date.moved(by: .microseconds(1)), limit: 10)
            ).videos
            try context.expect(purged, areExactly: [deleted], "videos removed by a purge one microsecond later")
            try context.expect(try await context.stored(deleted.id), is: nil, "the row that was purged")
        },
        ContractRule(
            "A purge removes the videos deleted first, up to the limit",
            hint: "rows are ordered by creation, or LIMIT has no ORDER BY"
        ) { context in
            let videos = try await context.insert(count: 6)
            var deleted = [Video]()
            for index in [3, 0, 5, 1, 4, 2] {
                context.clock.advance(by: .seconds(1))
                deleted.append(try await context.repository.delete(videos[index].id, expecting: nil))
            }
            for batch in [deleted[..<2], deleted[2..<4], deleted[4...], []] {
                let purged = try await context.repository.purge(.deletedBefore(.distantFuture, limit: 2)).videos
                try context.expect(purged, areExactly: Array(batch), "videos removed by a purge of two")
            }
        },
        ContractRule(
            "A purge never removes a live video",
            hint: "the condition on deletedAt is missing, or deleteAfter is used in its place"
        ) { context in
            let live = try await context.insert("live") { $0.deleteAfter = SampleVideos.date(1) }
            let restored = try await context.insertDeleted("restored")
            let current = try await context.repository.restore(restored.id)
            context.clock.advance(by: .seconds(60))
            let purged = try await context.repository.purge(.deletedBefore(.distantFuture, limit: 1000)).videos
            try context.expect(purged, are: [], "live videos removed by a purge")
            try context.expect(try await context.list(VideoQuery()), areExactly: [current, live], "the live videos")
        },
        ContractRule(
            "A purged video is gone for good, and its identifier and key are free",
            hint: "rows are only marked, or their parts (tags, claims) are left behind"
        ) { context in
            let deleted = try await context.insertDeleted("k") {
                $0.tags = ["old"]
                $0.sessionID = "old"
            }
            _ = try await context.repository.purge(.deletedBefore(.distantFuture, limit: 1))
            let repository = context.repository
            try context.expect(try await repository.video(id: deleted.id, includingDeleted: true), is: nil, "the row")
            try context.expect(try await context.list(VideoQuery(deletion: .any)), are: [], "all videos")
            try context.expect(try await context.rowCount(), is: 0, "the number of rows")
            try await context.expectError(.notFound, "a restoration of a purged video") {
                try await repository.restore(deleted.id)
            }
            try await context.expectError(.notFound, "a deletion of a purged video") {
                try await repository.delete(deleted.id, expecting: nil)
            }
            let anew = try await context.insert("k") { $0.id = deleted.id }
            try context.expect(
                try await context.stored(deleted.id), is: anew, "a video with the identifier of the purged one")
            try context.expect(
                try await context.list(VideoQuery(tags: ["old"], deletion: .any)), are: [],
                "videos with the tag of the old one")
        },
        ContractRule(
            "A purge rejects limits outside 1 to 1,000 and invalid dates",
            hint: "RepositorySupport.validatedSelection(_:) isn't called"
        ) { context in
            let deleted = try await context.insertDeleted("k")
            for limit in [0, 1001, -1, Int.max, Int.min] {
                try await context.expectError(.invalidArgument, "a purge of \(limit)") {
                    try await context.repository.purge(.deletedBefore(.distantFuture, limit: limit))
                }
            }
            let nothing = Date(timeIntervalSinceReferenceDate: .nan)
            try await context.expectError(.invalidArgument, "a purge before NaN") {
                try await context.repository.purge(.deletedBefore(nothing, limit: 1))
            }
            try context.expect(try await context.stored(deleted.id), is: deleted, "the row afterwards")
            let purged = try await context.repository.purge(.deletedBefore(.distantFuture, limit: 1000)).videos
            try context.expect(purged, are: [deleted], "a purge of 1,000")
        },
    ]
}
