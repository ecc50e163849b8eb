#if Postgres
import Foundation
import VideoCatalog
import VideoCatalogLibPQ
import VideoCatalogPostgres

// Changes a catalog until it is killed, and prints each acknowledged change: `ID VERSION` for a row, `ID started` for a
// row whose purge has started, `ID purged` for a row that was purged. Several columns of each row repeat its version.
guard CommandLine.arguments.count == 4, let seed = UInt64(CommandLine.arguments[3]) else {
    FileHandle.standardError.write(Data("usage: postgres-writer CONNECTION-STRING SCHEMA SEED\n".utf8))
    exit(2)
}

let pool = try LibPQPool(LibPQPoolConfiguration(connectionString: CommandLine.arguments[1]))
let schema = try PostgresSchema(name: CommandLine.arguments[2])
let repository = PostgresVideoRepository(pool, schema: schema)

/// Writes a whole line at once, so that it isn't lost when the process is killed.
@Sendable func report(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

@Sendable func write(_ edition: Int, to video: inout Video) {
    video.title = "v\(edition)"
    video.tags = ["v\(edition)", "all"]
    video.metadata = ["edition": "v\(edition)"]
}

@Sendable func work(_ worker: UInt64) async throws {
    var number = seed &* 1_000_003 &+ worker
    while true {
        number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var video = try await repository.insert(
            NewVideo(
                title: "v1", objectKey: "videos/\(UUID().uuidString)", uploadedBy: UserID(worker), tags: ["v1", "all"],
                metadata: ["edition": "v1"]))
        report("\(video.id) 1")
        for _ in 0..<(number >> 33) % 4 {
            video = try await repository.update(video) { write(video.version + 1, to: &$0) }
            report("\(video.id) \(video.version)")
        }
        guard (number >> 40) % 2 == 0 else { continue }
        video = try await repository.delete(video.id)
        report("\(video.id) \(video.version)")
        switch (number >> 41) % 4 {
        case 0: try await purge(.deletedBefore(Date(), limit: 2))
        case 1: try await startPurges(thenPurge: false)
        case 2: try await startPurges(thenPurge: true)
        default: break
        }
    }
}

@Sendable func purge(_ selection: PurgeSelection) async throws {
    for purged in try await repository.purge(selection).videos { report("\(purged.id) purged") }
}

/// Claims deleted videos and starts their purges.
///
/// Those that aren't purged are left to a later claim.
@Sendable func startPurges(thenPurge isPurged: Bool) async throws {
    let batch = try await repository.claim(.purges(deletedBefore: Date()), limit: 2, lease: .seconds(1))
    // The lease may be over on a slow machine, and other workers may have continued.
    let orders = try await repository.startPurge(batch.claims).orders
    for order in orders {
        report("\(order.claim.video.id) started")
        do {
            let restored = try await repository.restore(order.claim.video.id)
            throw RestoredVideo(video: restored)
        } catch let error as CatalogError where error.code == .purgeStarted || error.code == .notFound {
            continue
        }
    }
    if isPurged { try await purge(.claimed(orders.map(\.claim))) }
}

struct RestoredVideo: Error {
    let video: Video
}

do {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<4 as Range<UInt64> { group.addTask { try await work(worker) } }
        try await group.waitForAll()
    }
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(1)
}
#else
print("Build postgres-writer with the trait Postgres.")
#endif
