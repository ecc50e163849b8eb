import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let renewals: [ContractRule] = [
        ContractRule(
            "A renewed claim lasts a new lease and keeps its token",
            hint: "the new end isn't stored, is added to the old one, or the token changes"
        ) { context in
            let (videos, claims) = try await context.claimedForPurge(count: 2)
            context.clock.advance(by: .seconds(59))
            let end = context.clock.now.moved(by: .seconds(100))
            let renewed = try await context.repository.renew([claims[1], claims[1]], lease: .seconds(100))
            try context.expect(renewed.map(\.video), areExactly: [videos[1]], "renewed videos")
            try context.expect(renewed.map(\.token), is: [claims[1].token], "the tokens")
            try context.expect(renewed.map(\.expiresAt), is: [end], "the new ends")
            context.clock.set(to: end.moved(by: .microseconds(-1)))
            try context.expect(
                try await context.repository.purge(.deletedBefore(.distantFuture, limit: 10)).videos,
                are: [videos[0]], "videos that a plain purge removes before the new end")
            try await context.expectError(.claimed, "a restoration before the new end") {
                try await context.repository.restore(videos[1].id)
            }
            let shorter = try await context.repository.renew([claims[1]], lease: .seconds(1))
            context.clock.set(to: shorter.first?.expiresAt ?? end)
            try context.expect(
                try await context.repository.purge(.deletedBefore(.distantFuture, limit: 10)).videos,
                are: [videos[1]], "videos that a plain purge removes at the end of a shorter lease")
        },
        ContractRule(
            "A claim that has ended can't be renewed",
            hint: "the token or the end of the lease isn't in the condition of the UPDATE"
        ) { context in
            let (videos, claims) = try await context.claimedForPurge(count: 3)
            let forged = VideoClaim(video: videos[0], token: UUID(), expiresAt: claims[0].expiresAt)
            try await context.repository.release([claims[1]])
            let renewed = try await context.repository.renew([forged] + claims, lease: .seconds(60))
            try context.expect(renewed.map(\.video), are: [videos[0], videos[2]], "renewals of held claims")
            context.clock.set(to: claims[2].expiresAt)
            try context.expect(
                try await context.repository.renew([claims[2]], lease: .seconds(60)).map(\.video), are: [],
                "renewals of a claim at its end")
            let restored = try await context.repository.restore(videos[2].id)
            try context.expect(restored.isDeleted, is: false, "isDeleted after the lost claim")
        },
        ContractRule(
            "A renewal rejects leases outside 1 second to 24 hours",
            hint: "RepositorySupport.checkRenewal(of:lease:) isn't called"
        ) { context in
            let (_, claims) = try await context.claimedForPurge(count: 1)
            for lease in [.zero, Duration.microseconds(999_999), .microseconds(86_400_000_001), .seconds(-60)] {
                try await context.expectError(.invalidArgument, "a renewal for \(lease)") {
                    try await context.repository.renew(claims, lease: lease)
                }
            }
            try context.expect(
                try await context.repository.renew(claims, lease: .seconds(86_400)).count, is: 1,
                "the renewals after the failures")
            try context.expect(
                try await context.repository.renew([], lease: .seconds(1)).count, is: 0, "the renewals of nothing")
        },
    ]
}
