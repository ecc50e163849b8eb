import VideoCatalog

extension ContractRule {
    static let lookup: [ContractRule] = [
        ContractRule(
            "Looking up a missing video returns nil",
            hint: "the lookup throws notFound"
        ) { context in
            try await context.insert("k")
            let id = Video.ID.make(at: context.clock.now)
            try context.expect(
                try await context.repository.video(id: id, includingDeleted: true), is: nil, "an unknown id")
            try context.expect(
                try await context.repository.video(objectKey: "unknown"), is: nil, "an unknown object key")
            try context.expect(try await context.repository.video(objectKey: ""), is: nil, "an empty object key")
            try context.expect(
                try await context.repository.videos(ids: [id], includingDeleted: true).videos, are: [],
                "a list of one unknown id")
        },
        ContractRule(
            "Several videos are returned in the order of the identifiers",
            hint: "the rows are returned in the order of the table (WHERE id IN …)"
        ) { context in
            let videos = try await context.insert(count: 8)
            var generator = SeededGenerator(seed: context.seed)
            for _ in 0..<5 {
                let shuffled = videos.shuffled(using: &generator)
                let found = try await context.repository.videos(ids: shuffled.map(\.id), includingDeleted: false).videos
                try context.expect(found, areExactly: shuffled, "several videos by their ids")
            }
        },
        ContractRule(
            "A repeated identifier returns its video once, and an unknown one is skipped",
            hint: "the result has one element for each identifier"
        ) { context in
            let videos = try await context.insert(count: 3)
            let ids = [videos[2], videos[0], videos[2]].map(\.id) + [.make(at: context.clock.now), videos[0].id]
            let found = try await context.repository.videos(ids: ids, includingDeleted: false).videos
            try context.expect(found, are: [videos[2], videos[0]], "videos by ids with repetitions")
        },
        ContractRule(
            "An empty list of identifiers finds nothing",
            hint: "a statement without a condition finds everything, or WHERE id IN () is invalid SQL"
        ) { context in
            try await context.insert("k")
            try context.expect(
                try await context.repository.videos(ids: [], includingDeleted: true).videos, are: [], "no ids")
        },
        ContractRule(
            "A call accepts at most 1,000 identifiers",
            hint:
                "the store's own limit of parameters is lower, or nothing is checked. See "
                + "RepositorySupport.checkBatchSize(_:)"
        ) { context in
            let video = try await context.insert("k")
            var ids = (1..<1000).map { _ in Video.ID.make(at: context.clock.now) } + [video.id]
            let found = try await context.repository.videos(ids: ids, includingDeleted: false).videos
            try context.expect(found, are: [video], "1,000 ids, of which the last is there")
            ids.append(video.id)
            try await context.expectError(.invalidArgument, "a call with 1,001 ids") {
                try await context.repository.videos(ids: ids, includingDeleted: false).videos
            }
        },
        ContractRule(
            "A lookup finds deleted videos only on request",
            hint: "includingDeleted is ignored, or the condition on deletedAt is missing"
        ) { context in
            let live = try await context.insert("live")
            let deleted = try await context.insertDeleted("deleted")
            let repository = context.repository
            try context.expect(
                try await repository.video(id: deleted.id, includingDeleted: false), is: nil, "a deleted id")
            try context.expect(
                try await repository.video(id: deleted.id, includingDeleted: true), is: deleted,
                "a deleted id, asked for")
            let ids = [deleted.id, live.id]
            try context.expect(
                try await repository.videos(ids: ids, includingDeleted: false).videos, are: [live],
                "a deleted and a live id")
            try context.expect(
                try await repository.videos(ids: ids, includingDeleted: true).videos, areExactly: [deleted, live],
                "a deleted and a live id, asked for")
            try context.expect(
                try await repository.video(objectKey: "deleted"), is: nil, "the object key of a deleted video")
        },
        ContractRule(
            "Several object keys find their videos, the live one first",
            hint: "the rows are in the order of the table, a key is cut at NUL, or strings are normalized"
        ) { context in
            let repository = context.repository
            let first = try await context.insertDeleted("k")
            let second = try await context.insertDeleted("k")
            let live = try await context.insert("k")
            let composed = try await context.insert("\u{E9}")
            let decomposed = try await context.insert("e\u{301}")
            let keys = ["e\u{301}", "k", "unknown", "k\0", "", "k", "\u{E9}"]
            try context.expect(
                try await repository.videos(objectKeys: keys, includingDeleted: true).videos,
                areExactly: [decomposed, live, second, first, composed], "videos by keys, deleted ones included")
            try context.expect(
                try await repository.videos(objectKeys: keys, includingDeleted: false).videos,
                areExactly: [decomposed, live, composed], "live videos by keys")
            try context.expect(
                try await repository.videos(objectKeys: [], includingDeleted: true).videos, are: [], "no keys")
            let many = (1..<1000).map { "no/\($0)" } + ["k"]
            try context.expect(
                try await repository.videos(objectKeys: many, includingDeleted: false).videos, are: [live],
                "1,000 keys, of which the last is there")
            try await context.expectError(.invalidArgument, "a call with 1,001 keys") {
                try await repository.videos(objectKeys: many + ["k"], includingDeleted: false)
            }
        },
        ContractRule(
            "Reading changes nothing",
            hint: "a read changes the row, its version or its dates"
        ) { context in
            let video = try await context.insert("k")
            context.clock.advance(by: .seconds(5))
            for _ in 0..<2 {
                let repository = context.repository
                try context.expect(
                    try await repository.video(id: video.id, includingDeleted: true), is: video, "the row")
                try context.expect(try await repository.video(objectKey: "k"), is: video, "the row by its key")
                try context.expect(try await context.list(VideoQuery()), areExactly: [video], "the list")
                try context.expect(try await repository.count(matching: VideoQuery()), is: 1, "the count")
            }
        },
    ]
}
