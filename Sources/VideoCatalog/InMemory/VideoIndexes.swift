#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What videos are found by.
///
/// Live and deleted ones are kept apart.
enum Facet: Hashable {
    case all(deleted: Bool)
    case session(CourseSessionID, deleted: Bool)
    case uploader(UserID, deleted: Bool)
    case state(Video.State.Kind, deleted: Bool)
    case visibility(Video.Visibility, deleted: Bool)
    case tag(ExactString, deleted: Bool)
    /// By the instant when housekeeping is due, not that of creation.
    case expiredUpload
    case deletion
    case purge
}

extension Video {
    /// Every facet that has the video, with the instant by which it is sorted there.
    fileprivate func facets(slot: Int) -> [(Facet, IndexKey)] {
        let created = IndexKey(instant: CatalogTimestamp(clamping: createdAt)?.microseconds ?? 0, id: id, slot: slot)
        var facets: [(Facet, IndexKey)] = [
            (.all(deleted: isDeleted), created), (.uploader(uploadedBy, deleted: isDeleted), created),
            (.state(state.kind, deleted: isDeleted), created), (.visibility(visibility, deleted: isDeleted), created),
        ]
        if let sessionID { facets.append((.session(sessionID, deleted: isDeleted), created)) }
        for tag in tags { facets.append((.tag(ExactString(tag), deleted: isDeleted), created)) }
        for task in [HousekeepingTask.expiredUploads, .deletions, .purges(deletedBefore: .distantFuture)] {
            guard let due = RepositorySupport.dueDate(of: self, for: task), let instant = CatalogTimestamp(due) else {
                continue
            }
            facets.append((task.facet, IndexKey(instant: instant.microseconds, id: id, slot: slot)))
        }
        return facets
    }
}

extension HousekeepingTask {
    var facet: Facet {
        switch self {
        case .expiredUploads: .expiredUpload
        case .deletions: .deletion
        case .purges: .purge
        }
    }
}

/// The indexes of all videos.
struct VideoIndexes {
    private var keys: [Facet: SortedKeys] = [:]
    private static let none = SortedKeys()

    subscript(facet: Facet) -> SortedKeys { keys[facet] ?? Self.none }

    mutating func insert(_ video: Video, slot: Int) {
        for (facet, key) in video.facets(slot: slot) { keys[facet, default: SortedKeys()].insert(key) }
    }

    mutating func remove(_ video: Video, slot: Int) {
        for (facet, key) in video.facets(slot: slot) {
            keys[facet]?.remove(key)
            if keys[facet]?.count == 0 { keys[facet] = nil }
        }
    }

    /// The facets to go through for a query: together they have every video that matches, each of them once, and as few
    /// others as can be told from the numbers.
    func plan(_ query: VideoQuery) -> (facets: [Facet], isExact: Bool) {
        let sides = query.deletion == .any ? [false, true] : [query.deletion == .deleted]
        let both = { (facet: (Bool) -> Facet) in sides.map(facet) }
        var plans = [[Facet]]()
        if let ids = query.sessionIDs { plans.append(ids.flatMap { id in both { .session(id, deleted: $0) } }) }
        if let user = query.uploadedBy { plans.append(both { .uploader(user, deleted: $0) }) }
        if let states = query.states { plans.append(states.flatMap { state in both { .state(state, deleted: $0) } }) }
        if let names = query.visibilities {
            plans.append(names.flatMap { name in both { .visibility(name, deleted: $0) } })
        }
        for tag in query.tags { plans.append(both { .tag(ExactString(tag), deleted: $0) }) }
        let isRestricted =
            query.createdFrom != nil || query.createdBefore != nil || query.uploadExpiresBy != nil
            || query.titleContains.map { !$0.isEmpty } == true
        let isExact = plans.count <= 1 && !isRestricted
        let cost = { (facets: [Facet]) in facets.reduce(0) { $0 + self[$1].count } }
        return (plans.min { cost($0) < cost($1) } ?? both { .all(deleted: $0) }, isExact)
    }

    /// Goes through facets in order until it is told to stop.
    ///
    /// - Parameters:
    ///   - facets: Which ones; no video is in two of them.
    ///   - order: The order.
    ///   - position: Begin after this one.
    ///   - range: The instants to stay within.
    ///   - visit: Returns whether to go on.
    func walk(
        _ facets: [Facet], order: VideoQuery.Order, after position: IndexKey?, within range: Range<Int64>,
        _ visit: (_ slot: Int) -> Bool
    ) {
        let walks = facets.compactMap { facet in
            keys[facet].flatMap { KeyWalk($0, order: order, after: position, within: range) }
        }
        var remaining = walks
        while !remaining.isEmpty {
            var best = 0
            for index in remaining.indices.dropFirst() where remaining[index].precedes(remaining[best]) { best = index }
            guard visit(remaining[best].current.slot) else { return }
            if !remaining[best].advance() { remaining.remove(at: best) }
        }
    }
}

/// A place in one index, on its way in one direction.
private struct KeyWalk {
    private let keys: SortedKeys
    private let order: VideoQuery.Order
    private let range: Range<Int64>
    private var place: SortedKeys.Place
    private(set) var current: IndexKey

    /// `nil` if there is nothing to go through.
    init?(_ keys: SortedKeys, order: VideoQuery.Order, after position: IndexKey?, within range: Range<Int64>) {
        guard !range.isEmpty else { return nil }
        let place: SortedKeys.Place?
        switch order {
        case .oldestFirst:
            let first = keys.place(of: IndexKey(instant: range.lowerBound, id: .lowest))
            if let position, position.instant >= range.lowerBound {
                let found = keys.place(of: position)
                place = keys.key(at: found) == position ? keys.next(after: found) : found
            } else {
                place = first
            }
        case .newestFirst:
            let end = keys.place(of: IndexKey(instant: range.upperBound, id: .lowest))
            if let position, position.instant < range.upperBound {
                place = keys.previous(before: keys.place(of: position))
            } else {
                place = keys.previous(before: end)
            }
        }
        guard let place, let key = keys.key(at: place), range.contains(key.instant) else { return nil }
        self.keys = keys
        self.order = order
        self.range = range
        self.place = place
        current = key
    }

    func precedes(_ other: KeyWalk) -> Bool {
        order == .oldestFirst ? current < other.current : other.current < current
    }

    /// Whether there is another key.
    mutating func advance() -> Bool {
        let following = order == .oldestFirst ? keys.next(after: place) : keys.previous(before: place)
        guard let following, let key = keys.key(at: following), range.contains(key.instant) else { return false }
        place = following
        current = key
        return true
    }
}

extension Video.ID {
    static let lowest = Video.ID(high: 0, low: 0)
}
