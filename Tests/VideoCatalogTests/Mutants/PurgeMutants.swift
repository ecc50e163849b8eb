import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Mutant {
    static let startedPurges: [Mutant] = [
        Mutant(
            "a started purge isn't marked",
            breaks: "A video whose purge has started can't be restored, even when the claim is over"
        ) { operations, _ in
            operations.startPurge = { base, claims in
                PurgeStart(orders: claims.map { PurgeOrder(claim: $0, keys: [$0.video.objectKey]) })
            }
        },
        Mutant("marked videos aren't claimed", breaks: "Another worker can claim and finish a started purge") {
            operations, _ in
            operations.claim = { base, task, limit, lease in
                var batch = try await base.claim(task, limit: limit, lease: lease)
                batch.claims.removeAll { $0.video.purgeStartedAt != nil }
                return batch
            }
        },
        Mutant(
            "a purge starts without its claim",
            breaks: "Starting a purge needs a claim that is held on a deleted video"
        ) { operations, _ in
            let newest = operations.rememberClaims()
            operations.startPurge = { base, claims in
                try await base.startPurge(claims.compactMap { claim in newest.with { $0[claim.video.id] } })
            }
        },
        Mutant("a second start raises the version", breaks: "Starting a purge twice raises the version once") {
            operations, clock in
            operations.startPurge = { base, claims in
                let start = try await base.startPurge(claims)
                // The row is marked again, as if nothing were there.
                return PurgeStart(
                    orders: start.orders.map { order in
                        var video = order.claim.video
                        if video.updatedAt != clock() { video.version += 1 }
                        return PurgeOrder(
                            claim: VideoClaim(
                                video: video, token: order.claim.token, expiresAt: order.claim.expiresAt),
                            keys: order.keys)
                    })
            }
        },
    ]

    static let keysInUse: [Mutant] = [
        Mutant(
            "only object keys are freed",
            breaks: "A purge returns the keys of its rows, sorted by their bytes and each once"
        ) {
            operations, _ in
            operations.purge = { base, selection in
                var result = try await base.purge(selection)
                let keys = Set(result.videos.map(\.objectKey))
                result.unusedKeys.removeAll { !keys.contains($0) }
                return result
            }
        },
        Mutant("keys are freed while they are in use", breaks: "A key that a remaining row uses isn't returned") {
            operations, _ in
            operations.purge = { base, selection in
                var result = try await base.purge(selection)
                result.unusedKeys = result.videos.map(\.objectKey)
                return result
            }
        },
        Mutant(
            "a started purge returns all its keys",
            breaks: "A started purge returns the keys that no other row uses, and keeps none in use"
        ) { operations, _ in
            operations.startPurge = { base, claims in
                var start = try await base.startPurge(claims)
                start.orders = start.orders.map {
                    PurgeOrder(claim: $0.claim, keys: RepositorySupport.keys(of: $0.claim.video).sorted())
                }
                return start
            }
        },
    ]

    static let renewals: [Mutant] = [
        Mutant("a renewal isn't stored", breaks: "A renewed claim lasts a new lease and keeps its token") {
            operations, clock in
            operations.renew = { _, claims, lease in
                let end = RepositorySupport.leaseEnd(from: clock(), lease: lease)
                return claims.prefix(1).map { VideoClaim(video: $0.video, token: $0.token, expiresAt: end) }
            }
        },
        Mutant("any claim is renewed", breaks: "A claim that has ended can't be renewed") { operations, clock in
            operations.renew = { base, claims, lease in
                _ = try await base.renew(claims, lease: lease)
                return claims
            }
        },
        Mutant("a lease is moved into its range", breaks: "A renewal rejects leases outside 1 second to 24 hours") {
            operations, _ in
            operations.renew = { base, claims, lease in
                try await base.renew(claims, lease: min(max(lease, .seconds(1)), .seconds(86_400)))
            }
        },
    ]

    static let unreadable: [Mutant] = [
        Mutant("an unreadable row is missing", breaks: "A read of an unreadable row fails and names its id and column")
        {
            operations, _ in
            operations.find = { base, id, includingDeleted in
                try? await base.video(id: id, includingDeleted: includingDeleted)
            }
        },
        Mutant(
            "an unreadable row is deleted before it is read",
            breaks: "An unreadable row can't be updated, deleted or restored"
        ) { operations, _ in
            operations.delete = { base, id, version in
                do {
                    return try await base.delete(id, expecting: version)
                } catch let error as CatalogError where error.code == .corruptRow {
                    await base.makeUnreadable(id, column: nil)
                    _ = try await base.delete(id, expecting: nil)
                    throw error
                }
            }
        },
        Mutant("a page leaves rows out in silence", breaks: "A page lists the readable rows and reports the others") {
            operations, _ in
            operations.page = { base, query, request in
                var page = try await base.videos(matching: query, page: request)
                page.unreadable = []
                return page
            }
        },
        Mutant(
            "a page of unreadable rows is the last",
            breaks: "A walk passes unreadable rows at both ends and in the middle"
        ) { operations, _ in
            operations.page = { base, query, request in
                var page = try await base.videos(matching: query, page: request)
                if page.videos.isEmpty { page.next = nil }
                return page
            }
        },
        Mutant(
            "a lookup leaves rows out in silence",
            breaks: "A lookup of many returns readable rows and reports the others"
        ) { operations, _ in
            operations.findKeys = { base, keys, includingDeleted in
                VideoBatch(videos: try await base.videos(objectKeys: keys, includingDeleted: includingDeleted).videos)
            }
        },
        Mutant(
            "unreadable rows use up the limit",
            breaks: "A claim takes the readable due rows, and reports and leaves the others"
        ) { operations, _ in
            operations.claim = { base, task, limit, lease in
                var batch = try await base.claim(task, limit: limit, lease: lease)
                let rest = batch.claims.dropFirst(max(0, limit - batch.unreadable.count))
                try await base.release(Array(rest))
                batch.claims.removeLast(rest.count)
                return batch
            }
        },
        Mutant(
            "a purge takes unreadable rows along",
            breaks: "A purge removes the readable rows, and reports and leaves the others"
        ) { operations, _ in
            operations.purge = { base, selection in
                let first = try await base.purge(selection)
                for row in first.unreadable { await base.makeUnreadable(row.id, column: nil) }
                _ = try await base.purge(selection)
                return first
            }
        },
        Mutant(
            "a started purge fails on an unreadable row",
            breaks: "Starting a purge leaves unreadable rows unmarked and reports them"
        ) { operations, _ in
            operations.startPurge = { base, claims in
                let start = try await base.startPurge(claims)
                if let row = start.unreadable.first { throw CatalogError.corruptRow(row) }
                return start
            }
        },
        Mutant(
            "a conflict with an unreadable row is an unreadable row",
            breaks: "An insertion onto an unreadable row's identifier or key is refused as taken"
        ) { operations, _ in
            operations.insert = { base, video in
                if let id = video.id { _ = try await base.row(id) }
                return try await base.insert(video)
            }
        },
    ]
}
