import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let queries: [ContractRule] = [
        ContractRule(
            "Each condition alone finds what matches",
            hint: "the condition that the query names is not what RepositorySupport.video(_:matches:) tests"
        ) { trial in
            var generator = SeededGenerator(seed: trial.seed)
            let shelf = try await Shelf(of: trial, count: 40, using: &generator)
            for query in shelf.singleConditions() {
                for deletion in VideoQuery.DeletionFilter.allCases {
                    var query = query
                    query.deletion = deletion
                    try await shelf.check(query, trial)
                }
            }
        },
        ContractRule(
            "Conditions together find what meets all of them",
            hint: "one condition is forgotten where another one is given, or AND and OR are mixed without brackets"
        ) { trial in
            var generator = SeededGenerator(seed: trial.seed)
            let shelf = try await Shelf(of: trial, count: 40, using: &generator)
            for _ in 0..<200 { try await shelf.check(shelf.randomQuery(using: &generator), trial) }
        },
        ContractRule(
            "A list is ordered by creation, then by the bytes of the identifier",
            hint: "rows of the same instant come in any order, or identifiers are compared as the store's own type does"
        ) { trial in
            let instant = trial.clock.now
            var ids = [Video.ID]()
            for byte in ["00", "01", "7f", "80", "ff"] {
                ids.append(try trial.id("\(byte)000000-0000-7000-8000-000000000000"))
                ids.append(try trial.id("12345678-0000-7000-8000-0000000000\(byte)"))
                ids.append(try trial.id("12345678-0000-\(byte)00-8000-000000000000"))
            }
            var generator = SeededGenerator(seed: trial.seed)
            for id in ids.shuffled(using: &generator) {
                try await trial.insert("\(id)") {
                    $0.id = id
                    $0.createdAt = instant
                }
            }
            let early = try await trial.insert("early") { $0.createdAt = instant - 1 }
            let expected = [early.id] + Set(ids).sorted()
            for (order, expected) in [(.oldestFirst, expected), (VideoQuery.Order.newestFirst, expected.reversed())] {
                let found = try await trial.list(VideoQuery(order: order)).map(\.id)
                try trial.expect(found, is: Array(expected), "the identifiers of the list, \(order)")
            }
        },
        ContractRule(
            "Changes do not move a video in the list",
            hint: "the list is ordered by updatedAt, or by the place in the table"
        ) { trial in
            let videos = try await trial.insert(count: 4)
            trial.clock.advance(by: .seconds(60))
            _ = try await trial.repository.update(videos[0].id, expecting: 1, trial.changes { $0.title = .set("New") })
            _ = try await trial.repository.delete(videos[2].id, expecting: nil)
            _ = try await trial.repository.restore(videos[2].id)
            try trial.expect(try await trial.list(VideoQuery()), are: videos.reversed(), "the newest first")
            try trial.expect(try await trial.list(VideoQuery(order: .oldestFirst)), are: videos, "the oldest first")
        },
        ContractRule(
            "Creation is asked for from an instant on, and before another",
            hint: "the upper bound is included or the lower one is not (BETWEEN), or bounds are not to the microsecond"
        ) { trial in
            let videos = try await trial.insert(count: 3)
            let instant = videos[1].createdAt
            let (before, after) = (instant.moved(by: .microseconds(-1)), instant.moved(by: .microseconds(1)))
            let cases: [(Date?, Date?, ArraySlice<Video>)] = [
                (instant, nil, videos[1...]), (after, nil, videos[2...]), (before, nil, videos[1...]),
                (nil, instant, videos[..<1]), (nil, after, videos[..<2]), (instant, after, videos[1..<2]),
                (instant, instant, []), (after, before, []), (.distantPast, .distantFuture, videos[...]),
                (.distantFuture, nil, []), (nil, .distantPast, []),
            ]
            for (from, end, expected) in cases {
                let query = VideoQuery(createdFrom: from, createdBefore: end, order: .oldestFirst)
                let what = "videos from \(from?.description ?? "any") before \(end?.description ?? "any")"
                try trial.expect(try await trial.list(query), are: Array(expected), what)
                try trial.expect(
                    try await trial.repository.count(matching: query), is: expected.count, "the count of \(what)")
            }
        },
        ContractRule(
            "Everything was created before an instant beyond the last",
            hint:
                "the bound is moved to the last instant, which is then left out; see RepositorySupport.validatedQuery(_:)"
        ) { trial in
            let last = try await trial.insert("last") { $0.createdAt = CatalogTimestamp.last.date }
            let query = VideoQuery(createdBefore: .distantFuture)
            try trial.expect(try await trial.list(query), are: [last], "videos before the distant future")
            let strict = VideoQuery(createdBefore: CatalogTimestamp.last.date)
            try trial.expect(try await trial.list(strict), are: [], "videos before the last instant")
        },
        ContractRule(
            "An upload's end is asked for up to and including an instant",
            hint: "the instant itself is left out, or videos without an end are found"
        ) { trial in
            let instant = Sample.instant(1_800_000_000_000_000)
            let ending = try await trial.insert("ending") { $0.uploadExpiresAt = instant }
            try await trial.insert("endless")
            for (offset, expected) in [(-1, []), (0, [ending]), (1, [ending])] {
                let query = VideoQuery(uploadExpiresBy: instant.moved(by: .microseconds(offset)))
                try trial.expect(
                    try await trial.list(query), are: expected, "uploads that end by \(offset) µs after the end")
            }
            let ever = VideoQuery(uploadExpiresBy: .distantFuture)
            try trial.expect(try await trial.list(ever), are: [ending], "uploads that end in any future")
        },
        ContractRule(
            "Tags are asked for all together",
            hint: "a video with one of the tags is found, or one that is found by several comes several times"
        ) { trial in
            try await trial.insert("a") { $0.tags = ["a"] }
            let both = try await trial.insert("ab") { $0.tags = ["b", "a"] }
            try await trial.insert("b") { $0.tags = ["b", "c"] }
            try await trial.insert("none")
            try trial.expect(try await trial.list(VideoQuery(tags: ["a", "b"])), are: [both], "videos with both tags")
            try trial.expect(
                try await trial.list(VideoQuery(tags: ["a", "a", "b"])), are: [both], "with one named twice")
            try trial.expect(
                try await trial.repository.count(matching: VideoQuery(tags: ["a", "b"])), is: 1, "the count")
            try trial.expect(
                try await trial.list(VideoQuery(tags: ["a", "d"])), are: [], "videos with a tag and an unknown")
        },
        ContractRule(
            "An empty set of sessions, states or visibilities finds nothing",
            hint: "an empty set is taken for no condition, or IN () is no SQL"
        ) { trial in
            try await trial.insert("k") { $0.sessionID = "s" }
            for (query, what) in [
                (VideoQuery(sessionIDs: []), "sessions"), (VideoQuery(states: []), "states"),
                (VideoQuery(visibilities: []), "visibilities"),
            ] {
                try trial.expect(try await trial.list(query), are: [], "videos of an empty set of \(what)")
                try trial.expect(try await trial.repository.count(matching: query), is: 0, "the count of no \(what)")
            }
        },
        ContractRule(
            "A count agrees with the list, whatever the page",
            hint: "the count has other conditions than the list, or counts a video once a tag"
        ) { trial in
            var generator = SeededGenerator(seed: trial.seed)
            let shelf = try await Shelf(of: trial, count: 25, using: &generator)
            for query in shelf.singleConditions() {
                let count = try await trial.repository.count(matching: query)
                try trial.expect(
                    count, is: shelf.expected(query).count, "the count of \(query.brief) (seed \(trial.seed))")
            }
        },
    ]
}
