#if Delivery && Emulator
import Foundation
import R2Emulator
import R2Kit
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery

/// The whole workflow under faults, crashes and lost responses.
@Suite struct ChaosTests {
    /// R2KIT_CHAOS_COUNT sets the number of runs, and R2KIT_CHAOS_SEED repeats one.
    private static let settings: (count: Int, seed: UInt64, isRepetition: Bool) = {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["R2KIT_CHAOS_SEED"].flatMap(UInt64.init) { return (1, seed, true) }
        let isLong = environment["R2KIT_INTEGRATION"] == "1"
        let count = environment["R2KIT_CHAOS_COUNT"].flatMap(Int.init) ?? (isLong ? 200 : 6)
        return (count, UInt64.random(in: 1...1_000_000_000), false)
    }()

    @Test func `no fault, crash or lost response breaks a promise`() async throws {
        let (count, start, isRepetition) = Self.settings
        let kinds = try await ChaosCatalog.available()
        // A repetition uses every catalog, and otherwise they take turns.
        let runs =
            isRepetition ? kinds.map { (start, $0) } : (0..<count).map { (start + UInt64($0), kinds[$0 % kinds.count]) }
        if count > 6 { print("chaos: \(count) runs from seed \(start), on \(kinds.map(\.rawValue))") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, run) in runs.enumerated() {
                if number >= 3 { try await group.next() }
                group.addTask {
                    let problems = try await ChaosRun.perform(seed: run.0, catalog: run.1)
                    if !problems.isEmpty {
                        Issue.record(
                            """
                            R2KIT_CHAOS_SEED=\(run.0) on \(run.1)
                            \(problems.joined(separator: "\n"))
                            """)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
#endif
