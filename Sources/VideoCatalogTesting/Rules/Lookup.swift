import VideoCatalog

extension ContractRule {
    static let lookup: [ContractRule] = [
        ContractRule(
            "A video that is not there is nil, and no error",
            hint: "an error notFound is thrown by a lookup"
        ) { trial in
            try await trial.insert("k")
            let id = Video.ID.make(at: trial.clock.now)
            try trial.expect(try await trial.repository.video(id: id, includingDeleted: true), is: nil, "an unknown id")
            try trial.expect(try await trial.repository.video(objectKey: "unknown"), is: nil, "an unknown object key")
            try trial.expect(try await trial.repository.video(objectKey: ""), is: nil, "an empty object key")
            try trial.expect(
                try await trial.repository.videos(ids: [id], includingDeleted: true), are: [],
                "a list of one unknown id")
        },
        ContractRule(
            "Several videos come in the order of the identifiers",
            hint: "the rows come in the order of the table (WHERE id IN …); sort them by the place of their id"
        ) { trial in
            let videos = try await trial.insert(count: 8)
            var generator = SeededGenerator(seed: trial.seed)
            for _ in 0..<5 {
                let shuffled = videos.shuffled(using: &generator)
                let found = try await trial.repository.videos(ids: shuffled.map(\.id), includingDeleted: false)
                try trial.expect(found, areExactly: shuffled, "several videos by their ids")
            }
        },
        ContractRule(
            "A repeated identifier gives its video once, and an unknown one none",
            hint: "the result is made by going through the ids without remembering those that were seen"
        ) { trial in
            let videos = try await trial.insert(count: 3)
            let ids = [videos[2], videos[0], videos[2]].map(\.id) + [.make(at: trial.clock.now), videos[0].id]
            let found = try await trial.repository.videos(ids: ids, includingDeleted: false)
            try trial.expect(found, are: [videos[2], videos[0]], "videos by ids with repetitions")
        },
        ContractRule(
            "An empty list of identifiers finds nothing",
            hint: "a statement without a condition finds everything, or WHERE id IN () is no SQL"
        ) { trial in
            try await trial.insert("k")
            try trial.expect(try await trial.repository.videos(ids: [], includingDeleted: true), are: [], "no ids")
        },
        ContractRule(
            "A call takes 1,000 identifiers and no more",
            hint:
                "the store's own limit of parameters is lower, or nothing is checked; see RepositorySupport.checkBatchSize(_:)"
        ) { trial in
            let video = try await trial.insert("k")
            var ids = (1..<1000).map { _ in Video.ID.make(at: trial.clock.now) } + [video.id]
            let found = try await trial.repository.videos(ids: ids, includingDeleted: false)
            try trial.expect(found, are: [video], "1,000 ids, of which the last is there")
            ids.append(video.id)
            try await trial.expectRefusal(.invalidArgument, "a call with 1,001 ids") {
                try await trial.repository.videos(ids: ids, includingDeleted: false)
            }
        },
        ContractRule(
            "A lookup shows deleted videos only if it is asked to",
            hint: "includingDeleted is ignored, or the condition on deletedAt is missing"
        ) { trial in
            let live = try await trial.insert("live")
            let deleted = try await trial.insertDeleted("deleted")
            let repository = trial.repository
            try trial.expect(
                try await repository.video(id: deleted.id, includingDeleted: false), is: nil, "a deleted id")
            try trial.expect(
                try await repository.video(id: deleted.id, includingDeleted: true), is: deleted,
                "a deleted id, asked for")
            let ids = [deleted.id, live.id]
            try trial.expect(
                try await repository.videos(ids: ids, includingDeleted: false), are: [live], "a deleted and a live id")
            try trial.expect(
                try await repository.videos(ids: ids, includingDeleted: true), areExactly: [deleted, live],
                "a deleted and a live id, asked for")
            try trial.expect(
                try await repository.video(objectKey: "deleted"), is: nil, "the object key of a deleted video")
        },
        ContractRule(
            "Looking changes nothing",
            hint: "reads touch the row, its version or its instants"
        ) { trial in
            let video = try await trial.insert("k")
            trial.clock.advance(by: .seconds(5))
            for _ in 0..<2 {
                let repository = trial.repository
                try trial.expect(try await repository.video(id: video.id, includingDeleted: true), is: video, "the row")
                try trial.expect(try await repository.video(objectKey: "k"), is: video, "the row by its key")
                try trial.expect(try await trial.list(VideoQuery()), areExactly: [video], "the list")
                try trial.expect(try await repository.count(matching: VideoQuery()), is: 1, "the count")
            }
        },
    ]
}
