import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let claims: [ContractRule] = [
        ContractRule(
            "Uploads are due when they expire, while they are pending",
            hint: "the date itself is excluded, replacements are left out, or other states or deleted videos aren't"
        ) { context in
            let end = context.clock.now.moved(by: .seconds(600))
            var waiting = [Video]()
            for kind in Video.State.Kind.allCases {
                let video = try await context.insert("\(kind)", in: .init(kind: kind)) { $0.uploadExpiresAt = end }
                if kind == .pendingUpload || kind == .uploading { waiting.append(video) }
            }
            for kind in [Video.State.Kind.ready, .failed] {
                waiting.append(
                    try await context.insert("\(kind)/old", in: .init(kind: kind)) {
                        $0.upload = .init(objectKey: "\(kind)/new")
                        $0.uploadExpiresAt = end
                    })
            }
            try await context.insert("endless")
            _ = try await context.insertDeleted("deleted") { $0.uploadExpiresAt = end }
            try await context.expectDue(.expiredUploads, at: end, waiting.sorted { $0.id < $1.id })
        },
        ContractRule(
            "Deletions are due at their date, while the video is live",
            hint: "the date itself is excluded, or deleted videos are included"
        ) { context in
            let due = context.clock.now.moved(by: .seconds(600))
            let video = try await context.insert("due", in: .ready) { $0.deleteAfter = due }
            try await context.insert("never")
            _ = try await context.insertDeleted("deleted") { $0.deleteAfter = due }
            try await context.expectDue(.deletions, at: due, [video])
        },
        ContractRule(
            "Purges are due for videos deleted strictly before the date",
            hint: "the date itself is included, or the clock is compared in place of the date"
        ) { context in
            let deleted = try await context.insertDeleted("k")
            try await context.insert("live") { $0.deleteAfter = SampleVideos.date(1) }
            guard let date = deleted.deletedAt else {
                throw FailedExpectation("deletedAt", expected: "set", actual: "nil")
            }
            let before = try await context.repository.claim(
                .purges(deletedBefore: date), limit: 10, lease: .seconds(60)
            ).claims
            try context.expect(before.map(\.video), are: [], "videos claimed up to the date of deletion")
            let claims = try await context.repository.claim(
                .purges(deletedBefore: date.moved(by: .microseconds(1))), limit: 10, lease: .seconds(60)
            ).claims
            try context.expect(claims.map(\.video), areExactly: [deleted], "videos claimed one microsecond later")
        },
        ContractRule(
            "Stalled uploads are due by their last change, strictly before the date",
            hint: "the date itself is included, or uploads with an end, finished videos or deleted videos are included"
        ) { context in
            let end = context.clock.now.moved(by: .seconds(6000))
            var stalled = [Video]()
            for kind in Video.State.Kind.allCases {
                let video = try await context.insert("\(kind)", in: .init(kind: kind))
                let ending = try await context.insert("\(kind)/end", in: .init(kind: kind)) { $0.uploadExpiresAt = end }
                if kind == .pendingUpload { stalled.append(video) }
                if kind == .uploading || kind == .verifying { stalled += [video, ending] }
                guard kind == .ready || kind == .failed else { continue }
                stalled.append(
                    try await context.insert("\(kind)/old", in: .init(kind: kind)) {
                        $0.upload = .init(objectKey: "\(kind)/new")
                    })
            }
            _ = try await context.insertDeleted("deleted")
            let touched = stalled.removeFirst()
            let updated = try await context.repository.update(
                touched.id, expecting: 1, context.changes { $0.title = .set("New") })
            let bound = updated.updatedAt
            let claims = try await context.repository.claim(
                .stalledUploads(unchangedSince: bound), limit: 10, lease: .seconds(60)
            ).claims
            try context.expect(claims.map(\.video), areExactly: stalled, "stalled uploads up to the last change")
            let later = try await context.repository.claim(
                .stalledUploads(unchangedSince: bound.moved(by: .microseconds(1))), limit: 10, lease: .seconds(60)
            ).claims
            try context.expect(later.map(\.video), areExactly: [updated], "stalled uploads one microsecond later")
            let nothing = Date(timeIntervalSinceReferenceDate: .nan)
            try await context.expectError(.invalidArgument, "a claim of uploads unchanged since NaN") {
                try await context.repository.claim(
                    .stalledUploads(unchangedSince: nothing), limit: 1, lease: .seconds(60))
            }
        },
        ContractRule(
            "Replaced objects are due until their keys are removed",
            hint: "videos without replaced keys or deleted videos are included, or rows are ordered by creation"
        ) { context in
            var videos = [Video]()
            for kind in Video.State.Kind.allCases {
                videos.append(
                    try await context.insert("\(kind)", in: .init(kind: kind)) { $0.replacedKeys = ["\(kind)/0"] })
            }
            try await context.insert("none")
            _ = try await context.insertDeleted("deleted") { $0.replacedKeys = ["deleted/0"] }
            let edited = try await context.repository.update(
                videos.removeFirst().id, expecting: 1, context.changes { $0.title = .set("New") })
            let claims = try await context.repository.claim(.replacedObjects, limit: 10, lease: .seconds(60)).claims
            try context.expect(claims.map(\.video), areExactly: videos + [edited], "videos with replaced objects")
            _ = try await context.repository.update(
                edited.id, expecting: 2, context.changes { $0.replacedKeys = .set([]) })
            context.clock.advance(by: .seconds(60))
            let later = try await context.repository.claim(.replacedObjects, limit: 10, lease: .seconds(60)).claims
            try context.expect(later.map(\.video), areExactly: videos, "videos that still have replaced objects")
        },
        ContractRule(
            "Videos that have been due the longest are claimed first, up to the limit",
            hint: "rows are ordered by creation, or LIMIT has no ORDER BY"
        ) { context in
            let start = context.clock.now
            let offsets = [30, 10, 50, 20, 40, 0]
            let videos = try await context.insert(count: 6) { video, number in
                video.deleteAfter = start.moved(by: .seconds(offsets[number]))
                video.uploadExpiresAt = video.deleteAfter
            }
            let sorted = zip(offsets, videos).sorted { $0.0 < $1.0 }.map(\.1)
            for task in [HousekeepingTask.deletions, .expiredUploads] {
                context.clock.advance(by: .seconds(100_000))
                for batch in [sorted[..<2], sorted[2..<4], sorted[4...], []] {
                    let claims = try await context.repository.claim(task, limit: 2, lease: .seconds(60)).claims
                    try context.expect(claims.map(\.video), are: Array(batch), "two claims of \(task)")
                }
            }
            for index in [3, 0, 5, 1, 4, 2] {
                context.clock.advance(by: .seconds(100))
                _ = try await context.repository.delete(videos[index].id, expecting: nil)
            }
            let claims = try await context.repository.claim(
                .purges(deletedBefore: .distantFuture), limit: 4, lease: .seconds(60)
            ).claims
            try context.expect(
                claims.map(\.video), are: [3, 0, 5, 1].map { videos[$0] }, "four claims in the order of deletion")
        },
        ContractRule(
            "A claim lasts as long as the lease and keeps other workers away until it ends",
            hint: "the lease isn't stored, or the row can be claimed before expiresAt, or not yet at expiresAt"
        ) { context in
            let video = try await context.insert("k") { $0.deleteAfter = SampleVideos.date(1) }
            for lease in [Duration.seconds(1), .milliseconds(1500), .microseconds(90_000_001), .seconds(86_400)] {
                let claim = try await context.claimOne(lease: lease)
                try context.expect(claim.video, is: video, "the claimed row")
                let end = context.clock.now.moved(by: lease)
                try context.expect(claim.expiresAt, is: end, "the end of a lease of \(lease)")
                try await context.expectClaims(0, "while the lease of \(lease) lasts")
                context.clock.set(to: end.moved(by: .microseconds(-1)))
                try await context.expectClaims(0, "a microsecond before the lease of \(lease) ends")
                context.clock.set(to: end)
            }
            let last = try await context.claimOne(lease: .seconds(1))
            try context.expect(last.video, is: video, "the row that is claimed when the lease is over")
        },
        ContractRule(
            "Every claim has its own token",
            hint: "the token identifies the worker or the batch"
        ) { context in
            _ = try await context.insert(count: 3) { video, _ in video.deleteAfter = SampleVideos.date(1) }
            var tokens = Set<UUID>()
            for _ in 0..<2 {
                let claims = try await context.repository.claim(.deletions, limit: 10, lease: .seconds(1)).claims
                tokens.formUnion(claims.map(\.token))
                context.clock.advance(by: .seconds(2))
            }
            try context.expect(tokens.count, is: 6, "the number of different tokens of six claims")
        },
        ContractRule(
            "A claim for one task keeps workers of other tasks away",
            hint: "each task has separate claims"
        ) { context in
            let video = try await context.insert("k") {
                $0.deleteAfter = SampleVideos.date(1)
                $0.uploadExpiresAt = SampleVideos.date(1)
            }
            _ = try await context.claimOne(lease: .seconds(60))
            let others = try await context.repository.claim(.expiredUploads, limit: 10, lease: .seconds(60)).claims
            try context.expect(others.map(\.video), are: [], "claims for another task")
            _ = try await context.repository.delete(video.id, expecting: nil)
            let purges = try await context.repository.claim(
                .purges(deletedBefore: .distantFuture), limit: 10, lease: .seconds(60)
            ).claims
            try context.expect(purges.map(\.video), are: [], "claims to purge what is claimed to be deleted")
        },
        ContractRule(
            "A claim changes neither the video nor its version and doesn't prevent updates",
            hint: "the claim increments the version, or locks the row"
        ) { context in
            let video = try await context.insert("k") { $0.deleteAfter = SampleVideos.date(1) }
            context.clock.advance(by: .seconds(1))
            let claim = try await context.claimOne(lease: .seconds(60))
            try context.expect(try await context.stored(video.id), is: video, "the claimed row")
            let updated = try await context.repository.update(
                video.id, expecting: 1, context.changes { $0.title = .set("New") })
            try context.expect(updated.version, is: 2, "the version after an update of a claimed row")
            try await context.expectClaims(0, "after an update of the claimed row")
            try await context.repository.release([claim])
            try context.expect(try await context.stored(video.id), is: updated, "the row after the claim was released")
            let again = try await context.claimOne(lease: .seconds(60))
            try context.expect(again.video, is: updated, "the row that is claimed afterwards")
        },
        ContractRule(
            "A released video can be claimed immediately",
            hint: "release does nothing, or doesn't find the row by the token"
        ) { context in
            let videos = try await context.insert(count: 3) { video, number in
                video.deleteAfter = SampleVideos.date(Int64(number) + 1)
            }
            let claims = try await context.repository.claim(.deletions, limit: 10, lease: .seconds(60)).claims
            try context.expect(claims.map(\.video), are: videos, "the claimed videos")
            try await context.repository.release([])
            try await context.expectClaims(0, "after nothing was released")
            try await context.repository.release(Array(claims[..<2]))
            let again = try await context.repository.claim(.deletions, limit: 10, lease: .seconds(60)).claims
            try context.expect(again.map(\.video), are: Array(videos[..<2]), "videos claimed after two were released")
        },
        ContractRule(
            "A claim that another worker has replaced isn't released",
            hint: "claims are released by the video's identifier, without the token"
        ) { context in
            let video = try await context.insert("k") { $0.deleteAfter = SampleVideos.date(1) }
            let old = try await context.claimOne(lease: .seconds(1))
            context.clock.advance(by: .seconds(1))
            let current = try await context.claimOne(lease: .seconds(60))
            let forged = VideoClaim(video: video, token: UUID(), expiresAt: current.expiresAt)
            try await context.repository.release([old, forged])
            try await context.expectClaims(0, "after foreign claims were released")
            try await context.repository.release([current])
            try await context.expectClaims(1, "after the claim itself was released")
        },
        ContractRule(
            "A claim rejects limits outside 1 to 1,000, leases outside 1 second to 24 hours, and invalid dates",
            hint: "RepositorySupport.validatedTask(_:limit:lease:) isn't called"
        ) { context in
            try await context.insert("k") { $0.deleteAfter = SampleVideos.date(1) }
            let lease = Duration.seconds(60)
            for limit in [0, 1001, -1, Int.max, Int.min] {
                try await context.expectError(.invalidArgument, "a claim of \(limit)") {
                    try await context.repository.claim(.deletions, limit: limit, lease: lease)
                }
            }
            for lease in [.zero, Duration.microseconds(999_999), .microseconds(86_400_000_001), .seconds(-60)] {
                try await context.expectError(.invalidArgument, "a claim for \(lease)") {
                    try await context.repository.claim(.deletions, limit: 1, lease: lease)
                }
            }
            let nothing = Date(timeIntervalSinceReferenceDate: .nan)
            try await context.expectError(.invalidArgument, "a claim to purge before NaN") {
                try await context.repository.claim(.purges(deletedBefore: nothing), limit: 1, lease: lease)
            }
            let claims = try await context.repository.claim(.deletions, limit: 1000, lease: lease).claims
            try context.expect(claims.count, is: 1, "the claims after the failures")
        },
    ]
}

