#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A property by which videos are indexed.
///
/// Live and deleted videos have separate indexes.
enum Facet: Hashable {
    case all(deleted: Bool)
    case session(CourseSessionID, deleted: Bool)
    case uploader(UserID, deleted: Bool)
    case state(Video.State.Kind, deleted: Bool)
    case visibility(Video.Visibility, deleted: Bool)
    case tag(ExactString, deleted: Bool)
    // These are sorted by the date when housekeeping is due, not by the creation date.
    case expiredUpload
    case deletion
    case purge
    case stalledUpload
    case replacedObject
}

extension Video {
    /// Returns every facet of the video, with its sort key.
    fileprivate func facets(slot: Int) -> [(Facet, IndexKey)] {
        let created = IndexKey(
            microseconds: CatalogTimestamp(clamping: createdAt)?.microseconds ?? 0, id: id, slot: slot)
        var facets: [(Facet, IndexKey)] = [
            (.all(deleted: isDeleted), created), (.uploader(uploadedBy, deleted: isDeleted), created),
            (.state(state.kind, deleted: isDeleted), created), (.visibility(visibility, deleted: isDeleted), created),
        ]
        if let sessionID { facets.append((.session(sessionID, deleted: isDeleted), created)) }
        for tag in tags { facets.append((.tag(ExactString(tag), deleted: isDeleted), created)) }
        for task in HousekeepingTask.kinds {
            guard let due = RepositorySupport.dueDate(of: self, for: task), let timestamp = CatalogTimestamp(due) else {
                continue
            }
            facets.append((task.facet, IndexKey(microseconds: timestamp.microseconds, id: id, slot: slot)))
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
        case .stalledUploads: .stalledUpload
        case .replacedObjects: .replacedObject
        }
    }

    /// One task of each kind.
    fileprivate static let kinds: [HousekeepingTask] = [
        .expiredUploads, .deletions, .purges(deletedBefore: .distantFuture),
        .stalledUploads(unchangedSince: .distantFuture), .replacedObjects,
    ]
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

    /// Returns the facets to visit for a query.
    ///
    /// Together they contain every matching video once, and as few others as their sizes tell. The plan is exact if all
    /// of their videos match.
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

    /// Visits the videos of several facets in order.
    ///
    /// - Parameters:
    ///   - facets: The facets. No video may be in two of them.
    ///   - order: The order.
    ///   - position: The position after which to start.
    ///   - range: The range of dates to stay within, in microseconds since 1970.
    ///   - visit: A closure that returns `true` to continue.
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

/// A cursor that walks one index in one direction.
private struct KeyWalk {
    private let keys: SortedKeys
    private let order: VideoQuery.Order
    private let range: Range<Int64>
    private var place: SortedKeys.Place
    private(set) var current: IndexKey

    /// Creates a walk at its first key, or returns `nil` if there is none.
    init?(_ keys: SortedKeys, order: VideoQuery.Order, after position: IndexKey?, within range: Range<Int64>) {
        guard !range.isEmpty else { return nil }
        let place: SortedKeys.Place?
        switch order {
        case .oldestFirst:
            let first = keys.place(of: IndexKey(microseconds: range.lowerBound, id: .lowest))
            if let position, position.microseconds >= range.lowerBound {
                let found = keys.place(of: position)
                place = keys.key(at: found) == position ? keys.next(after: found) : found
            } else {
                place = first
            }
        case .newestFirst:
            let end = keys.place(of: IndexKey(microseconds: range.upperBound, id: .lowest))
            if let position, position.microseconds < range.upperBound {
                place = keys.previous(before: keys.place(of: position))
            } else {
                place = keys.previous(before: end)
            }
        }
        guard let place, let key = keys.key(at: place), range.contains(key.microseconds) else { return nil }
        self.keys = keys
        self.order = order
        self.range = range
        self.place = place
        current = key
    }

    func precedes(_ other: KeyWalk) -> Bool {
        order == .oldestFirst ? current < other.current : other.current < current
    }

    /// Moves to the next key, and returns `false` at the end.
    mutating func advance() -> Bool {
        let following = order == .oldestFirst ? keys.next(after: place) : keys.previous(before: place)
        guard let following, let key = keys.key(at: following), range.contains(key.microseconds) else { return false }
        place = following
        current = key
        return true
    }
}

extension Video.ID {
    static let lowest = Video.ID(high: 0, low: 0)
    static let highest = Video.ID(high: .max, low: .max)
}
