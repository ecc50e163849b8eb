#if Delivery && Emulator && SQLite && (os(macOS) || os(Linux))
import Foundation
import R2Emulator
import R2Kit
import R2Storage
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogSQLite
import VideoDelivery

/// A real process that SIGKILL ends, and housekeeping in another one.
struct KillTests {
    /// 8 kills in integration runs, 2 otherwise.
    ///
    /// R2KIT_KILL_COUNT sets their number, and R2KIT_KILL_SEED repeats their choice.
    private static let settings: (count: Int, seed: UInt64) = {
        let environment = ProcessInfo.processInfo.environment
        return (
            environment["R2KIT_KILL_COUNT"].flatMap(Int.init) ?? (environment["R2KIT_INTEGRATION"] == "1" ? 8 : 2),
            environment["R2KIT_KILL_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 1...1_000_000_000)
        )
    }()

    @Test func `a process that is killed at any moment leaves nothing that another one doesn't finish`() async throws {
        let (count, seed) = Self.settings
        let whole = try #require(try await Self.run { _ in })
        #expect(whole.calls > 100)
        var random = SeededGenerator(seed: seed, "kills")
        // Half of the kills are before a call, all of which come in turn if there are enough. The others come between.
        let first = count / 2 >= whole.calls ? 0 : random.next(whole.calls)
        if count > 2 { print("kills: \(count), seed \(seed), \(whole.calls) calls in \(whole.duration) s") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                let call = (first + (number / 2) * max(1, whole.calls * 2 / count)) % whole.calls + 1
                let delay = Double.random(in: 0..<whole.duration, using: &random)
                if number >= 2 { try await group.next() }
                group.addTask {
                    let isAtCall = number.isMultiple(of: 2)
                    _ = try await Self.run(name: "R2KIT_KILL_SEED=\(seed), kill \(number)") { process in
                        if isAtCall { process.call = call } else { process.delay = delay }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Runs a process until its death, and checks the promises after housekeeping.
    ///
    /// - Returns: The number of calls and the duration in seconds, if the process came to its end before.
    private static func run(
        name: String = "whole", _ choose: (inout DoomedProcess) -> Void
    ) async throws -> (calls: Int, duration: Double)? {
        let scratch = try Scratch()
        var end: (Int, Double)?
        var emulator = R2Emulator.Options()
        emulator.keys = [
            R2Emulator.Key(
                accessKeyID: DoomedProcess.accessKeyID, secretAccessKey: DoomedProcess.secretAccessKey)
        ]
        try await UploadWorld.with(options: DoomedProcess.options, emulator: emulator) { plain in
            var process = try Self.process(plain, scratch)
            choose(&process)
            let place = "\(name), call \(process.call ?? 0), delay \(process.delay ?? 0)"
            _ = await withTaskExecutorPreference(ThreadExecutor()) {
                await #expect(processExitsWith: .signal(SIGKILL), "\(place)") { [process = process as DoomedProcess] in
                    await process.run()
                }
            }
            // This process opens what the other one left.
            let clock: CatalogClock = { plain.r2.clock.now }
            let catalog = try await SQLiteVideoRepository(path: scratch.path("catalog.sqlite"), clock: clock)
            let world = UploadWorld(
                r2: plain.r2, log: plain.log, catalog: catalog, client: plain.client,
                uploads: try plain.with(catalog: catalog).uploads)
            let settled = try await world.settle(VideoHousekeepingOptions(maximumOrphanShare: 1))
            #expect(settled.problems == [], "\(place)")
            #expect(settled.orphans == [], "\(place)")
            #expect(try await world.brokenPromises() == [], "\(place)")
            end = try await Self.checkPromises(try scratch.text("journal"), world, place)
        }
        return end
    }

    private static func process(_ world: UploadWorld, _ scratch: Scratch) throws -> DoomedProcess {
        let config = world.r2.config
        try scratch.newFile("journal").close()
        return DoomedProcess(
            endpoint: "\(config.endpoint)", bucket: config.bucket.rawValue, database: scratch.path("catalog.sqlite"),
            journal: scratch.path("journal"))
    }

    /// Checks that every acknowledged video has the acknowledged file, or a later one that was sent.
    private static func checkPromises(
        _ journal: String, _ world: UploadWorld, _ place: String
    ) async throws -> (Int, Double)? {
        var ready: [String: (file: Int, video: String)] = [:]
        var end: (Int, Double)?
        for line in journal.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            switch words[0] {
            case "ready": ready[words[1]] = (try #require(Int(words[2])), words[3])
            case "deleting": ready[words[1]] = nil
            case "end": end = (try #require(Int(words[1])), try #require(Double(words[2])))
            default: Issue.record("\(place): \(line)")
            }
        }
        for (token, acknowledged) in ready {
            let row = try await world.catalog.video(id: try #require(Video.ID(acknowledged.video)))
            guard let row, row.state == .ready else {
                Issue.record("\(place): the acknowledged video '\(token)' is lost")
                continue
            }
            let files = try #require(DoomedProcess.files[token]).dropFirst(acknowledged.file)
            let bytes = try await world.bytes(of: row.objectKey)
            #expect(files.contains(bytes), "\(place): '\(token)' has another file")
        }
        return end
    }
}
#endif
