import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let unreadable: [ContractRule] = [
        ContractRule(
            "A read of an unreadable row fails and names its id and column",
            hint: "the row is skipped, the error lacks `unreadable`, or a row is decoded that the read doesn't include",
            needsUnreadableRows: true
        ) { context in
            let video = try await context.insert("k")
            let row = try await context.spoil(video.id)
            try await context.expectUnreadable(row, "a lookup by id") {
                try await context.repository.video(id: video.id, includingDeleted: true)
            }
            try await context.expectUnreadable(row, "a lookup by key") {
                try await context.repository.video(objectKey: "k")
            }
            let deleted = try await context.insertDeleted("deleted")
            let deletedRow = try await context.spoil(deleted.id)
            try await context.expectUnreadable(deletedRow, "a lookup of a deleted video by id") {
                try await context.repository.video(id: deleted.id, includingDeleted: true)
            }
            try context.expect(
                try await context.repository.video(id: deleted.id, includingDeleted: false), is: nil,
                "a deleted video among the live ones")
        },
        ContractRule(
            "An unreadable row can't be updated, deleted or restored",
            hint: "the change is made before the row is decoded", needsUnreadableRows: true
        ) { context in
            let live = try await context.insert("live")
            let deleted = try await context.insertDeleted("deleted")
            let (first, second) = (try await context.spoil(live.id), try await context.spoil(deleted.id))
            for _ in 0..<2 {
                try await context.expectUnreadable(first, "an update") {
                    try await context.repository.update(
                        live.id, expecting: 1, context.changes { $0.title = .set("New") })
                }
                try await context.expectUnreadable(first, "a deletion") {
                    try await context.repository.delete(live.id, expecting: nil)
                }
                try await context.expectUnreadable(second, "a restoration") {
                    try await context.repository.restore(deleted.id)
                }
            }
            for filter in [VideoQuery.DeletionFilter.live, .deleted] {
                try context.expect(
                    try await context.repository.count(matching: VideoQuery(deletion: filter)), is: 1,
                    "the number of rows that are \(filter)")
            }
        },
        ContractRule(
            "A page lists the readable rows and reports the others",
            hint: "the page fails as a whole, or leaves the row out in silence", needsUnreadableRows: true
        ) { context in
            let videos = try await context.insert(count: 5) { video, _ in video.tags = ["t"] }
            let row = try await context.spoil(videos[2].id)
            for query in [VideoQuery(order: .oldestFirst), VideoQuery(tags: ["t"], order: .oldestFirst)] {
                let page = try await context.repository.videos(matching: query, page: .first(10))
                try context.expect(
                    page.videos, areExactly: [videos[0], videos[1], videos[3], videos[4]], "the readable rows")
                try context.expect(page.unreadable, is: [row], "the unreadable rows")
            }
        },
        ContractRule(
            "A walk passes unreadable rows at both ends and in the middle",
            hint: "a page of unreadable rows alone has no next page, or the walk stays where it is",
            needsUnreadableRows: true
        ) { context in
            let videos = try await context.insert(count: 8)
            var rows = Set<UnreadableRow>()
            for index in [0, 1, 4, 7] { rows.insert(try await context.spoil(videos[index].id)) }
            let readable = [2, 3, 5, 6].map { videos[$0] }
            let walks: [(VideoQuery.Order, [Video])] = [(.oldestFirst, readable), (.newestFirst, readable.reversed())]
            for (order, expected) in walks {
                for limit in 1...4 {
                    var (found, reported) = ([Video](), Set<UnreadableRow>())
                    var request: PageRequest? = .first(limit)
                    var pages = 0
                    while let next = request {
                        let page = try await context.repository.videos(matching: VideoQuery(order: order), page: next)
                        found += page.videos
                        reported.formUnion(page.unreadable)
                        request = page.next.map { .after($0, limit: limit) }
                        pages += 1
                        try context.expect(pages <= 9, "a walk", "an end", but: "a page without progress")
                    }
                    try context.expect(found, areExactly: expected, "the videos of a walk in pages of \(limit)")
                    try context.expect(
                        !reported.isEmpty && reported.isSubset(of: rows), "the reports of a walk",
                        "unreadable rows", but: "\(reported)")
                }
            }
        },
        ContractRule(
            "A lookup of many returns readable rows and reports the others",
            hint: "the lookup fails as a whole, or leaves the row out in silence", needsUnreadableRows: true
        ) { context in
            let videos = try await context.insert(count: 4)
            let rows = [try await context.spoil(videos[1].id), try await context.spoil(videos[3].id)]
            let byID = try await context.repository.videos(ids: videos.map(\.id), includingDeleted: false)
            try context.expect(byID.videos, areExactly: [videos[0], videos[2]], "the videos by ids")
            try context.expect(byID.unreadable, is: rows, "the unreadable rows by ids")
            let byKey = try await context.repository.videos(
                objectKeys: videos.map(\.objectKey), includingDeleted: true)
            try context.expect(byKey.videos, areExactly: [videos[0], videos[2]], "the videos by keys")
            try context.expect(byKey.unreadable, is: rows, "the unreadable rows by keys")
        },
        ContractRule(
            "A claim takes the readable due rows, and reports and leaves the others",
            hint: "rows are marked before they are decoded, or unreadable ones use up the limit",
            needsUnreadableRows: true
        ) { context in
            let videos = try await context.insert(count: 5) { video, number in
                video.deleteAfter = SampleVideos.date(Int64(number) + 1)
            }
            let rows = [try await context.spoil(videos[0].id), try await context.spoil(videos[2].id)]
            for round in 1...2 {
                let batch = try await context.repository.claim(.deletions, limit: 2, lease: .seconds(60))
                try context.expect(
                    batch.claims.map(\.video), areExactly: [videos[1], videos[3]], "claims in round \(round)")
                try context.expect(batch.unreadable, is: rows, "unreadable rows in round \(round)")
                let rest = try await context.repository.claim(.deletions, limit: 10, lease: .seconds(60))
                try context.expect(rest.claims.map(\.video), are: [videos[4]], "the last claim of round \(round)")
                try context.expect(rest.unreadable, is: rows, "rows that stay unclaimed in round \(round)")
                context.clock.advance(by: .seconds(60))
            }
        },
        ContractRule(
            "A purge removes the readable rows, and reports and leaves the others",
            hint: "rows are removed before they are decoded", needsUnreadableRows: true
        ) { context in
            let (videos, claims) = try await context.claimedForPurge(count: 5)
            let row = try await context.spoil(videos[1].id)
            let byClaim = try await context.repository.purge(.claimed(Array(claims[..<3])))
            try context.expect(byClaim.videos, areExactly: [videos[0], videos[2]], "videos purged by their claims")
            try context.expect(byClaim.unreadable, is: [row], "unreadable rows among the claims")
            try context.expect(
                byClaim.unusedKeys, is: [videos[0], videos[2]].map(\.objectKey), "keys that the purge frees")
            context.clock.advance(by: .seconds(60))
            let byDate = try await context.repository.purge(.deletedBefore(.distantFuture, limit: 2))
            try context.expect(byDate.videos, areExactly: [videos[3], videos[4]], "videos purged by their date")
            try context.expect(byDate.unreadable, is: [row], "unreadable rows before the date")
            try context.expect(try await context.rowCount(), is: 1, "the number of rows that stay")
        },
        ContractRule(
            "Starting a purge leaves unreadable rows unmarked and reports them",
            hint: "rows are marked before they are decoded", needsUnreadableRows: true
        ) { context in
            let (videos, claims) = try await context.claimedForPurge(count: 3)
            let row = try await context.spoil(videos[0].id)
            let start = try await context.repository.startPurge(claims)
            try context.expect(start.orders.map(\.claim.video), are: [videos[1], videos[2]], "started purges")
            try context.expect(start.unreadable, is: [row], "unreadable rows")
        },
        ContractRule(
            "An insertion onto an unreadable row's identifier or key is refused as taken",
            hint: "the row in conflict is decoded, and its error hides the conflict", needsUnreadableRows: true
        ) { context in
            let video = try await context.insert("k")
            let row = try await context.spoil(video.id)
            try await context.expectError(.idTaken, "an insertion with its id") {
                try await context.insert("other") { $0.id = row.id }
            }
            try await context.expectError(.objectKeyTaken, "an insertion with its key") {
                try await context.insert("k")
            }
        },
    ]
}

extension RuleContext {
    /// Throws unless an operation fails because of an unreadable row.
    fileprivate func expectUnreadable<Result>(
        _ row: UnreadableRow, _ subject: String, _ operation: () async throws -> Result
    ) async throws {
        var thrown: UnreadableRow?
        try await expectError(.corruptRow, subject) {
            do {
                return try await operation()
            } catch let error as CatalogError {
                thrown = error.unreadable
                throw error
            }
        }
        try expect(thrown, is: row, "the row that the error names, after \(subject)")
    }
}
