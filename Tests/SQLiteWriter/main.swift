// `sqlite-writer PATH SEED` changes videos until it is killed. For each committed change it prints the video's
// identifier, its version, and `live`, `deleted`, `started` (its purge has started) or `purged`.

#if SQLite

import Foundation
import VideoCatalog
import VideoCatalogSQLite

struct Writer {
    let repository: SQLiteVideoRepository
    var random: SeededNumbers
    var videos: [Video] = []

    static func run(_ path: String, seed: UInt64) async throws {
        var writer = Writer(
            repository: try await SQLiteVideoRepository(path: path), random: SeededNumbers(state: seed))
        try await writer.run()
    }

    private mutating func run() async throws {
        for try await video in repository.allVideos(matching: VideoQuery(deletion: .any)) { videos.append(video) }
        while true {
            if videos.count < 5 || (videos.count < 200 && random.below(10) < 3) {
                try await insert()
            } else {
                try await change(random.below(videos.count))
            }
        }
    }

    private mutating func insert() async throws {
        let new = NewVideo(
            title: "Lecture in version 1", objectKey: "videos/\(random.next())", uploadedBy: "42",
            description: String(repeating: "d", count: random.below(3000)), tags: ["a", "b", "v1"])
        let video = try await repository.insert(new)
        confirm(video)
        videos.append(video)
    }

    private mutating func change(_ index: Int) async throws {
        let video = videos[index]
        let choice = random.below(10)
        if !video.isDeleted && choice < 3 {
            videos[index] = try await repository.delete(video.id)
        } else if !video.isDeleted {
            var edited = video
            // A reader that sees only one of the two has found a partial change.
            edited.title = "Lecture in version \(video.version + 1)"
            edited.tags = (0..<random.below(8)).map { "t\($0)" } + ["v\(video.version + 1)"]
            let changes = VideoChanges(from: video, to: edited)
            videos[index] = try await repository.update(video.id, expecting: video.version, changes)
        } else if choice < 4 {
            guard let restored = try await restore(video) else { return }
            videos[index] = restored
        } else if choice < 8 {
            try await startPurge()
            return
        } else {
            try await purge(.deletedBefore(.distantFuture, limit: 1))
            return
        }
        confirm(videos[index])
    }

    /// Restores a deleted video, or returns `nil` if a worker that was killed has claimed it or started its purge.
    private func restore(_ video: Video) async throws -> Video? {
        do {
            return try await repository.restore(video.id)
        } catch let error as CatalogError where error.code == .purgeStarted || error.code == .claimed {
            return nil
        }
    }

    /// Claims a deleted video and starts its purge.
    ///
    /// Some purges are left to a later claim.
    private mutating func startPurge() async throws {
        let batch = try await repository.claim(
            .purges(deletedBefore: .distantFuture), limit: 1, lease: .seconds(1 + random.below(600)))
        // The lease may be over on a slow machine.
        guard let order = try await repository.startPurge(batch.claims).orders.first else { return }
        confirm(order.claim.video)
        for index in videos.indices where videos[index].id == order.claim.video.id {
            videos[index] = order.claim.video
        }
        if random.below(2) == 0 {
            try await repository.release([order.claim])
        } else {
            try await purge(.claimed([order.claim]))
        }
    }

    private mutating func purge(_ selection: PurgeSelection) async throws {
        let purged = try await repository.purge(selection).videos
        for video in purged { confirm(video, isPurged: true) }
        videos.removeAll { video in purged.contains { $0.id == video.id } }
    }

    private func confirm(_ video: Video, isPurged: Bool = false) {
        // One write per line, so that only the last line can be incomplete.
        let deletion = video.purgeStartedAt == nil ? "deleted" : "started"
        let state = isPurged ? "purged" : video.isDeleted ? deletion : "live"
        FileHandle.standardOutput.write(Data("\(video.id) \(video.version) \(state)\n".utf8))
    }
}

/// A random number generator with a seed.
struct SeededNumbers {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 16
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

guard CommandLine.arguments.count == 3, let seed = UInt64(CommandLine.arguments[2]) else {
    FileHandle.standardError.write(Data("usage: sqlite-writer PATH SEED\n".utf8))
    exit(2)
}
try await Writer.run(CommandLine.arguments[1], seed: seed)

#endif
