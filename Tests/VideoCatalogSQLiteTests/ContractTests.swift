#if SQLite

import CatalogTestSupport
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
        try await VideoRepositoryContract.check(timeLimit: .onBusyMachine) { clock in
            try await SQLiteVideoRepository.inMemory(clock: clock)
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
