import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let startedPurges: [ContractRule] = [
        ContractRule(
            "A video whose purge has started can't be restored, even when the claim is over",
            hint: "only the lease is checked, or the mark isn't stored"
        ) { context in
            let (videos, claims) = try await context.claimedForPurge(count: 2)
            context.clock.advance(by: .seconds(1))
            let marked = try await context.repository.startPurge([claims[0]]).orders.map(\.claim.video)
            try context.expect(marked, are: [videos[0]], "videos whose purge has started")
            try context.expect(marked[0].purgeStartedAt, is: context.clock.now, "the date of the start")
            try context.expect(try await context.stored(videos[0].id), is: marked[0], "the stored row")
            for circumstances in ["while the claim lasts", "after the release", "after the lease"] {
                try await context.expectError(.purgeStarted, "a restoration \(circumstances)", current: marked[0]) {
                    try await context.repository.restore(videos[0].id)
                }
                if circumstances == "while the claim lasts" { try await context.repository.release([claims[0]]) }
                context.clock.advance(by: .seconds(100))
            }
            try context.expect(
                try await context.repository.delete(videos[0].id, expecting: nil), is: marked[0], "a deletion of it")
            let other = try await context.repository.restore(videos[1].id)
            try context.expect(other.isDeleted, is: false, "isDeleted of a claimed video without a started purge")
        },
        ContractRule(
            "Another worker can claim and finish a started purge",
            hint: "marked rows are left out of claims and purges"
        ) { context in
            let (videos, claims) = try await context.claimedForPurge(count: 2)
            let marked = try await context.repository.startPurge(claims).orders.map(\.claim.video)
            context.clock.advance(by: .seconds(60))
            let others = try await context.repository.claim(
                .purges(deletedBefore: .distantFuture), limit: 10, lease: .seconds(60)
            ).claims
            try context.expect(others.map(\.video), areExactly: marked, "videos that the second worker claims")
            let orders = try await context.repository.startPurge([others[0]]).orders
            try context.expect(orders.map(\.claim.video), areExactly: [marked[0]], "purges that it starts again")
            try context.expect(orders.flatMap(\.keys), is: [videos[0].objectKey], "the keys that it deletes again")
            try context.expect(
                try await context.repository.purge(.claimed([others[0]])).videos, are: [marked[0]],
                "videos that it removes")
            context.clock.advance(by: .seconds(60))
            try context.expect(
                try await context.repository.purge(.deletedBefore(.distantFuture, limit: 10)).videos,
                are: [marked[1]], "videos that a plain purge removes")
        },
        ContractRule(
            "Starting a purge needs a claim that is held on a deleted video",
            hint: "the token, the end of the lease or deletedAt isn't in the condition of the UPDATE"
        ) { context in
            let live = try await context.insert("live") { $0.deleteAfter = SampleVideos.date(1) }
            let onLive = try await context.claimOne(lease: .seconds(60))
            let (videos, claims) = try await context.claimedForPurge(count: 3)
            try await context.repository.release([claims[1]])
            let forged = VideoClaim(video: videos[2], token: UUID(), expiresAt: claims[2].expiresAt)
            let start = try await context.repository.startPurge([onLive, claims[1], forged, claims[0], claims[0]])
            try context.expect(start.orders.map(\.claim.video), are: [videos[0]], "videos whose purge has started")
            try context.expect(start.orders.map(\.claim.token), is: [claims[0].token], "the tokens of the claims")
            context.clock.set(to: claims[2].expiresAt)
            let late = try await context.repository.startPurge([claims[2]])
            try context.expect(late.orders.map(\.claim.video), are: [], "videos whose purge starts after the lease")
            for video in [live, videos[1], videos[2]] {
                try context.expect(try await context.stored(video.id), is: video, "a row that wasn't marked")
            }
        },
        ContractRule(
            "Starting a purge twice raises the version once",
            hint: "the row is marked without a check of its mark, or the version isn't raised"
        ) { context in
            let (videos, claims) = try await context.claimedForPurge(count: 1)
            context.clock.advance(by: .seconds(1))
            let first = try await context.repository.startPurge(claims).orders
            try context.expect(first.map(\.claim.video.version), is: [videos[0].version + 1], "the version")
            try context.expect(first.map(\.claim.video.updatedAt), is: [context.clock.now], "updatedAt")
            context.clock.advance(by: .seconds(1))
            let second = try await context.repository.startPurge(claims).orders
            try context.expect(second, is: first, "the second start")
            try context.expect(
                try await context.stored(videos[0].id), is: first.first?.claim.video, "the row after the second start")
        },
    ]

    static let keysInUse: [ContractRule] = [
        ContractRule(
            "A purge returns the keys of its rows, sorted by their bytes and each once",
            hint: "thumbnails, renditions or uploads are left out, or strings are compared by canonical equivalence"
        ) { context in
            let (_, claims) = try await context.claimedForPurge(count: 2) { video, number in
                video.objectKey = ["\u{E9}", "e\u{301}"][number]
                video.thumbnailKey = "thumb"
                video.renditions = [.init(kind: "hls", key: "hls/\(number)"), .init(kind: "dash", key: "dash")]
                video.state = .failed(reason: "r")
                video.upload = .init(objectKey: "upload/\(number)")
                video.replacedKeys = ["old/\(number)", "old"]
            }
            let repository = context.repository
            let first = try await repository.purge(.claimed([claims[0]]))
            try context.expect(
                first.unusedKeys.map { Array($0.utf8) },
                is: ["hls/0", "old/0", "upload/0", "\u{E9}"].map { Array($0.utf8) },
                "keys that a purge of the first row frees")
            let second = try await repository.purge(.claimed([claims[1]]))
            try context.expect(
                second.unusedKeys.map { Array($0.utf8) },
                is: ["dash", "e\u{301}", "hls/1", "old", "old/1", "thumb", "upload/1"].map { Array($0.utf8) },
                "keys that a purge of the second row frees")
            for _ in 0..<2 { _ = try await context.insertDeleted("k") }
            let both = try await repository.purge(.deletedBefore(.distantFuture, limit: 10))
            try context.expect(both.unusedKeys, is: ["k"], "the key of two rows that are purged together")
            try context.expect(
                try await repository.purge(.deletedBefore(.distantFuture, limit: 10)).unusedKeys, is: [],
                "keys that a purge of nothing frees")
        },
        ContractRule(
            "A key that a remaining row uses isn't returned",
            hint: "keys are returned without a look at other rows' thumbnails, renditions, uploads and replaced objects"
        ) { context in
            let repository = context.repository
            let uses: [(String, @Sendable (inout NewVideo) -> Void)] = [
                ("as object", { $0.objectKey = "k" }), ("as thumbnail", { $0.thumbnailKey = "k" }),
                ("as rendition", { $0.renditions = [.init(kind: "hls", key: "k")] }),
                ("as first upload", { ($0.objectKey, $0.upload) = ("k", .init(objectKey: "k")) }),
                ("as replacement", { ($0.state, $0.upload) = (.ready, .init(objectKey: "k")) }),
                ("as replaced object", { $0.replacedKeys = ["k"] }),
            ]
            for (name, use) in uses {
                _ = try await context.insertDeleted("k")
                let user = try await context.insert("user/\(name)", use)
                let first = try await repository.purge(.deletedBefore(.distantFuture, limit: 10))
                try context.expect(first.videos.count, is: 1, "the number of purged videos")
                try context.expect(first.unusedKeys, is: [], "free keys while a live video has the key \(name)")
                context.clock.advance(by: .seconds(1))
                let deleted = try await repository.delete(user.id, expecting: nil)
                context.clock.advance(by: .seconds(1))
                _ = try await context.insertDeleted("k")
                guard let date = deleted.deletedAt else { continue }
                let bound = date.moved(by: .microseconds(1))
                let second = try await repository.purge(.deletedBefore(bound, limit: 10)).unusedKeys
                try context.expect(second.contains("k"), is: false, "whether a key of a deleted video \(name) is free")
                let third = try await repository.purge(.deletedBefore(.distantFuture, limit: 10)).unusedKeys
                try context.expect(third, is: ["k"], "keys that the last purge frees")
            }
        },
        ContractRule(
            "A started purge returns the keys that no other row uses, and keeps none in use",
            hint: "marked rows count as users of their keys, so that two of them keep an object forever"
        ) { context in
            let repository = context.repository
            let (_, claims) = try await context.claimedForPurge(count: 3) { video, number in
                if number < 2 { video.objectKey = "shared" }
                video.thumbnailKey = "thumb/\(number)"
                if number == 2 { video.renditions = [.init(kind: "hls", key: "live")] }
            }
            try await context.insert("live")
            let first = try await repository.startPurge([claims[0], claims[2]]).orders.map(\.keys)
            try context.expect(
                first, is: [["thumb/0"], ["deleted/2", "thumb/2"]], "keys of started purges while a row shares one")
            let second = try await repository.startPurge([claims[1]]).orders.map(\.keys)
            try context.expect(second, is: [["shared", "thumb/1"]], "keys of the last started purge")
            try context.expect(
                try await repository.purge(.claimed([claims[1]])).unusedKeys, is: ["shared", "thumb/1"],
                "keys that its purge frees while a marked row has one of them")
        },
    ]
}
