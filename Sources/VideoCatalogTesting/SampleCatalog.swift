import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Random videos in a repository, and a plain search through all of them for comparison.
struct SampleCatalog: Sendable {
    private static let sessions: [CourseSessionID] = ["s1", "s2", "S1"]
    private static let users: [UserID] = ["u1", "u2", "u3"]
    private static let visibilities: [Video.Visibility] = [.private, .unlisted, .public]
    private static let tags = ["a", "b", "c", "B"]
    private static let titles = ["Lecture 1", "lecture 2", "Übung 1", "übung_2", "100% Analysis", "Größe"]
    private static let searched = ["LECTURE", "übung", "1", "_", "%", "ö", "x", ""]
    private static let dates = (0..<6).map { SampleVideos.date(1_772_000_000_000_000 + Int64($0) * 500_000) }

    let videos: [Video]
    let seed: UInt64

    /// Creates the catalog by inserting the videos and deleting about one of four.
    init(of context: RuleContext, count: Int, using generator: inout SeededGenerator) async throws {
        var videos = [Video]()
        for number in 0..<count {
            var video = SampleVideos.plain("v/\(number)")
            video.title = Self.titles.pick(&generator)
            video.sessionID = Bool.random(using: &generator) ? Self.sessions.pick(&generator) : nil
            video.uploadedBy = Self.users.pick(&generator)
            video.visibility = Self.visibilities.pick(&generator)
            video.state = Video.State(kind: Video.State.Kind.allCases.pick(&generator), failureReason: "r")
            video.tags = Self.tags.filter { _ in Int.random(in: 0..<3, using: &generator) == 0 }
            video.createdAt = Self.dates.pick(&generator)
            if Bool.random(using: &generator) { video.uploadExpiresAt = Self.dates.pick(&generator) }
            var stored = try await context.repository.insert(video)
            if Int.random(in: 0..<4, using: &generator) == 0 {
                stored = try await context.repository.delete(stored.id, expecting: nil)
            }
            videos.append(stored)
        }
        self.videos = videos
        seed = context.seed
    }

    /// Returns the videos that a query must find, in its order.
    func expected(_ query: VideoQuery) -> [Video] {
        let sorted = videos.filter { RepositorySupport.video($0, matches: query) }.sorted {
            ($0.createdAt, $0.id) < ($1.createdAt, $1.id)
        }
        return query.order == .oldestFirst ? sorted : sorted.reversed()
    }

    /// Lists and counts the videos of a query, and compares them with a plain search.
    func check(_ query: VideoQuery, _ context: RuleContext) async throws {
        let what = "\(query.brief) (seed \(seed))"
        let found = try await context.list(query)
        try context.expect(found, areExactly: expected(query), "the list of \(what)")
        let count = try await context.repository.count(matching: query)
        try context.expect(count, is: found.count, "the count of \(what)")
    }

    /// Returns a query for every single condition, in each order.
    func singleConditions() -> [VideoQuery] {
        var queries = [VideoQuery(), VideoQuery(sessionIDs: Set(Self.sessions.prefix(2)))]
        queries += Self.sessions.map { VideoQuery(sessionID: $0) }
        queries += Self.users.map { VideoQuery(uploadedBy: $0) }
        queries += Video.State.Kind.allCases.map { VideoQuery(states: [$0]) }
        queries += [VideoQuery(states: [.ready, .failed]), VideoQuery(visibilities: [.public, .unlisted])]
        queries += Self.visibilities.map { VideoQuery(visibilities: [$0]) }
        queries += Self.tags.map { VideoQuery(tags: [$0]) }
        queries += [VideoQuery(tags: ["a", "b"])]
        queries += Self.dates.prefix(3).flatMap {
            [VideoQuery(createdFrom: $0), VideoQuery(createdBefore: $0), VideoQuery(uploadExpiresBy: $0)]
        }
        queries += Self.searched.map { VideoQuery(titleContains: $0) }
        return queries
            + queries.map { query in
                var turned = query
                turned.order = .oldestFirst
                return turned
            }
    }

    /// Returns a query with about three conditions.
    func randomQuery(using generator: inout SeededGenerator) -> VideoQuery {
        let chance = { (generator: inout SeededGenerator) in Int.random(in: 0..<3, using: &generator) == 0 }
        var query = VideoQuery()
        if chance(&generator) { query.sessionIDs = Set(Self.sessions.filter { _ in Bool.random(using: &generator) }) }
        if chance(&generator) { query.uploadedBy = Self.users.pick(&generator) }
        if chance(&generator) {
            query.states = Set(Video.State.Kind.allCases.filter { _ in Bool.random(using: &generator) })
        }
        if chance(&generator) {
            query.visibilities = Set(Self.visibilities.filter { _ in Bool.random(using: &generator) })
        }
        if chance(&generator) { query.tags = Self.tags.filter { _ in chance(&generator) } }
        if chance(&generator) { query.createdFrom = Self.dates.pick(&generator) }
        if chance(&generator) { query.createdBefore = Self.dates.pick(&generator) }
        if chance(&generator) { query.uploadExpiresBy = Self.dates.pick(&generator) }
        if chance(&generator) { query.titleContains = Self.searched.pick(&generator) }
        query.deletion = VideoQuery.DeletionFilter.allCases.pick(&generator)
        query.order = VideoQuery.Order.allCases.pick(&generator)
        return query
    }
}

extension Array {
    /// Returns a random element of an array that isn't empty.
    fileprivate func pick(_ generator: inout SeededGenerator) -> Element {
        self[Int.random(in: 0..<count, using: &generator)]
    }
}

extension VideoQuery {
    /// The conditions of the query, for messages.
    var brief: String {
        var parts = [String]()
        if let sessionIDs { parts.append("sessionIDs: \(sessionIDs.map(\.rawValue).sorted())") }
        if let uploadedBy { parts.append("uploadedBy: \(uploadedBy)") }
        if let states { parts.append("states: \(states.map(\.rawValue).sorted())") }
        if let visibilities { parts.append("visibilities: \(visibilities.map(\.rawValue).sorted())") }
        if !tags.isEmpty { parts.append("tags: \(tags)") }
        let dates = [
            ("createdFrom", createdFrom), ("createdBefore", createdBefore), ("uploadExpiresBy", uploadExpiresBy),
        ]
        for case (let name, let date?) in dates {
            parts.append("\(name): \(CatalogTimestamp(date)?.description ?? "\(date)")")
        }
        if let titleContains { parts.append("titleContains: \(VideoFields.readable(titleContains))") }
        return "VideoQuery(\((parts + ["deletion: .\(deletion)", "order: .\(order)"]).joined(separator: ", ")))"
    }
}
