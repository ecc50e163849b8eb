import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Mutant {
    static let claims: [Mutant] = [
        Mutant(
            "stalled uploads include the instant",
            breaks: "Stalled uploads are due by their last change, strictly before the date"
        ) { operations, _ in
            operations.claim = { base, task, limit, lease in
                guard case .stalledUploads(let instant) = task else { return ClaimBatch(claims: []) }
                return try await base.claim(
                    .stalledUploads(unchangedSince: instant.shifted(1)), limit: limit, lease: lease)
            }
        },
        Mutant("replaced objects are never due", breaks: "Replaced objects are due until their keys are removed") {
            operations, _ in operations.leaveOut { !$0.replacedKeys.isEmpty }
        },
        Mutant("uploads are due after their end", breaks: "Uploads are due when they expire, while they are pending") {
            operations, clock in operations.leaveOut { $0.uploadExpiresAt == clock() }
        },
        Mutant(
            "deletions are due after their instant",
            breaks: "Deletions are due at their date, while the video is live"
        ) { operations, clock in operations.leaveOut { $0.deleteAfter == clock() } },
        Mutant(
            "a claim to purge includes the instant",
            breaks: "Purges are due for videos deleted strictly before the date"
        ) { operations, _ in
            operations.claim = { base, task, limit, lease in
                guard case .purges(let instant) = task else { return ClaimBatch(claims: []) }
                return try await base.claim(.purges(deletedBefore: instant.shifted(1)), limit: limit, lease: lease)
            }
        },
        Mutant(
            "claims are given in any order",
            breaks: "Videos that have been due the longest are claimed first, up to the limit"
        ) { operations, _ in
            operations.claim = { base, task, limit, lease in
                var batch = try await base.claim(task, limit: limit, lease: lease)
                batch.claims.reverse()
                return batch
            }
        },
        Mutant(
            "a claim is given twice",
            breaks: "A claim lasts as long as the lease and keeps other workers away until it ends"
        ) { operations, _ in operations.giveClaimsTwice() },
        Mutant(
            "a claim lasts a day",
            breaks: "A claim lasts as long as the lease and keeps other workers away until it ends"
        ) { operations, _ in
            operations.claim = { base, task, limit, lease in
                ClaimBatch(
                    claims: try await base.claim(task, limit: limit, lease: .seconds(86_400)).claims.map {
                        VideoClaim(video: $0.video, token: $0.token, expiresAt: $0.expiresAt)
                    })
            }
        },
        Mutant("all claims have the same token", breaks: "Every claim has its own token") { operations, _ in
            let token = UUID()
            operations.claim = { base, task, limit, lease in
                ClaimBatch(
                    claims: try await base.claim(task, limit: limit, lease: lease).claims.map {
                        VideoClaim(video: $0.video, token: token, expiresAt: $0.expiresAt)
                    })
            }
        },
        Mutant("claims are kept apart by task", breaks: "A claim for one task keeps workers of other tasks away") {
            operations, clock in
            operations.claim = { base, task, limit, lease in
                guard case .expiredUploads = task else {
                    return try await base.claim(task, limit: limit, lease: lease)
                }
                let claims = try await base.all(VideoQuery(uploadExpiresBy: clock())).map {
                    VideoClaim(video: $0, token: UUID(), expiresAt: clock())
                }
                return ClaimBatch(claims: claims)
            }
        },
        Mutant(
            "a claim counts the version",
            breaks: "A claim changes neither the video nor its version and doesn't prevent updates"
        ) { operations, _ in
            operations.claim = { base, task, limit, lease in
                let batch = try await base.claim(task, limit: limit, lease: lease)
                for claim in batch.claims {
                    _ = try await base.update(claim.video.id, expecting: claim.video.version, VideoChanges())
                }
                return batch
            }
        },
        Mutant("nothing is released", breaks: "A released video can be claimed immediately") { operations, _ in
            operations.release = { _, _ in }
        },
        Mutant(
            "claims are released without their token", breaks: "A claim that another worker has replaced isn't released"
        ) { operations, _ in
            let newest = operations.rememberClaims()
            operations.release = { base, claims in
                try await base.release(claims.compactMap { claim in newest.with { $0[claim.video.id] } })
            }
        },
        Mutant(
            "limits and leases are moved into their ranges",
            breaks:
                "A claim rejects limits outside 1 to 1,000, leases outside 1 second to 24 hours, and invalid dates"
        ) { operations, _ in
            operations.claim = { base, task, limit, lease in
                try await base.claim(
                    task, limit: min(max(limit, 1), 1000), lease: min(max(lease, .seconds(1)), .seconds(86_400)))
            }
        },
    ]

    static let claimedPurges: [Mutant] = [
        Mutant("a purge by claims does nothing", breaks: "A purge by claims removes the claimed videos") {
            operations, _ in
            operations.purge = { base, selection in
                if case .claimed = selection { return PurgeResult(videos: [], unusedKeys: []) }
                return try await base.purge(selection)
            }
        },
        Mutant(
            "a purge does not compare tokens",
            breaks: "A purge by claims ignores claims that have expired or been replaced"
        ) {
            operations, _ in
            let newest = operations.rememberClaims()
            operations.purge = { base, selection in
                guard case .claimed(let claims) = selection else { return try await base.purge(selection) }
                return try await base.purge(
                    .claimed(claims.compactMap { claim in newest.with { $0[claim.video.id] } }))
            }
        },
        Mutant("a purge by claims deletes what is live", breaks: "A purge by claims never removes a live video") {
            operations, _ in
            operations.purge = { base, selection in
                guard case .claimed(let claims) = selection else { return try await base.purge(selection) }
                for claim in claims { _ = try await base.delete(claim.video.id, expecting: nil) }
                return try await base.purge(selection)
            }
        },
        Mutant(
            "a restoration ignores claims",
            breaks: "A video claimed for a purge can't be restored until the claim expires"
        ) { operations, _ in
            let newest = operations.rememberClaims()
            operations.restore = { base, id in
                if let claim = newest.with({ $0[id] }) { try await base.release([claim]) }
                return try await base.restore(id)
            }
        },
        Mutant("a plain purge ignores claims", breaks: "A plain purge skips claimed videos until the claim expires") {
            operations, _ in
            let newest = operations.rememberClaims()
            operations.purge = { base, selection in
                try await base.release(newest.with { Array($0.values) })
                return try await base.purge(selection)
            }
        },
        Mutant("claims beyond 1,000 are ignored", breaks: "A call accepts at most 1,000 claims") { operations, _ in
            operations.release = { base, claims in try await base.release(Array(claims.prefix(1000))) }
        },
    ]
}

extension MutantRepository.Operations {
    /// Releases some claims immediately, as if they were not due.
    fileprivate mutating func leaveOut(_ isLeftOut: @escaping @Sendable (Video) -> Bool) {
        claim = { base, task, limit, lease in
            var batch = try await base.claim(task, limit: limit, lease: lease)
            try await base.release(batch.claims.filter { isLeftOut($0.video) })
            batch.claims.removeAll { isLeftOut($0.video) }
            return batch
        }
    }

    /// Returns claims without storing them.
    mutating func giveClaimsTwice() {
        claim = { base, task, limit, lease in
            let batch = try await base.claim(task, limit: limit, lease: lease)
            try await base.release(batch.claims)
            return batch
        }
    }
}
