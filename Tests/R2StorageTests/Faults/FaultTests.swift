#if Storage
import R2Kit
import R2Storage
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Transfers under faults")
struct FaultTests {
    @Test func `every transfer is complete or leaves the promised state`() async throws {
        try await StrictBucket.run { bucket in
            try await FaultRun(config: bucket.config(), count: FaultRun.usualCount).run()
            #expect(bucket.openUploads == 0 && bucket.openConnections <= 64)
        }
    }
}

/// Many transfers through a proxy that injects faults.
struct FaultRun {
    let config: R2Config
    let count: Int
    /// See ``FaultProxy/run(to:tls:resetsServer:refuses:faults:_:)``.
    var resetsServer = false

    /// The number of transfers in a run: `R2KIT_FAULT_COUNT`, otherwise 200 if server tests are enabled and 25 if not.
    static var usualCount: Int {
        let environment = ProcessInfo.processInfo.environment
        return environment["R2KIT_FAULT_COUNT"].flatMap(Int.init)
            ?? (environment["R2KIT_INTEGRATION"] == "1" ? 200 : 25)
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["R2KIT_FAULT_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 1...1_000_000_000)
        print(
            "faults: seed \(seed), \(count) transfers (R2KIT_FAULT_SEED repeats them, R2KIT_FAULT_COUNT sets their number)"
        )
        let began = ContinuousClock.now
        let (reports, left, faults) = try await FaultWorld.run(
            seed: seed, config: config, resetsServer: resetsServer
        ) { world in
            let reports = try await transfers(world)
            return (reports, try await cleanUp(world), world.log.summary)
        }
        let took = began.duration(to: .now)
        print("faults: seed \(seed), \(summary(reports)), \(took)\nfaults: \(faults)")
        for violation in reports.flatMap(\.violations) { Issue.record("seed \(seed), \(violation)") }
        #expect(reports.count == count)
        // Everything left at the end was reported, or can't be known to the client.
        #expect(left <= reports.map(\.uploadsThatMayBeLeft).reduce(0, +))
        // A run without failures or without successes proves nothing.
        #expect(reports.contains { $0.failure != nil } && reports.contains { $0.failure == nil })
    }

    private func transfers(_ world: FaultWorld) async throws -> [FaultScenario.Report] {
        let numbers = Numbers()
        return try await withThrowingTaskGroup(of: [FaultScenario.Report].self) { group in
            for _ in 0..<12 {
                group.addTask {
                    var reports: [FaultScenario.Report] = []
                    while true {
                        let number = numbers.next()
                        guard number < count else { return reports }
                        let scenario = try FaultScenario(world, number)
                        reports.append(await scenario.run())
                        // Otherwise the stored objects would add up to a gigabyte.
                        try? await world.direct.delete(scenario.key)
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// Removes all leftovers, and returns the number of uploads among them.
    private func cleanUp(_ world: FaultWorld) async throws -> Int {
        var left = 0
        for try await upload in world.direct.listMultipartUploads(prefix: world.prefix) {
            try await world.direct.abortMultipartUpload(upload.uploadID, key: upload.key)
            left += 1
        }
        try await world.direct.deleteObjects(world.direct.list(prefix: world.prefix).map(\.key))
        return left
    }

    private func summary(_ reports: [FaultScenario.Report]) -> String {
        let kinds = FaultScenario.Kind.allCases.map { kind in
            let all = reports.filter { $0.kind == kind }
            return "\(kind.rawValue) \(all.count) (\(all.filter { $0.failure != nil }.count) failed)"
        }
        let codes = Dictionary(grouping: reports.compactMap(\.failure)) { $0 }.map { "\($0.key): \($0.value.count)" }
            .sorted()
        let (resumed, unknown) = (reports.filter(\.isResumed).count, reports.map(\.unknownUploads).reduce(0, +))
        return "\(kinds.joined(separator: ", ")); \(resumed) resumed, \(unknown) uploads whose ids were lost; \(codes)"
    }
}
#endif
