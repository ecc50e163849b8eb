import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let claims: [ContractRule] = [
        ContractRule(
            "Uploads are due at their end, while they are awaited",
            hint: "the instant itself is left out, or other states or deleted videos are taken"
        ) { trial in
            let end = trial.clock.now.moved(by: .seconds(600))
            var waiting = [Video]()
            for kind in Video.State.Kind.allCases {
                let video = try await trial.insert("\(kind)", in: .init(kind: kind)) { $0.uploadExpiresAt = end }
                if kind == .pendingUpload || kind == .uploading { waiting.append(video) }
            }
            try await trial.insert("endless")
            _ = try await trial.insertDeleted("deleted") { $0.uploadExpiresAt = end }
            try await trial.expectDue(.expiredUploads, at: end, waiting.sorted { $0.id < $1.id })
        },
        ContractRule(
            "Deletions are due at their instant, while the video is live",
            hint: "the instant itself is left out, or deleted videos are taken"
        ) { trial in
            let due = trial.clock.now.moved(by: .seconds(600))
            let video = try await trial.insert("due", in: .ready) { $0.deleteAfter = due }
            try await trial.insert("never")
            _ = try await trial.insertDeleted("deleted") { $0.deleteAfter = due }
            try await trial.expectDue(.deletions, at: due, [video])
        },
        ContractRule(
            "Deleted videos are due to be purged after their deletion, strictly before the instant",
            hint: "the instant itself is included, or the lease's clock is compared and not the instant"
        ) { trial in
            let deleted = try await trial.insertDeleted("k")
            try await trial.insert("live") { $0.deleteAfter = Sample.instant(1) }
            guard let instant = deleted.deletedAt else { throw Mismatch("deletedAt", expected: "set", actual: "nil") }
            let before = try await trial.repository.claim(
                .purges(deletedBefore: instant), limit: 10, lease: .seconds(60))
            try trial.expect(before.map(\.video), are: [], "what is claimed up to the instant of deletion")
            let claims = try await trial.repository.claim(
                .purges(deletedBefore: instant.moved(by: .microseconds(1))), limit: 10, lease: .seconds(60))
            try trial.expect(claims.map(\.video), areExactly: [deleted], "what is claimed a microsecond later")
        },
        ContractRule(
            "Those that are due the longest are claimed first, up to the limit",
            hint: "rows are taken by creation, or LIMIT stands without ORDER BY"
        ) { trial in
            let start = trial.clock.now
            let offsets = [30, 10, 50, 20, 40, 0]
            let videos = try await trial.insert(count: 6) { video, number in
                video.deleteAfter = start.moved(by: .seconds(offsets[number]))
                video.uploadExpiresAt = video.deleteAfter
            }
            let sorted = zip(offsets, videos).sorted { $0.0 < $1.0 }.map(\.1)
            for task in [HousekeepingTask.deletions, .expiredUploads] {
                trial.clock.advance(by: .seconds(100_000))
                for batch in [sorted[..<2], sorted[2..<4], sorted[4...], []] {
                    let claims = try await trial.repository.claim(task, limit: 2, lease: .seconds(60))
                    try trial.expect(claims.map(\.video), are: Array(batch), "two claims of \(task)")
                }
            }
            for index in [3, 0, 5, 1, 4, 2] {
                trial.clock.advance(by: .seconds(100))
                _ = try await trial.repository.delete(videos[index].id, expecting: nil)
            }
            let claims = try await trial.repository.claim(
                .purges(deletedBefore: .distantFuture), limit: 4, lease: .seconds(60))
            try trial.expect(
                claims.map(\.video), are: [3, 0, 5, 1].map { videos[$0] }, "four claims in the order of deletion")
        },
        ContractRule(
            "A claim lasts as long as the lease, and keeps others away until it ends",
            hint: "the lease is not stored, or the row is claimable before expiresAt, or not yet at it"
        ) { trial in
            let video = try await trial.insert("k") { $0.deleteAfter = Sample.instant(1) }
            for lease in [Duration.seconds(1), .milliseconds(1500), .microseconds(90_000_001), .seconds(86_400)] {
                let claim = try await trial.claimOne(lease: lease)
                try trial.expect(claim.video, is: video, "the claimed row")
                let end = trial.clock.now.moved(by: lease)
                try trial.expect(claim.expiresAt, is: end, "the end of a lease of \(lease)")
                try await trial.expectClaims(0, "while the lease of \(lease) lasts")
                trial.clock.set(to: end.moved(by: .microseconds(-1)))
                try await trial.expectClaims(0, "a microsecond before the lease of \(lease) ends")
                trial.clock.set(to: end)
            }
            let last = try await trial.claimOne(lease: .seconds(1))
            try trial.expect(last.video, is: video, "the row that is claimed when the lease is over")
        },
        ContractRule(
            "Every claim has a token of its own",
            hint: "the token is the worker's or the batch's"
        ) { trial in
            _ = try await trial.insert(count: 3) { video, _ in video.deleteAfter = Sample.instant(1) }
            var tokens = Set<UUID>()
            for _ in 0..<2 {
                let claims = try await trial.repository.claim(.deletions, limit: 10, lease: .seconds(1))
                tokens.formUnion(claims.map(\.token))
                trial.clock.advance(by: .seconds(2))
            }
            try trial.expect(tokens.count, is: 6, "the number of different tokens of six claims")
        },
        ContractRule(
            "A claim for one task keeps workers of the others away",
            hint: "claims are kept apart by task"
        ) { trial in
            let video = try await trial.insert("k") {
                $0.deleteAfter = Sample.instant(1)
                $0.uploadExpiresAt = Sample.instant(1)
            }
            _ = try await trial.claimOne(lease: .seconds(60))
            let others = try await trial.repository.claim(.expiredUploads, limit: 10, lease: .seconds(60))
            try trial.expect(others.map(\.video), are: [], "claims for another task")
            _ = try await trial.repository.delete(video.id, expecting: nil)
            let purges = try await trial.repository.claim(
                .purges(deletedBefore: .distantFuture), limit: 10, lease: .seconds(60))
            try trial.expect(purges.map(\.video), are: [], "claims to purge what is claimed to be deleted")
        },
        ContractRule(
            "A claim changes neither the video nor its version, and hinders no update",
            hint: "the claim is part of what the version counts, or locks the row"
        ) { trial in
            let video = try await trial.insert("k") { $0.deleteAfter = Sample.instant(1) }
            trial.clock.advance(by: .seconds(1))
            let claim = try await trial.claimOne(lease: .seconds(60))
            try trial.expect(try await trial.stored(video.id), is: video, "the claimed row")
            let updated = try await trial.repository.update(
                video.id, expecting: 1, trial.changes { $0.title = .set("New") })
            try trial.expect(updated.version, is: 2, "the version after an update of a claimed row")
            try await trial.expectClaims(0, "after an update of the claimed row")
            try await trial.repository.release([claim])
            try trial.expect(try await trial.stored(video.id), is: updated, "the row after the claim was released")
            let again = try await trial.claimOne(lease: .seconds(60))
            try trial.expect(again.video, is: updated, "the row that is claimed afterwards")
        },
        ContractRule(
            "A released claim can be taken at once",
            hint: "release does nothing, or looks for the row instead of the token"
        ) { trial in
            let videos = try await trial.insert(count: 3) { video, number in
                video.deleteAfter = Sample.instant(Int64(number) + 1)
            }
            let claims = try await trial.repository.claim(.deletions, limit: 10, lease: .seconds(60))
            try trial.expect(claims.map(\.video), are: videos, "what is claimed")
            try await trial.repository.release([])
            try await trial.expectClaims(0, "after nothing was released")
            try await trial.repository.release(Array(claims[..<2]))
            let again = try await trial.repository.claim(.deletions, limit: 10, lease: .seconds(60))
            try trial.expect(again.map(\.video), are: Array(videos[..<2]), "what is claimed after two were released")
        },
        ContractRule(
            "A claim that is somebody else's by now is not released",
            hint: "claims are released by the video's id, without the token"
        ) { trial in
            let video = try await trial.insert("k") { $0.deleteAfter = Sample.instant(1) }
            let old = try await trial.claimOne(lease: .seconds(1))
            trial.clock.advance(by: .seconds(1))
            let current = try await trial.claimOne(lease: .seconds(60))
            let forged = VideoClaim(video: video, token: UUID(), expiresAt: current.expiresAt)
            try await trial.repository.release([old, forged])
            try await trial.expectClaims(0, "after foreign claims were released")
            try await trial.repository.release([current])
            try await trial.expectClaims(1, "after the claim itself was released")
        },
        ContractRule(
            "A claim refuses limits outside 1 to 1,000, leases outside 1 second to 24 hours, and what is no instant",
            hint: "RepositorySupport.validatedTask(_:limit:lease:) is not called"
        ) { trial in
            try await trial.insert("k") { $0.deleteAfter = Sample.instant(1) }
            let lease = Duration.seconds(60)
            for limit in [0, 1001, -1, Int.max, Int.min] {
                try await trial.expectRefusal(.invalidArgument, "a claim of \(limit)") {
                    try await trial.repository.claim(.deletions, limit: limit, lease: lease)
                }
            }
            for lease in [.zero, Duration.microseconds(999_999), .microseconds(86_400_000_001), .seconds(-60)] {
                try await trial.expectRefusal(.invalidArgument, "a claim for \(lease)") {
                    try await trial.repository.claim(.deletions, limit: 1, lease: lease)
                }
            }
            let nothing = Date(timeIntervalSinceReferenceDate: .nan)
            try await trial.expectRefusal(.invalidArgument, "a claim to purge before NaN") {
                try await trial.repository.claim(.purges(deletedBefore: nothing), limit: 1, lease: lease)
            }
            let claims = try await trial.repository.claim(.deletions, limit: 1000, lease: lease)
            try trial.expect(claims.count, is: 1, "the claims after the refusals")
        },
    ]
}

