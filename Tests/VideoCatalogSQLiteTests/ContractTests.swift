#if SQLite

import CatalogTestSupport
import GRDB
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogSQLite
import VideoCatalogTesting

@Suite("The repository contract")
struct ContractTests {
    @Test(arguments: VideoRepositoryContract.rules)
    func `holds in a file`(rule: ContractRule) async throws {
        let directory = try Scratch()
        try await rule.check(timeLimit: .onBusyMachine) { clock in
            try await SQLiteVideoRepository(path: directory.path("catalog.sqlite"), clock: clock)
        }
    }

    @Test func `holds in memory`() async throws {
        try await VideoRepositoryContract.check(
            timeLimit: .onBusyMachine, makeUnreadable: Self.makeUnreadable("metadata", "'{\"views\":5}'")
        ) { clock in
            try await SQLiteVideoRepository.inMemory(clock: clock)
        }
    }

    @Test(
        arguments: VideoRepositoryContract.rules.filter(\.needsUnreadableRows),
        [
            ("metadata", "'{\"views\":5}'"), ("created_at", "-1"), ("created_at", "4102444800000000"), ("state", "'x'"),
            ("renditions", "'[{}]'"), ("version", "0"), ("upload_expires_at", "9223372036854775807"),
            ("duration", "9e999"), ("frame_rate", "-9e999"),
        ])
    func `holds for every kind of unreadable row`(rule: ContractRule, fault: (column: String, value: String))
        async throws
    {
        try await rule.check(
            timeLimit: .onBusyMachine, makeUnreadable: Self.makeUnreadable(fault.column, fault.value)
        ) { clock in
            try await SQLiteVideoRepository.inMemory(clock: clock)
        }
    }

    private static func makeUnreadable(
        _ column: String, _ value: String
    ) -> MakeUnreadable<SQLiteVideoRepository> {
        { repository, id in
            try await repository.writer.write { db in
                try db.execute(
                    sql: "UPDATE video_catalog_videos SET \(column) = \(value) WHERE id = ?", arguments: [id.uuid])
                guard column == "created_at" else { return }
                // Lists by tag have the date from here.
                try db.execute(
                    sql: "UPDATE video_catalog_tags SET created_at = \(value) WHERE video_id = ?", arguments: [id.uuid])
            }
            return column
        }
    }

    @Test func `random operations have the same results as in the in-memory repository`() async throws {
        var seeds = SystemRandomNumberGenerator()
        for _ in 0..<6 {
            let seed = UInt64.random(in: 0...(.max), using: &seeds)
            let clock = ManualClock()
            let directory = try Scratch()
            let repositories: [any VideoRepository] = [
                InMemoryVideoRepository(clock: clock.catalogClock),
                try await SQLiteVideoRepository(path: directory.path("catalog.sqlite"), clock: clock.catalogClock),
                try await SQLiteVideoRepository.inMemory(clock: clock.catalogClock),
            ]
            var operations = RandomOperations(seed: seed, clock: clock)
            let divergence = try await operations.run(400, on: repositories)
            #expect(divergence == nil, "\(divergence?.description ?? "") (seed \(seed))")
        }
    }
}

#endif
