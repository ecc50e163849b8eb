#if Postgres
import Foundation
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogLibPQ
import VideoCatalogPostgres

/// A process that is killed in the middle of writes.
@Suite(.againstPostgres, .serialized)
struct KilledWriterTests {
    @Test func `the changes that a killed process reported are stored, and no row is incomplete`() async throws {
        let catalog = try await TestCatalog.make()
        let url = try await SharedPool.configuration().connectionString
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = seed
        var acknowledged = [String: String]()
        for round in 0..<12 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let writer = try Writer(url: url, schema: catalog.schema.name, seed: seed &+ UInt64(round))
            // It is killed after a number of lines, wherever its tasks are then.
            let lines = try await writer.kill(afterLines: 20 + Int(random >> 33) % 200)
            for line in lines {
                let words = line.split(separator: " ").map(String.init)
                try #require(words.count == 2, "\(line), seed \(seed)")
                if acknowledged[words[0]] != "purged" { acknowledged[words[0]] = words[1] }
            }
        }
        try await settle(catalog)
        #expect(acknowledged.count > 200)
        var stored = [String: Video]()
        for try await video in catalog.repository.allVideos(matching: VideoQuery(deletion: .any), pageSize: 1000) {
            stored[video.id.description] = video
            // Each column repeats the version, but a deletion, which increases it, doesn't change them.
            let edition = "v\(video.isDeleted ? video.version - 1 : video.version)"
            #expect(
                video.title == edition && video.tags == [edition, "all"] && video.metadata == ["edition": edition],
                "\(video), seed \(seed)")
        }
        for (id, word) in acknowledged {
            guard let version = Int(word) else {
                #expect(stored[id] == nil, "\(id) was purged, seed \(seed)")
                continue
            }
            // One more change or a purge may have been made without being reported.
            guard let video = stored[id] else { continue }
            #expect((version...(version + 1)).contains(video.version), "\(video), seed \(seed)")
        }
        let lost = acknowledged.filter { Int($0.value) != nil && stored[$0.key] == nil }
        // A purge removes at most two rows. Four tasks ran in each of twelve rounds.
        #expect(lost.count <= 2 * 4 * 12, "\(lost), seed \(seed)")
    }

    /// Waits until the server has closed the sessions of killed clients.
    private func settle(_ catalog: TestCatalog) async throws {
        while try await catalog.run(
            "SELECT 1 FROM pg_stat_activity WHERE application_name = 'postgres-writer'"
        ).rowCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
    }
}

/// The program `postgres-writer`.
private final class Writer: @unchecked Sendable {
    private let process = Process()
    private let output = Pipe()

    init(url: String, schema: String, seed: UInt64) throws {
        process.executableURL = URL(fileURLWithPath: try BuiltProgram.path("postgres-writer"))
        process.arguments = [url + "&application_name=postgres-writer", schema, String(seed)]
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    /// Reads lines, kills the process, and reads the rest of its output.
    func kill(afterLines count: Int) async throws -> [String] {
        var bytes = Data()
        var lines = 0
        while lines < count {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            lines += more.count { $0 == UInt8(ascii: "\n") }
            bytes += more
        }
        #expect(lines >= count, "the writer ended by itself")
        Foundation.kill(process.processIdentifier, SIGKILL)
        bytes += output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self)
        // The last line may be incomplete.
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}
#endif