extension Trial {
    /// Claims the one video that is due for deletion.
    func claimOne(lease: Duration) async throws -> VideoClaim {
        let claims = try await repository.claim(.deletions, limit: 10, lease: lease)
        guard claims.count == 1, let claim = claims.first else {
            throw Mismatch("the claims for deletions", expected: "one", actual: "\(claims.count)")
        }
        return claim
    }

    /// Tries to claim deletions.
    func expectClaims(_ count: Int, _ circumstances: String) async throws {
        let claims = try await repository.claim(.deletions, limit: 10, lease: .seconds(60))
        try expect(claims.count, is: count, "the number of claims that are given \(circumstances)")
    }

    /// Expects videos to be claimed at an instant, and none a microsecond before.
    fileprivate func expectDue(_ task: HousekeepingTask, at instant: Date, _ expected: [Video]) async throws {
        clock.set(to: instant.moved(by: .microseconds(-1)))
        let early = try await repository.claim(task, limit: 10, lease: .seconds(60))
        try expect(early.map(\.video), are: [], "what is claimed a microsecond before")
        clock.set(to: instant)
        let claims = try await repository.claim(task, limit: 10, lease: .seconds(60))
        try expect(claims.map(\.video), areExactly: expected, "what is claimed at the instant")
    }
}
