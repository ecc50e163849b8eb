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
                // Workers report in any order.
                switch (acknowledged[words[0]], words[1]) {
                case ("purged", _): continue
                case ("started", let word) where word != "purged": continue
                case (_, let word): acknowledged[words[0]] = word
                }
            }
        }
        try await settle(catalog)
        #expect(acknowledged.count > 200)
        var stored = [String: Video]()
        for try await video in catalog.repository.allVideos(matching: VideoQuery(deletion: .any), pageSize: 1000) {
            stored[video.id.description] = video
            // Each column repeats the version, but a deletion and the start of a purge, which increase it, don't change
            // them.
            let edition = "v\(video.version - (video.isDeleted ? 1 : 0) - (video.purgeStartedAt != nil ? 1 : 0))"
            #expect(
                video.title == edition && video.tags == [edition, "all"] && video.metadata == ["edition": edition],
                "\(video), seed \(seed)")
        }
        for (id, word) in acknowledged {
            if word == "purged" { #expect(stored[id] == nil, "\(id) was purged, seed \(seed)") }
            // One more change or a purge may have been made without being reported.
            guard word != "purged", let video = stored[id] else { continue }
            if word == "started" {
                #expect(video.purgeStartedAt != nil && video.isDeleted, "\(video), seed \(seed)")
            } else {
                let version = try #require(Int(word), "\(id), seed \(seed)")
                let last = version + (video.purgeStartedAt != nil ? 2 : 1)
                #expect((version...last).contains(video.version), "\(video), seed \(seed)")
            }
        }
        #expect(acknowledged.values.contains("started"), "seed \(seed): no purge was started")
        let lost = acknowledged.filter { $0.value != "purged" && stored[$0.key] == nil }
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
private struct Writer {
    private let program: RunningProgram

    init(url: String, schema: String, seed: UInt64) throws {
        program = try RunningProgram(
            try BuiltProgram.path("postgres-writer"),
            [url + "&application_name=postgres-writer", schema, String(seed)])
    }

    /// Waits for lines of output, kills the process, and returns all of its lines.
    func kill(afterLines count: Int) async throws -> [String] {
        while program.isRunning, program.output.count(where: { $0 == "\n" }) < count {
            try await Task.sleep(for: .milliseconds(2))
        }
        program.kill()
        let outcome = try await program.outcome()
        #expect(outcome.status == 128 + SIGKILL, "the writer ended by itself: \(outcome.errors)")
        // The last line may be incomplete.
        return outcome.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}
#endif
