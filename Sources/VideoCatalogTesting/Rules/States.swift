import VideoCatalog

extension ContractRule {
    static let states: [ContractRule] = [
        ContractRule(
            "Every transition that the table allows is taken",
            hint: "the repository has a table of its own; see Video.State.Kind.successors"
        ) { trial in
            for (from, to) in transitions where from.canTransition(to: to) {
                let video = try await trial.insert("\(from)-\(to)", in: .init(kind: from, failureReason: "before"))
                let changes = trial.changes { $0.state = .set(.init(kind: to, failureReason: "after")) }
                trial.clock.advance(by: .seconds(1))
                let expected = try RepositorySupport.updatedVideo(
                    video, applying: changes, expecting: 1, at: trial.clock.now)
                let updated = try await trial.repository.update(video.id, expecting: 1, changes)
                try trial.expect(updated, is: expected, "the row that went from \(from) to \(to)")
                try trial.expect(try await trial.stored(video.id), is: expected, "the row that is read back")
            }
        },
        ContractRule(
            "Every other transition is refused with the current row",
            hint: "the state is stored without RepositorySupport.updatedVideo(_:applying:expecting:at:)"
        ) { trial in
            for (from, to) in transitions where !from.canTransition(to: to) {
                let video = try await trial.insert("\(from)-\(to)", in: .init(kind: from, failureReason: "before"))
                try await trial.expectRefusal(.illegalTransition, "the way from \(from) to \(to)", current: video) {
                    try await trial.repository.update(
                        video.id, expecting: 1,
                        trial.changes {
                            $0.title = .set("New")
                            $0.state = .set(.init(kind: to, failureReason: "after"))
                        })
                }
                try trial.expect(try await trial.stored(video.id), is: video, "the row after the refusal")
            }
        },
        ContractRule(
            "Arrival and readiness are stamped once, unless the update says when",
            hint: "a repeated event stamps uploadedAt or readyAt again"
        ) { trial in
            var video = try await trial.insert("k")
            let arrival = trial.clock.advance(by: .seconds(10))
            video = try await trial.become(.verifying, video)
            try trial.expect(video.uploadedAt, is: arrival, "uploadedAt at arrival")
            let readiness = trial.clock.advance(by: .seconds(10))
            video = try await trial.become(.ready, video)
            trial.clock.advance(by: .seconds(10))
            video = try await trial.become(.ready, video)
            try trial.expect(video.uploadedAt, is: arrival, "uploadedAt of a ready video")
            try trial.expect(video.readyAt, is: readiness, "readyAt after readiness was told twice")
            try trial.expect(try await trial.stored(video.id), is: video, "the row that is read back")
            let other = try await trial.insert("other")
            let given = trial.changes {
                $0.state = .set(.ready)
                $0.uploadedAt = .set(arrival)
                $0.readyAt = .set(readiness)
            }
            let ready = try await trial.repository.update(other.id, expecting: 1, given)
            try trial.expect(ready.uploadedAt, is: arrival, "uploadedAt that the update gives")
            try trial.expect(ready.readyAt, is: readiness, "readyAt that the update gives")
        },
        ContractRule(
            "A failed video keeps its reason, and loses it with the state",
            hint: "the reason is no column, or is not cleared"
        ) { trial in
            var video = try await trial.insert("k", in: .failed(reason: "wrongSize"))
            try trial.expect(try await trial.stored(video.id)?.state, is: .failed(reason: "wrongSize"), "the state")
            video = try await trial.become(.failed(reason: "codec's \"profile\""), video)
            try trial.expect(try await trial.stored(video.id), is: video, "the row with another reason")
            video = try await trial.become(.pendingUpload, video)
            try trial.expect(try await trial.stored(video.id)?.state, is: .pendingUpload, "the state after it")
        },
    ]

    private static let transitions: [(Video.State.Kind, Video.State.Kind)] = Video.State.Kind.allCases.flatMap { from in
        Video.State.Kind.allCases.map { (from, $0) }
    }
}

extension Trial {
    /// Changes the state and nothing else.
    func become(_ state: Video.State, _ video: Video) async throws -> Video {
        try await repository.update(video.id, expecting: video.version, changes { $0.state = .set(state) })
    }
}
