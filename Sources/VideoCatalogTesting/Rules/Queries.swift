import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let queries: [ContractRule] = [
        ContractRule(
            "Each single condition finds the matching videos",
            hint: "the condition differs from RepositorySupport.video(_:matches:)"
        ) { context in
            var generator = SeededGenerator(seed: context.seed)
            let catalog = try await SampleCatalog(of: context, count: 40, using: &generator)
            for query in catalog.singleConditions() {
                for deletion in VideoQuery.DeletionFilter.allCases {
                    var query = query
                    query.deletion = deletion
                    try await catalog.check(query, context)
                }
            }
        },
        ContractRule(
            "Several conditions find the videos that meet all of them",
            hint: "a condition is ignored beside another one, or AND and OR are mixed without parentheses"
        ) { context in
            var generator = SeededGenerator(seed: context.seed)
            let catalog = try await SampleCatalog(of: context, count: 40, using: &generator)
            for _ in 0..<200 { try await catalog.check(catalog.randomQuery(using: &generator), context) }
        },
        ContractRule(
            "A list is ordered by creation date, then by the bytes of the identifier",
            hint: "rows with the same date have any order, or identifiers are compared by the store's own type"
        ) { context in
            let date = context.clock.now
            var ids = [Video.ID]()
            for byte in ["00", "01", "7f", "80", "ff"] {
                ids.append(try context.id("\(byte)000000-0000-7000-8000-000000000000"))
                ids.append(try context.id("12345678-0000-7000-8000-0000000000\(byte)"))
                ids.append(try context.id("12345678-0000-\(byte)00-8000-000000000000"))
            }
            var generator = SeededGenerator(seed: context.seed)
            for id in ids.shuffled(using: &generator) {
                try await context.insert("\(id)") {
                    $0.id = id
                    $0.createdAt = date
                }
            }
            let early = try await context.insert("early") { $0.createdAt = date - 1 }
            let expected = [early.id] + Set(ids).sorted()
            for (order, expected) in [(.oldestFirst, expected), (VideoQuery.Order.newestFirst, expected.reversed())] {
                let found = try await context.list(VideoQuery(order: order)).map(\.id)
                try context.expect(found, is: Array(expected), "the identifiers of the list, \(order)")
            }
        },
        ContractRule(
            "Changes don't move a video in the list",
            hint: "the list is ordered by updatedAt, or by the position in the table"
        ) { context in
            let videos = try await context.insert(count: 4)
            context.clock.advance(by: .seconds(60))
            _ = try await context.repository.update(
                videos[0].id, expecting: 1, context.changes { $0.title = .set("New") })
            _ = try await context.repository.delete(videos[2].id, expecting: nil)
            _ = try await context.repository.restore(videos[2].id)
            try context.expect(try await context.list(VideoQuery()), are: videos.reversed(), "the newest first")
            try context.expect(try await context.list(VideoQuery(order: .oldestFirst)), are: videos, "the oldest first")
        },
        ContractRule(
            "createdFrom includes its date, and createdBefore excludes it",
            hint:
                "the upper bound is included or the lower one excluded (BETWEEN), or bounds aren't compared to "
                + "the microsecond"
        ) { context in
            let videos = try await context.insert(count: 3)
            let date = videos[1].createdAt
            let (before, after) = (date.moved(by: .microseconds(-1)), date.moved(by: .microseconds(1)))
            let cases: [(Date?, Date?, ArraySlice<Video>)] = [
                (date, nil, videos[1...]), (after, nil, videos[2...]), (before, nil, videos[1...]),
                (nil, date, videos[..<1]), (nil, after, videos[..<2]), (date, after, videos[1..<2]),
                (date, date, []), (after, before, []), (.distantPast, .distantFuture, videos[...]),
                (.distantFuture, nil, []), (nil, .distantPast, []),
            ]
            for (from, end, expected) in cases {
                let query = VideoQuery(createdFrom: from, createdBefore: end, order: .oldestFirst)
                let what = "videos from \(from?.description ?? "any") before \(end?.description ?? "any")"
                try context.expect(try await context.list(query), are: Array(expected), what)
                try context.expect(
                    try await context.repository.count(matching: query), is: expected.count, "the count of \(what)")
            }
        },
        ContractRule(
            "Every video was created before a date beyond 2099",
            hint:
                "the bound is moved to the last date, which is then excluded. See RepositorySupport.validatedQuery(_:)"
        ) { context in
            let last = try await context.insert("last") { $0.createdAt = CatalogTimestamp.last.date }
            let query = VideoQuery(createdBefore: .distantFuture)
            try context.expect(try await context.list(query), are: [last], "videos before the distant future")
            let strict = VideoQuery(createdBefore: CatalogTimestamp.last.date)
            try context.expect(try await context.list(strict), are: [], "videos before the last date")
        },
        ContractRule(
            "uploadExpiresBy includes its date",
            hint: "the date itself is excluded, or videos without the field are found"
        ) { context in
            let date = SampleVideos.date(1_800_000_000_000_000)
            let ending = try await context.insert("ending") { $0.uploadExpiresAt = date }
            try await context.insert("endless")
            for (offset, expected) in [(-1, []), (0, [ending]), (1, [ending])] {
                let query = VideoQuery(uploadExpiresBy: date.moved(by: .microseconds(offset)))
                try context.expect(
                    try await context.list(query), are: expected, "uploads that end by \(offset) µs after the end")
            }
            let ever = VideoQuery(uploadExpiresBy: .distantFuture)
            try context.expect(try await context.list(ever), are: [ending], "uploads that end in any future")
        },
        ContractRule(
            "A query with several tags finds the videos that have all of them",
            hint: "a video with one of the tags is found, or a video is returned once for each tag"
        ) { context in
            try await context.insert("a") { $0.tags = ["a"] }
            let both = try await context.insert("ab") { $0.tags = ["b", "a"] }
            try await context.insert("b") { $0.tags = ["b", "c"] }
            try await context.insert("none")
            try context.expect(
                try await context.list(VideoQuery(tags: ["a", "b"])), are: [both], "videos with both tags")
            try context.expect(
                try await context.list(VideoQuery(tags: ["a", "a", "b"])), are: [both], "with one named twice")
            try context.expect(
                try await context.repository.count(matching: VideoQuery(tags: ["a", "b"])), is: 1, "the count")
            try context.expect(
                try await context.list(VideoQuery(tags: ["a", "d"])), are: [], "videos with a tag and an unknown")
        },
        ContractRule(
            "An empty set of sessions, states or visibilities finds nothing",
            hint: "an empty set is treated as no condition, or IN () is invalid SQL"
        ) { context in
            try await context.insert("k") { $0.sessionID = "s" }
            for (query, what) in [
                (VideoQuery(sessionIDs: []), "sessions"), (VideoQuery(states: []), "states"),
                (VideoQuery(visibilities: []), "visibilities"),
            ] {
                try context.expect(try await context.list(query), are: [], "videos of an empty set of \(what)")
                try context.expect(
                    try await context.repository.count(matching: query), is: 0, "the count of no \(what)")
            }
        },
        ContractRule(
            "A count agrees with the list",
            hint: "the count has other conditions than the list, or counts a video once for each tag"
        ) { context in
            var generator = SeededGenerator(seed: context.seed)
            let catalog = try await SampleCatalog(of: context, count: 25, using: &generator)
            for query in catalog.singleConditions() {
                let count = try await context.repository.count(matching: query)
                try context.expect(
                    count, is: catalog.expected(query).count, "the count of \(query.brief) (seed \(context.seed))")
            }
        },
    ]
}