extension RuleContext {
    /// Claims the one video that is due for deletion.
    func claimOne(lease: Duration) async throws -> VideoClaim {
        let claims = try await repository.claim(.deletions, limit: 10, lease: lease).claims
        guard claims.count == 1, let claim = claims.first else {
            throw FailedExpectation("the claims for deletions", expected: "one", actual: "\(claims.count)")
        }
        return claim
    }

    /// Claims videos that are due for deletion.
    func expectClaims(_ count: Int, _ circumstances: String) async throws {
        let claims = try await repository.claim(.deletions, limit: 10, lease: .seconds(60)).claims
        try expect(claims.count, is: count, "the number of claims that are given \(circumstances)")
    }

    /// Throws unless videos are claimed at a date, and none one microsecond before.
    fileprivate func expectDue(_ task: HousekeepingTask, at date: Date, _ expected: [Video]) async throws {
        clock.set(to: date.moved(by: .microseconds(-1)))
        let early = try await repository.claim(task, limit: 10, lease: .seconds(60)).claims
        try expect(early.map(\.video), are: [], "videos claimed one microsecond before")
        clock.set(to: date)
        let claims = try await repository.claim(task, limit: 10, lease: .seconds(60)).claims
        try expect(claims.map(\.video), areExactly: expected, "videos claimed at the date")
    }
}
