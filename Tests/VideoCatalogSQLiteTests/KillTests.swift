#if SQLite

import CatalogTestSupport
import Foundation
import GRDB
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogSQLite

/// Kills a writing process (`Tests/SQLiteWriter`) repeatedly and checks the file.
@Suite("A killed writer")
struct KillTests {
    @Test func `leaves every confirmed change and no partial one`() async throws {
        let seed = UInt64.random(in: 0...(.max))
        print("kill test: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let directory = try Scratch()
        let path = directory.path("catalog.sqlite")
        var confirmed: [Video.ID: Writer.Line] = [:]
        var startedPurges: Set<Video.ID> = []
        for round in 0..<25 {
            // By the number of changes and not by time, so that a slow disk changes nothing.
            let count = 1 + random.next(random.happens(0.2) ? 120 : 24)
            let killed = try await Writer.run(path, seed: random.next(), killAfter: count)
            #expect(killed.count >= count, "seed \(seed), round \(round)")
            for line in killed {
                if confirmed[line.id]?.state == "started" {
                    startedPurges.insert(line.id)
                    #expect(["started", "purged"].contains(line.state), "seed \(seed), round \(round): \(line)")
                }
                confirmed[line.id] = line
            }
            #expect(try Inspection.problems(in: path) == [], "seed \(seed), round \(round)")
            let repository = try await SQLiteVideoRepository(path: path)
            var found: [Video.ID: Video] = [:]
            for try await video in repository.allVideos(matching: VideoQuery(deletion: .any)) {
                found[video.id] = video
            }
            // The last operation may have been committed without being confirmed: one video, one version.
            var unconfirmed = found.keys.count { confirmed[$0] == nil }
            for line in confirmed.values {
                switch (found[line.id], line.state) {
                case (nil, "purged"): continue
                case (let video?, let state) where state != "purged":
                    if video.version == line.version, video.writerState == state { continue }
                    // A purge that has started is never undone. The next change of its row is the removal.
                    #expect(
                        video.version == line.version + 1 && state != "started",
                        "seed \(seed), round \(round): \(line), but \(video)")
                case (let video, let state):
                    #expect(
                        video == nil && ["deleted", "started"].contains(state),
                        "seed \(seed), round \(round): \(line)")
                }
                unconfirmed += 1
            }
            #expect(unconfirmed <= 1, "seed \(seed), round \(round)")
            for video in found.values {
                let version = video.title.split(separator: " ").last.map { "v\($0)" }
                #expect(video.tags.last == version, "seed \(seed), round \(round): partial change of \(video)")
            }
            confirmed = found.mapValues {
                Writer.Line(id: $0.id, version: $0.version, state: $0.writerState)
            }
            try repository.writer.close()
        }
        #expect(!startedPurges.isEmpty, "seed \(seed): no purge was started and continued")
    }
}

extension Video {
    /// The state as the writer prints it.
    fileprivate var writerState: String { !isDeleted ? "live" : purgeStartedAt == nil ? "deleted" : "started" }
}

/// Runs the program `sqlite-writer`, which is built with the tests.
private enum Writer {
    struct Line {
        let id: Video.ID
        let version: Int
        let state: String
    }

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs the program until it has confirmed a number of changes, and kills it.
    ///
    /// - Returns: All confirmed changes.
    static func run(_ path: String, seed: UInt64, killAfter count: Int) async throws -> [Line] {
        let writer = try RunningProgram(try BuiltProgram.path("sqlite-writer"), [path, String(seed)])
        while writer.isRunning, writer.output.count(where: { $0 == "\n" }) < count {
            try await Task.sleep(for: .milliseconds(2))
        }
        writer.kill()
        let outcome = try await writer.outcome()
        guard outcome.status == 128 + SIGKILL else {
            throw Missing(description: "sqlite-writer exited with \(outcome.status): \(outcome.errors)")
        }
        // An incomplete line confirms nothing.
        return outcome.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .compactMap { line in
                let words = line.split(separator: " ")
                guard words.count == 3, let id = Video.ID(String(words[0])), let version = Int(words[1]) else {
                    return nil
                }
                return Line(id: id, version: version, state: String(words[2]))
            }
    }
}

#endif
