import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let claimedPurges: [ContractRule] = [
        ContractRule(
            "A purge by claims removes the claimed videos",
            hint: "the claims are compared by more than the identifier and the token"
        ) { context in
            let (videos, claims) = try await context.claimedForPurge(count: 3)
            let purged = try await context.repository.purge(.claimed(Array(claims[..<2]) + [claims[0]])).videos
            try context.expect(
                purged.sorted { $0.id < $1.id }, areExactly: videos[..<2].sorted { $0.id < $1.id },
                "videos removed by two claims")
            try context.expect(
                try await context.list(VideoQuery(deletion: .any)), areExactly: [videos[2]], "the remaining videos")
            try context.expect(
                try await context.repository.purge(.claimed(claims)).videos, areExactly: [videos[2]],
                "videos removed by all claims")
            try context.expect(
                try await context.repository.purge(.claimed(claims)).videos, are: [],
                "videos removed by the same claims again"
            )
            try context.expect(
                try await context.repository.purge(.claimed([])).videos, are: [], "videos removed by no claims")
        },
        ContractRule(
            "A purge by claims ignores claims that have expired or been replaced",
            hint:
                "the end of the lease or the token isn't compared, although another worker may have claimed the "
                + "row since"
        ) { context in
            let (videos, claims) = try await context.claimedForPurge(count: 1)
            let forged = VideoClaim(video: videos[0], token: UUID(), expiresAt: claims[0].expiresAt)
            try context.expect(
                try await context.repository.purge(.claimed([forged])).videos, are: [],
                "videos removed by a forged claim")
            context.clock.set(to: claims[0].expiresAt)
            try context.expect(
                try await context.repository.purge(.claimed(claims)).videos, are: [],
                "videos removed by a claim that has just expired")
            let current = try await context.repository.claim(
                .purges(deletedBefore: .distantFuture), limit: 1, lease: .seconds(60)
            ).claims
            try context.expect(
                try await context.repository.purge(.claimed(claims)).videos, are: [],
                "videos removed by a claim that another worker has replaced")
            try await context.repository.release(current)
            try context.expect(
                try await context.repository.purge(.claimed(current)).videos, are: [],
                "videos removed by a released claim")
            try context.expect(try await context.stored(videos[0].id), is: videos[0], "the row after all that")
            let longer = VideoClaim(video: claims[0].video, token: claims[0].token, expiresAt: .distantFuture)
            try context.expect(
                try await context.repository.purge(.claimed([longer])).videos, are: [],
                "videos removed by a claim with a forged end")
        },
        ContractRule(
            "A purge by claims never removes a live video",
            hint: "the claim is trusted without checking the row"
        ) { context in
            let video = try await context.insert("k") { $0.deleteAfter = SampleVideos.date(1) }
            let claim = try await context.claimOne(lease: .seconds(60))
            try context.expect(
                try await context.repository.purge(.claimed([claim])).videos, are: [], "videos removed by the claim")
            try context.expect(try await context.stored(video.id), is: video, "the live row")
        },
        ContractRule(
            "A video claimed for a purge can't be restored until the claim expires",
            hint: "the end of the lease isn't compared, although the worker may have deleted the object"
        ) { context in
            var (videos, claims) = try await context.claimedForPurge(count: 2)
            try await context.expectError(.claimed, "a restoration of a claimed video", current: videos[0]) {
                try await context.repository.restore(videos[0].id)
            }
            try context.expect(try await context.stored(videos[0].id), is: videos[0], "the row after the failure")
            try await context.repository.release([claims[0]])
            videos[0] = try await context.repository.restore(videos[0].id)
            try context.expect(videos[0].isDeleted, is: false, "isDeleted after the claim was released")
            context.clock.set(to: claims[1].expiresAt.moved(by: .microseconds(-1)))
            try await context.expectError(.claimed, "a restoration just before the lease ends", current: videos[1]) {
                try await context.repository.restore(videos[1].id)
            }
            context.clock.set(to: claims[1].expiresAt)
            videos[1] = try await context.repository.restore(videos[1].id)
            try context.expect(videos[1].isDeleted, is: false, "isDeleted after the lease ended")
        },
        ContractRule(
            "A plain purge skips claimed videos until the claim expires",
            hint: "the plain purge doesn't check claims"
        ) { context in
            let (videos, claims) = try await context.claimedForPurge(count: 2)
            let free = try await context.insertDeleted("free")
            let everything = PurgeSelection.deletedBefore(.distantFuture, limit: 1000)
            try context.expect(
                try await context.repository.purge(everything).videos, are: [free], "videos removed by a purge")
            try await context.repository.release([claims[1]])
            try context.expect(
                try await context.repository.purge(everything).videos, are: [videos[1]],
                "videos removed after a release")
            context.clock.set(to: claims[0].expiresAt)
            try context.expect(
                try await context.repository.purge(everything).videos, are: [videos[0]],
                "videos removed after the lease ended")
        },
        ContractRule(
            "A call accepts at most 1,000 claims",
            hint:
                "the store's own limit of parameters is lower, or nothing is checked. See "
                + "RepositorySupport.checkBatchSize(_:)"
        ) { context in
            let (videos, claims) = try await context.claimedForPurge(count: 1)
            var many = (1..<1000).map { _ in
                VideoClaim(video: videos[0], token: UUID(), expiresAt: claims[0].expiresAt)
            }
            try await context.repository.release(many)
            many.append(claims[0])
            try await context.expectError(.invalidArgument, "a release of 1,001 claims") {
                try await context.repository.release(many + [claims[0]])
            }
            try await context.expectError(.invalidArgument, "a start of 1,001 purges") {
                try await context.repository.startPurge(many + [claims[0]])
            }
            try await context.expectError(.invalidArgument, "a renewal of 1,001 claims") {
                try await context.repository.renew(many + [claims[0]], lease: .seconds(60))
            }
            try context.expect(
                try await context.repository.renew(many, lease: .seconds(60)).count, is: 1,
                "the renewals of 1,000 claims, one of them good")
            try await context.expectError(.invalidArgument, "a purge by 1,001 claims") {
                try await context.repository.purge(.claimed(many + [claims[0]]))
            }
            try context.expect(
                try await context.repository.purge(.claimed(many)).videos, are: videos,
                "a purge by 1,000 claims, one of them good")
        },
    ]
}
