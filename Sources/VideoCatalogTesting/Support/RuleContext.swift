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
