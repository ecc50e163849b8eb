import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let claimedPurges: [ContractRule] = [
        ContractRule(
            "A purge by claims removes the videos that they hold",
            hint: "claims are compared by more than id and token"
        ) { trial in
            let (videos, claims) = try await trial.claimedForPurge(count: 3)
            let purged = try await trial.repository.purge(.claimed(Array(claims[..<2]) + [claims[0]]))
            try trial.expect(
                purged.sorted { $0.id < $1.id }, areExactly: videos[..<2].sorted { $0.id < $1.id },
                "what a purge by two claims removes")
            try trial.expect(try await trial.list(VideoQuery(deletion: .any)), areExactly: [videos[2]], "what is left")
            try trial.expect(
                try await trial.repository.purge(.claimed(claims)), areExactly: [videos[2]],
                "what all claims remove then")
            try trial.expect(try await trial.repository.purge(.claimed(claims)), are: [], "what they remove once more")
            try trial.expect(try await trial.repository.purge(.claimed([])), are: [], "what no claims remove")
        },
        ContractRule(
            "A purge by claims removes only while they are held",
            hint: "the end of the lease or the token is not compared: another worker may have the row by now"
        ) { trial in
            let (videos, claims) = try await trial.claimedForPurge(count: 1)
            let forged = VideoClaim(video: videos[0], token: UUID(), expiresAt: claims[0].expiresAt)
            try trial.expect(
                try await trial.repository.purge(.claimed([forged])), are: [], "what a forged claim removes")
            trial.clock.set(to: claims[0].expiresAt)
            try trial.expect(
                try await trial.repository.purge(.claimed(claims)), are: [], "what a claim removes that just ran out")
            let current = try await trial.repository.claim(
                .purges(deletedBefore: .distantFuture), limit: 1, lease: .seconds(60))
            try trial.expect(
                try await trial.repository.purge(.claimed(claims)), are: [],
                "what a claim removes that is another's now")
            try await trial.repository.release(current)
            try trial.expect(
                try await trial.repository.purge(.claimed(current)), are: [], "what a released claim removes")
            try trial.expect(try await trial.stored(videos[0].id), is: videos[0], "the row after all that")
            let longer = VideoClaim(video: claims[0].video, token: claims[0].token, expiresAt: .distantFuture)
            try trial.expect(
                try await trial.repository.purge(.claimed([longer])), are: [], "what a claim with a forged end removes")
        },
        ContractRule(
            "A purge by claims never removes a live video",
            hint: "the claim is trusted and the row is not looked at"
        ) { trial in
            let video = try await trial.insert("k") { $0.deleteAfter = Sample.instant(1) }
            let claim = try await trial.claimOne(lease: .seconds(60))
            try trial.expect(try await trial.repository.purge(.claimed([claim])), are: [], "what the claim removes")
            try trial.expect(try await trial.stored(video.id), is: video, "the live row")
        },
        ContractRule(
            "A video that is claimed to be purged is restored only when the claim is over",
            hint: "its object may be gone by the time that it is live again: compare the end of the lease"
        ) { trial in
            var (videos, claims) = try await trial.claimedForPurge(count: 2)
            try await trial.expectRefusal(.claimed, "a restoration of a claimed video", current: videos[0]) {
                try await trial.repository.restore(videos[0].id)
            }
            try trial.expect(try await trial.stored(videos[0].id), is: videos[0], "the row after the refusal")
            try await trial.repository.release([claims[0]])
            videos[0] = try await trial.repository.restore(videos[0].id)
            try trial.expect(videos[0].isDeleted, is: false, "whether it is deleted after the claim was released")
            trial.clock.set(to: claims[1].expiresAt.moved(by: .microseconds(-1)))
            try await trial.expectRefusal(.claimed, "a restoration just before the lease ends", current: videos[1]) {
                try await trial.repository.restore(videos[1].id)
            }
            trial.clock.set(to: claims[1].expiresAt)
            videos[1] = try await trial.repository.restore(videos[1].id)
            try trial.expect(videos[1].isDeleted, is: false, "whether it is deleted after the lease ended")
        },
        ContractRule(
            "A plain purge leaves what is claimed, until the claim is over",
            hint: "the plain purge does not look at claims"
        ) { trial in
            let (videos, claims) = try await trial.claimedForPurge(count: 2)
            let free = try await trial.insertDeleted("free")
            let everything = PurgeSelection.deletedBefore(.distantFuture, limit: 1000)
            try trial.expect(try await trial.repository.purge(everything), are: [free], "what a purge removes")
            try await trial.repository.release([claims[1]])
            try trial.expect(
                try await trial.repository.purge(everything), are: [videos[1]], "what it removes after a release")
            trial.clock.set(to: claims[0].expiresAt)
            try trial.expect(
                try await trial.repository.purge(everything), are: [videos[0]], "what it removes after the lease ended")
        },
        ContractRule(
            "A call takes 1,000 claims and no more",
            hint:
                "the store's own limit of parameters is lower, or nothing is checked; see RepositorySupport.checkBatchSize(_:)"
        ) { trial in
            let (videos, claims) = try await trial.claimedForPurge(count: 1)
            var many = (1..<1000).map { _ in
                VideoClaim(video: videos[0], token: UUID(), expiresAt: claims[0].expiresAt)
            }
            try await trial.repository.release(many)
            many.append(claims[0])
            try await trial.expectRefusal(.invalidArgument, "a release of 1,001 claims") {
                try await trial.repository.release(many + [claims[0]])
            }
            try await trial.expectRefusal(.invalidArgument, "a purge by 1,001 claims") {
                try await trial.repository.purge(.claimed(many + [claims[0]]))
            }
            try trial.expect(
                try await trial.repository.purge(.claimed(many)), are: videos,
                "a purge by 1,000 claims, one of them good")
        },
    ]
}

extension Trial {
    /// Deleted videos, the one deleted first in front, and claims on them that last for a minute.
    fileprivate func claimedForPurge(count: Int) async throws -> ([Video], [VideoClaim]) {
        var videos = [Video]()
        for number in 0..<count { videos.append(try await insertDeleted("deleted/\(number)")) }
        let claims = try await repository.claim(
            .purges(deletedBefore: .distantFuture), limit: 1000, lease: .seconds(60))
        try expect(claims.map(\.video), areExactly: videos, "what is claimed to be purged")
        return (videos, claims)
    }
}
