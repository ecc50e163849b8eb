import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A presigner shared by many tasks")
struct ConcurrencyTests {
    /// Returns dates that make the tasks need different seconds, days and windows at the same time.
    static func instant(_ task: Int, _ round: Int) -> Date {
        Date(timeIntervalSince1970: Double(1_767_225_500 + (task * 7 + round) % 200))
    }

    @Test func `returns to every task the same as its own presigner`() async throws {
        let config = try Fixture.config()
        let shared = R2Presigner(config)
        let key = try ObjectKey("videos/a b.mp4")
        // The expected URLs, made one by one in advance for 200 seconds around midnight.
        let expected = try (0..<200).map { offset in
            let own = R2Presigner(config)
            let instant = Date(timeIntervalSince1970: Double(1_767_225_500 + offset))
            return (
                try own.presignPlayback(of: key, at: instant).url,
                try own.presignPlayback(of: key, stableWithin: .fiveMinutes, at: instant).url
            )
        }
        let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var wrong = 0
                    for round in 0..<7000 {
                        let instant = Self.instant(task, round)
                        let (plain, stable) = expected[(task * 7 + round) % 200]
                        if try shared.presignPlayback(of: key, at: instant).url != plain { wrong += 1 }
                        if try shared.presignPlayback(of: key, stableWithin: .fiveMinutes, at: instant).url != stable {
                            wrong += 1
                        }
                    }
                    return wrong
                }
            }
            var total = 0
            for try await count in group { total += count }
            return total
        }
        #expect(wrong == 0)
    }
}
