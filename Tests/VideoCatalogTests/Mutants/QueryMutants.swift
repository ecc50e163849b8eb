import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Mutant {
    static let queries: [Mutant] = [
        Mutant("visibilities are ignored", breaks: "Each single condition finds the matching videos") { operations, _ in
            operations.list { $0.visibilities = nil }
        },
        Mutant("deleted videos are listed", breaks: "Each single condition finds the matching videos") {
            operations, _ in
            operations.list { if $0.deletion == .live { $0.deletion = .any } }
        },
        Mutant(
            "tags are ignored where sessions are given",
            breaks: "Several conditions find the videos that meet all of them"
        ) {
            operations, _ in
            operations.list { if $0.sessionIDs != nil { $0.tags = [] } }
        },
        Mutant(
            "videos of one instant are turned round",
            breaks: "A list is ordered by creation date, then by the bytes of the identifier"
        ) { operations, _ in
            operations.page = { base, query, request in
                var page = try await base.videos(matching: query, page: request)
                page.videos.sort {
                    let (first, second) = query.order == .oldestFirst ? ($0, $1) : ($1, $0)
                    return first.createdAt == second.createdAt
                        ? second.id < first.id : first.createdAt < second.createdAt
                }
                return page
            }
        },
        Mutant("the list is ordered by change", breaks: "Changes don't move a video in the list") { operations, _ in
            operations.page = { base, query, request in
                var page = try await base.videos(matching: query, page: request)
                page.videos.sort {
                    query.order == .oldestFirst ? $0.updatedAt < $1.updatedAt : $1.updatedAt < $0.updatedAt
                }
                return page
            }
        },
        Mutant(
            "the upper bound is included", breaks: "createdFrom includes its date, and createdBefore excludes it"
        ) { operations, _ in
            operations.list { $0.createdBefore = $0.createdBefore?.shifted(1) }
        },
        Mutant(
            "the upper bound is moved to the last instant",
            breaks: "Every video was created before a date beyond 2099"
        ) { operations, _ in
            operations.list { $0.createdBefore = $0.createdBefore.map { min($0, CatalogTimestamp.last.date) } }
        },
        Mutant(
            "the end of an upload is left out", breaks: "uploadExpiresBy includes its date"
        ) { operations, _ in
            operations.list { $0.uploadExpiresBy = $0.uploadExpiresBy?.shifted(-1) }
        },
        Mutant("one tag is enough", breaks: "A query with several tags finds the videos that have all of them") {
            operations, _ in
            operations.list {
                $0.tags = []
            } _: { video, query in
                query.tags.isEmpty || query.tags.contains(where: video.tags.contains)
            }
        },
        Mutant(
            "an empty set is no condition",
            breaks: "An empty set of sessions, states or visibilities finds nothing"
        ) { operations, _ in
            operations.list { if $0.states?.isEmpty == true { $0.states = nil } }
        },
        Mutant("a count ignores the title", breaks: "A count agrees with the list") {
            operations, _ in
            operations.count = { base, query in
                var query = query
                query.titleContains = nil
                return try await base.count(matching: query)
            }
        },
    ]

    static let titles: [Mutant] = [
        Mutant("titles are searched by case", breaks: "A title is found regardless of case, beyond ASCII too") {
            operations, _ in
            operations.search { $0.utf8.contains($1.utf8) }
        },
        Mutant("lower case is ASCII's", breaks: "A title is found regardless of case, beyond ASCII too") {
            operations, _ in
            operations.search { lowered($0).contains(lowered($1)) }
        },
        Mutant("titles are not composed", breaks: "A title is found in composed and decomposed form") { operations, _ in
            operations.search { $0.lowercased().utf8.contains($1.lowercased().utf8) }
        },
        Mutant("percent is a wildcard", breaks: "Wildcards in a search string have no special meaning") {
            operations, _ in
            operations.search { RepositorySupport.title($0, contains: $1.replacing("%", with: "")) }
        },
        Mutant("updates leave the old title to be found", breaks: "A changed title is found, and the old one no longer")
        { operations, _ in
            let titles = Memory<[Video.ID: String]>([:])
            operations.insert = { base, video in
                let inserted = try await base.insert(video)
                titles.with { $0[inserted.id] = inserted.title }
                return inserted
            }
            operations.list {
                $0.titleContains = nil
            } _: { video, query in
                guard let text = query.titleContains, let title = titles.with({ $0[video.id] }) else { return true }
                return RepositorySupport.title(title, contains: text)
            }
        },
        Mutant(
            "a count of the impossible is zero",
            breaks: "A query that no video can match fails with the invalid fields"
        ) { operations, _ in
            operations.count = { base, query in
                do {
                    return try await base.count(matching: query)
                } catch let error as CatalogError where error.code == .invalidArgument {
                    return 0
                }
            }
        },
        Mutant("parameters are limited", breaks: "A query accepts 1,000 sessions, 1,000 visibilities and 50 tags") {
            operations, _ in
            operations.page = { base, query, request in
                guard query.sessionIDs?.count ?? 0 < 1000 else {
                    throw CatalogError(.storeFailure, "too many SQL variables")
                }
                return try await base.videos(matching: query, page: request)
            }
        },
    ]

    private static func lowered(_ text: String) -> [UInt8] {
        text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}

extension MutantRepository.Operations {
    /// Searches titles in another way.
    fileprivate mutating func search(_ contains: @escaping @Sendable (String, String) -> Bool) {
        list {
            $0.titleContains = nil
        } _: { video, query in
            query.titleContains.map { contains(video.title, $0) } ?? true
        }
    }
}
