import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The environment of a rule: an empty repository and its clock.
struct RuleContext: Sendable {
    let repository: any VideoRepository
    let clock: ManualClock
    let seed: UInt64
    let makeUnreadable: (@Sendable (Video.ID) async throws -> String)?

    /// Inserts a plain video, one second after the previous one.
    @discardableResult
    func insert(
        _ key: String, in state: Video.State = .pendingUpload, _ edit: (inout NewVideo) -> Void = { _ in }
    ) async throws -> Video {
        clock.advance(by: .seconds(1))
        var video = SampleVideos.plain(key)
        video.state = state
        edit(&video)
        return try await repository.insert(video)
    }

    /// Inserts a plain video and deletes it one second later.
    func insertDeleted(_ key: String, _ edit: (inout NewVideo) -> Void = { _ in }) async throws -> Video {
        let video = try await insert(key, edit)
        clock.advance(by: .seconds(1))
        return try await repository.delete(video.id, expecting: nil)
    }

    /// Makes a row unreadable.
    ///
    /// - Returns: The report that the repository must make.
    func spoil(_ id: Video.ID) async throws -> UnreadableRow {
        guard let makeUnreadable else {
            throw FailedExpectation("makeUnreadable", expected: "a closure", actual: "nil")
        }
        return UnreadableRow(id: id, column: try await makeUnreadable(id))
    }

    /// Inserts deleted videos, in the order of deletion, and claims them for a minute.
    func claimedForPurge(
        count: Int, _ edit: (inout NewVideo, Int) -> Void = { _, _ in }
    ) async throws -> ([Video], [VideoClaim]) {
        var videos = [Video]()
        for number in 0..<count { videos.append(try await insertDeleted("deleted/\(number)") { edit(&$0, number) }) }
        let claims = try await repository.claim(
            .purges(deletedBefore: .distantFuture), limit: 1000, lease: .seconds(60)
        ).claims
        try expect(claims.map(\.video), areExactly: videos, "videos claimed for a purge")
        return (videos, claims)
    }

    /// Inserts several plain videos, one per second.
    func insert(count: Int, _ edit: (inout NewVideo, Int) -> Void = { _, _ in }) async throws -> [Video] {
        var videos = [Video]()
        for number in 0..<count { videos.append(try await insert("v/\(number)") { edit(&$0, number) }) }
        return videos
    }

    /// Returns the stored row, live or deleted.
    func stored(_ id: Video.ID) async throws -> Video? { try await repository.video(id: id, includingDeleted: true) }

    /// Returns the first page of a query.
    func list(_ query: VideoQuery, limit: Int = 1000) async throws -> [Video] {
        try await repository.videos(matching: query, page: .first(limit)).videos
    }

    /// Returns the number of rows, live or deleted.
    func rowCount() async throws -> Int { try await repository.count(matching: VideoQuery(deletion: .any)) }

    /// Returns changes that a closure sets.
    func changes(_ edit: (inout VideoChanges) -> Void) -> VideoChanges {
        var changes = VideoChanges()
        edit(&changes)
        return changes
    }
}
