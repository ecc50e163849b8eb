import Foundation
import TestSupport
package import VideoCatalog
package import VideoCatalogTesting

/// Random operations that are applied to several repositories, whose results are compared.
///
/// Identifiers, keys, sessions and tags are few, so that operations get in each other's way.
package struct RandomOperations {
    /// A step at which two repositories returned different results.
    package struct Divergence: CustomStringConvertible {
        let seed: UInt64
        let step: Int
        let operation: String
        let outcomes: [String]

        package var description: String {
            "seed \(seed), step \(step): \(operation)\n" + outcomes.map { "  \($0)" }.joined(separator: "\n")
        }
    }

    let seed: UInt64
    let clock: ManualClock
    private var random: SeededGenerator
    private let ids: [Video.ID]
    /// The claims of each repository, whose tokens differ.
    private var claims: [[VideoClaim]] = []
    private var cursors: [VideoQuery.Order: VideoCursor] = [:]

    /// Creates operations from a seed, which repeats them.
    package init(seed: UInt64, clock: ManualClock) {
        self.seed = seed
        self.clock = clock
        var random = SeededGenerator(seed: seed)
        ids = (0..<30).map { _ in Video.ID.make(at: clock.now, using: &random) }
        self.random = random
    }

    /// Applies operations one after another.
    ///
    /// - Returns: The first step with different results, or `nil` if there was none.
    package mutating func run(_ count: Int, on repositories: [any VideoRepository]) async throws -> Divergence? {
        claims = repositories.map { _ in [] }
        for step in 0..<count {
            if random.next(5) == 0 { clock.advance(by: .microseconds(random.next(40_000_000))) }
            let operation = try await operation(knownTo: repositories[0])
            var outcomes = [Outcome]()
            for (index, repository) in repositories.enumerated() {
                outcomes.append(try await apply(operation, to: repository, index))
            }
            if case .page(let page) = outcomes[0], let next = page.next { cursors[next.order] = next }
            guard outcomes.allSatisfy({ $0.isSame(as: outcomes[0]) }) else {
                return Divergence(
                    seed: seed, step: step, operation: "\(operation)", outcomes: outcomes.map { "\($0)" })
            }
        }
        return nil
    }

    private enum Operation {
        case insert(NewVideo, UploadLimits)
        case usage(UserID)
        case find(Video.ID, includingDeleted: Bool)
        case findSeveral([Video.ID], includingDeleted: Bool)
        case findKey(String)
        case update(Video.ID, version: Int, VideoChanges)
        case page(VideoQuery, PageRequest)
        case count(VideoQuery)
        case delete(Video.ID, version: Int?)
        case restore(Video.ID)
        case purge(Date, limit: Int)
        case purgeClaimed
        case claim(HousekeepingTask, limit: Int, lease: Duration)
        case findKeys([String], includingDeleted: Bool)
        case renew(lease: Duration)
        case startPurge
        case release
    }

    private enum Outcome {
        case video(Video?)
        case videos([Video])
        case purged([Video], keys: [[String]])
        case page(VideoPage)
        case count(Int)
        case usage(UploadUsage)
        case claims([Video], until: [Date])
        case done
        case refused(CatalogError.Code, fields: [String], current: Video?, usage: UploadUsage?)

        func isSame(as other: Outcome) -> Bool {
            switch (self, other) {
            case (.video(let one), .video(let two)): [one].sameBytes(as: [two])
            case (.videos(let one), .videos(let two)): one.sameBytes(as: two)
            case (.purged(let one, let keys), .purged(let two, let otherKeys)):
                one.sameBytes(as: two)
                    && keys.map { $0.map { Array($0.utf8) } } == otherKeys.map { $0.map { Array($0.utf8) } }
            case (.page(let one), .page(let two)): one.videos.sameBytes(as: two.videos) && one.next == two.next
            case (.count(let one), .count(let two)): one == two
            case (.usage(let one), .usage(let two)): one == two
            case (.claims(let one, let ends), .claims(let two, let otherEnds)):
                one.sameBytes(as: two) && ends == otherEnds
            case (.done, .done): true
            case (
                .refused(let one, let fields, let video, let usage),
                .refused(let two, let otherFields, let other, let otherUsage)
            ):
                one == two && Set(fields) == Set(otherFields) && usage == otherUsage && [video].sameBytes(as: [other])
            default: false
            }
        }
    }

    private mutating func apply(
        _ operation: Operation, to repository: any VideoRepository, _ index: Int
    ) async throws -> Outcome {
        do {
            switch operation {
            case .insert(let video, let limits): return .video(try await repository.insert(video, within: limits))
            case .usage(let user): return .usage(try await repository.uploadUsage(of: user))
            case .find(let id, let all): return .video(try await repository.video(id: id, includingDeleted: all))
            case .findSeveral(let ids, let all):
                return .videos(try await repository.videos(ids: ids, includingDeleted: all).videos)
            case .findKey(let key): return .video(try await repository.video(objectKey: key))
            case .update(let id, let version, let changes):
                return .video(try await repository.update(id, expecting: version, changes))
            case .page(let query, let page):
                return .page(try await repository.videos(matching: query, page: page))
            case .count(let query): return .count(try await repository.count(matching: query))
            case .delete(let id, let version): return .video(try await repository.delete(id, expecting: version))
            case .restore(let id): return .video(try await repository.restore(id))
            case .purge(let instant, let limit):
                let result = try await repository.purge(.deletedBefore(instant, limit: limit))
                return .purged(result.videos, keys: [result.unusedKeys])
            case .purgeClaimed:
                let result = try await repository.purge(.claimed(claims[index]))
                return .purged(result.videos, keys: [result.unusedKeys])
            case .startPurge:
                let orders = try await repository.startPurge(claims[index]).orders
                return .purged(orders.map(\.claim.video), keys: orders.map(\.keys))
            case .renew(let lease):
                let renewed = try await repository.renew(claims[index], lease: lease)
                return .claims(renewed.map(\.video), until: renewed.map(\.expiresAt))
            case .findKeys(let keys, let all):
                return .videos(try await repository.videos(objectKeys: keys, includingDeleted: all).videos)
            case .claim(let task, let limit, let lease):
                claims[index] = try await repository.claim(task, limit: limit, lease: lease).claims
                return .claims(claims[index].map(\.video), until: claims[index].map(\.expiresAt))
            case .release:
                try await repository.release(claims[index])
                return .done
            }
        } catch let error as CatalogError {
            return .refused(
                error.code, fields: error.fields.map(\.name), current: error.current,
                usage: error.usage)
        }
    }

    private mutating func operation(knownTo repository: any VideoRepository) async throws -> Operation {
        let id = random.pick(ids)
        let known = try await repository.video(id: id, includingDeleted: true)
        switch random.next(34) {
        case 0..<5: return .insert(newVideo(id), limits())
        case 30: return .usage(user())
        case 31..<34 where known?.replacement != nil:
            return .update(id, version: known?.version ?? 1, replacementEnd(known))
        case 31..<34: return .update(id, version: known?.version ?? 1, replacement())
        case 5: return .find(id, includingDeleted: random.next(2) == 0)
        case 6:
            return .findSeveral(
                (0..<random.next(40)).map { _ in random.pick(ids) }, includingDeleted: random.next(2) == 0)
        case 7: return .findKey(key())
        case 8..<13:
            let version = random.next(6) == 0 ? random.next(4) : known?.version ?? 1
            return .update(id, version: version, changes())
        case 13..<17:
            let query = query()
            let cursor = random.next(2) == 0 ? cursors[random.next(8) == 0 ? .newestFirst : query.order] : nil
            return .page(query, PageRequest(limit: random.next(30) == 0 ? 0 : 1 + random.next(12), after: cursor))
        case 17: return .count(query())
        case 18..<20:
            return .delete(id, version: random.next(2) == 0 ? nil : random.next(4) == 0 ? 1 : known?.version)
        case 20..<22: return .restore(id)
        case 22: return .purge(clock.now - Double(random.next(60)), limit: 1 + random.next(3))
        case 23:
            let tasks: [HousekeepingTask] = [
                .expiredUploads, .deletions, .purges(deletedBefore: clock.now - Double(random.next(30))),
                .stalledUploads(unchangedSince: clock.now - Double(random.next(30))), .replacedObjects,
            ]
            return .claim(random.pick(tasks), limit: 1 + random.next(4), lease: .seconds(random.next(60)))
        case 24: return .purgeClaimed
        case 26: return .startPurge
        case 27: return .renew(lease: .seconds(random.next(60)))
        case 28, 29:
            return .findKeys((0..<random.next(20)).map { _ in key() }, includingDeleted: random.next(2) == 0)
        default: return .release
        }
    }

    private mutating func newVideo(_ id: Video.ID) -> NewVideo {
        var video = NewVideo(
            title: title(), objectKey: key(), uploadedBy: user(), id: id,
            sessionID: random.next(4) == 0 ? nil : session(), tags: tags(), visibility: visibility(), state: state(),
            uploadExpiresAt: instant(), deleteAfter: instant())
        video.createdAt = random.next(3) == 0 ? nil : clock.now - Double(random.next(20))
        video.metadata = random.next(2) == 0 ? [:] : ["a\"": "\\\n\u{1}", "b": "😀"]
        video.renditions = random.next(2) == 0 ? [] : [.init(kind: "hls", key: "k/'\"\\.m3u8")]
        video.duration = random.next(2) == 0 ? nil : Double(random.next(1_000_000)) / 7
        video.byteSize = random.next(20) == 0 ? -1 : random.next(9) == 0 ? nil : Int64(random.next(1 << 40))
        if random.next(3) == 0 { video.upload = upload(random.next(2) == 0 ? video.objectKey : key()) }
        if random.next(4) == 0 { video.replacedKeys = [key(), "old"] }
        return video
    }

    private mutating func limits() -> UploadLimits {
        guard random.next(2) == 0 else { return .none }
        return UploadLimits(
            openUploads: random.next(2) == 0 ? nil : random.next(4) - (random.next(9) == 0 ? 1 : 0),
            openBytes: random.next(3) == 0 ? Int64(random.next(1 << 42)) : nil,
            totalBytes: random.next(3) == 0 ? Int64(random.next(1 << 43)) : nil)
    }

    private mutating func upload(_ key: String) -> Video.Upload {
        Video.Upload(
            objectKey: key, id: random.pick([nil, "é", "e\u{301}", "'"]),
            partSize: random.pick([nil, 5_242_880, 5_363_466_240, 7]),
            byteSize: random.next(2) == 0 ? nil : Int64(random.next(1 << 40)),
            contentType: random.pick([nil, "video/é"]))
    }

    /// An update that starts a replacement, if the state allows it.
    private mutating func replacement() -> VideoChanges {
        var changes = VideoChanges()
        changes.upload = .set(upload(key()))
        if random.next(2) == 0 { changes.uploadExpiresAt = .set(instant()) }
        if random.next(2) == 0 { changes.replacedKeys = .set([]) }
        return changes
    }

    /// An update that finishes or cancels a replacement.
    private mutating func replacementEnd(_ known: Video?) -> VideoChanges {
        var changes = VideoChanges()
        changes.upload = .clear
        guard let key = known?.replacement?.objectKey, random.next(3) > 0 else { return changes }
        changes.objectKey = .set(key)
        changes.state = .set(.ready)
        return changes
    }

    private mutating func changes() -> VideoChanges {
        var changes = VideoChanges()
        if random.next(3) == 0 { changes.title = .set(title()) }
        if random.next(4) == 0 { changes.objectKey = .set(key()) }
        if random.next(3) == 0 { changes.state = .set(state()) }
        if random.next(4) == 0 { changes.tags = .set(tags()) }
        if random.next(4) == 0 { changes.sessionID = .set(random.next(3) == 0 ? nil : session()) }
        if random.next(4) == 0 { changes.visibility = .set(visibility()) }
        if random.next(4) == 0 { changes.uploadExpiresAt = .set(instant()) }
        if random.next(4) == 0 { changes.deleteAfter = .set(instant()) }
        if random.next(9) == 0 { changes.upload = random.next(2) == 0 ? .clear : .set(upload(key())) }
        if random.next(6) == 0 { changes.replacedKeys = .set(random.next(2) == 0 ? [] : [key()]) }
        if random.next(5) == 0 { changes.width = .set(random.next(4) == 0 ? 0 : 640) }
        if random.next(5) == 0 { changes.metadata = .set(["n": "'; DROP TABLE video_catalog_videos; --"]) }
        return changes
    }

    private mutating func query() -> VideoQuery {
        var query = VideoQuery(
            deletion: random.pick(VideoQuery.DeletionFilter.allCases), order: random.pick(VideoQuery.Order.allCases))
        if random.next(3) == 0 {
            query.sessionIDs = Set((0..<random.pick([0, 1, 1, 2, 5, 25])).map { _ in session() })
        }
        if random.next(5) == 0 { query.uploadedBy = user() }
        if random.next(4) == 0 {
            query.states = Set(Video.State.Kind.allCases.filter { _ in random.next(2) == 0 })
        }
        if random.next(5) == 0 { query.visibilities = Set((0..<random.next(4)).map { _ in visibility() }) }
        if random.next(4) == 0 { query.tags = tags() }
        if random.next(5) == 0 { query.createdFrom = instant() }
        if random.next(5) == 0 { query.createdBefore = instant() }
        if random.next(5) == 0 { query.titleContains = random.pick(["", "%", "Ü", "u\u{308}", "lec", "_", "'"]) }
        if random.next(6) == 0 { query.uploadExpiresBy = instant() }
        return query
    }

    private mutating func key() -> String {
        random.pick(["é", "e\u{301}", "a'b", "a\"b", "%", ""]) + "/" + String(random.next(8))
    }
    private mutating func user() -> UserID { random.pick(["1", "2", "é", "e\u{301}"]) }
    private mutating func title() -> String {
        random.pick(["Lecture", "LECTURE 50%", "Über", "u\u{308}ber", "it's_", "😀", ""])
    }
    private mutating func session() -> CourseSessionID { CourseSessionID(random.next(30)) }
    private mutating func visibility() -> Video.Visibility { random.pick([.private, .unlisted, .public]) }
    private mutating func state() -> Video.State {
        random.pick([.pendingUpload, .uploading, .verifying, .ready, .failed(reason: "wrongSize"), .expired])
    }
    private mutating func tags() -> [String] {
        random.pick([[], ["a"], ["b", "a"], ["é"], ["e\u{301}", "é"], ["%", "a", "'"]])
    }
    private mutating func instant() -> Date? {
        random.next(3) == 0 ? nil : clock.now + Double(random.next(60_000_000) - 30_000_000) / 1_000_000
    }
}

extension Sequence {
    /// Returns a Boolean value that indicates whether all videos are equal, and their strings byte for byte.
    fileprivate func sameBytes(as other: some Sequence<Element>) -> Bool where Element == Video? {
        elementsEqual(other) { one, two in
            guard let one, let two else { return one == nil && two == nil }
            return one == two && one.title.utf8.elementsEqual(two.title.utf8)
                && one.objectKey.utf8.elementsEqual(two.objectKey.utf8)
                && one.tags.elementsEqual(two.tags) { $0.utf8.elementsEqual($1.utf8) }
        }
    }

    fileprivate func sameBytes(as other: [Video]) -> Bool where Element == Video {
        map(Optional.some).sameBytes(as: other.map(Optional.some))
    }
}
