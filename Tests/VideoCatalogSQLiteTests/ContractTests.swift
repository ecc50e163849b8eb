#if SQLite

import TestSupport
import Testing
import VideoCatalog
import VideoCatalogSQLite
import VideoCatalogTesting

@Suite("The contract of repositories")
struct ContractTests {
    @Test(arguments: VideoRepositoryContract.rules)
    func `is kept in a file`(rule: ContractRule) async throws {
        let directory = try Scratch()
        try await rule.check { clock in
            try await SQLiteVideoRepository(path: directory.path("catalog.sqlite"), clock: clock)
        }
    }

    @Test func `is kept in memory`() async throws {
        try await VideoRepositoryContract.check { clock in try await SQLiteVideoRepository.inMemory(clock: clock) }
    }
}

#endif
