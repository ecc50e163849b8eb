import VideoCatalog

extension ContractRule {
    static let states: [ContractRule] = [
        ContractRule(
            "Every allowed state transition succeeds",
            hint: "the repository has its own table of transitions. See Video.State.Kind.successors"
        ) { context in
            for (from, to) in transitions where from.canTransition(to: to) {
                let video = try await context.insert("\(from)-\(to)", in: .init(kind: from, failureReason: "before"))
                let changes = context.changes { $0.state = .set(.init(kind: to, failureReason: "after")) }
                context.clock.advance(by: .seconds(1))
                let expected = try RepositorySupport.updatedVideo(
                    video, applying: changes, expecting: 1, at: context.clock.now)
                let updated = try await context.repository.update(video.id, expecting: 1, changes)
                try context.expect(updated, is: expected, "the row that went from \(from) to \(to)")
                try context.expect(try await context.stored(video.id), is: expected, "the row that is read back")
            }
        },
        ContractRule(
            "Every other state transition fails with the current row",
            hint: "the state is stored without RepositorySupport.updatedVideo(_:applying:expecting:at:)"
        ) { context in
            for (from, to) in transitions where !from.canTransition(to: to) {
                let video = try await context.insert("\(from)-\(to)", in: .init(kind: from, failureReason: "before"))
                try await context.expectError(.illegalTransition, "the way from \(from) to \(to)", current: video) {
                    try await context.repository.update(
                        video.id, expecting: 1,
                        context.changes {
                            $0.title = .set("New")
                            $0.state = .set(.init(kind: to, failureReason: "after"))
                        })
                }
                try context.expect(try await context.stored(video.id), is: video, "the row after the failure")
            }
        },
        ContractRule(
            "uploadedAt and readyAt are set once, unless the update sets them",
            hint: "a repeated event sets uploadedAt or readyAt again"
        ) { context in
            var video = try await context.insert("k")
            let arrival = context.clock.advance(by: .seconds(10))
            video = try await context.become(.verifying, video)
            try context.expect(video.uploadedAt, is: arrival, "uploadedAt at arrival")
            let readiness = context.clock.advance(by: .seconds(10))
            video = try await context.become(.ready, video)
            context.clock.advance(by: .seconds(10))
            video = try await context.become(.ready, video)
            try context.expect(video.uploadedAt, is: arrival, "uploadedAt of a ready video")
            try context.expect(video.readyAt, is: readiness, "readyAt after readiness was told twice")
            try context.expect(try await context.stored(video.id), is: video, "the row that is read back")
            let other = try await context.insert("other")
            let given = context.changes {
                $0.state = .set(.ready)
                $0.uploadedAt = .set(arrival)
                $0.readyAt = .set(readiness)
            }
            let ready = try await context.repository.update(other.id, expecting: 1, given)
            try context.expect(ready.uploadedAt, is: arrival, "uploadedAt that the update gives")
            try context.expect(ready.readyAt, is: readiness, "readyAt that the update gives")
        },
        ContractRule(
            "A failed video keeps its reason until the state changes",
            hint: "the reason isn't stored, or isn't cleared"
        ) { context in
            var video = try await context.insert("k", in: .failed(reason: "wrongSize"))
            try context.expect(try await context.stored(video.id)?.state, is: .failed(reason: "wrongSize"), "the state")
            video = try await context.become(.failed(reason: "codec's \"profile\""), video)
            try context.expect(try await context.stored(video.id), is: video, "the row with another reason")
            video = try await context.become(.pendingUpload, video)
            try context.expect(try await context.stored(video.id)?.state, is: .pendingUpload, "the state after it")
        },
    ]

    private static let transitions: [(Video.State.Kind, Video.State.Kind)] = Video.State.Kind.allCases.flatMap { from in
        Video.State.Kind.allCases.map { (from, $0) }
    }
}

extension RuleContext {
    /// Changes only the state.
    func become(_ state: Video.State, _ video: Video) async throws -> Video {
        try await repository.update(video.id, expecting: video.version, changes { $0.state = .set(state) })
    }
}
