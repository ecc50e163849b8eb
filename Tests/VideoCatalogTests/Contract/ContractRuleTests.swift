import Testing
import VideoCatalog
import VideoCatalogTesting

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The contract")
struct ContractRuleTests {
    private func mutant(_ description: String) throws -> Mutant {
        try #require(Mutant.all.first { $0.description == description })
    }

    @Test func `lists every broken rule, and goes on after the first`() async throws {
        let mutant = try mutant("the version is ignored: a lost update")
        let violations = try await #require(throws: ContractViolations.self) {
            try await VideoRepositoryContract.check(mutant.makeRepository)
        }
        #expect(
            violations.violations.map(\.rule) == [
                "An update that expects another version fails with the current row",
                "Of many replacements at once, one wins", "Of many updates of one version, one wins",
                "Retried updates lose no change",
            ])
        #expect(violations.ruleCount == VideoRepositoryContract.rules.count)
        let text = "\(violations)"
        #expect(
            text.hasPrefix(
                "4 of \(violations.ruleCount) rules of the contract are broken.\nBroken rule: An update that"))
        #expect(text.contains(": the error versionConflict\n  Actual: no error, but the video \"k\""))
        #expect(text.contains("Usual cause: the version isn't in the condition of the UPDATE"))
    }

    @Test func `shows the field and both values`() async throws {
        let mutant = try mutant("instants are kept to the millisecond")
        let rule = try #require(VideoRepositoryContract.rules.first { $0.name == mutant.rule })
        let violation = try await #require(throws: ContractViolation.self) {
            try await rule.check(mutant.makeRepository)
        }
        #expect(violation.expected == "deleteAfter 1970-01-01T00:00:00.000001Z")
        #expect(violation.actual == "deleteAfter 1970-01-01T00:00:00.000000Z")
    }

    @Test func `ends a rule whose call never returns`() async throws {
        let rule = try #require(VideoRepositoryContract.rules.first)
        let violation = try await #require(throws: ContractViolation.self) {
            try await rule.check(timeLimit: .milliseconds(50)) { clock in
                var operations = MutantRepository.Operations()
                operations.insert = { base, video in
                    await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
                    return try await base.insert(video)
                }
                return MutantRepository(base: InMemoryVideoRepository(clock: clock), operations: operations)
            }
        }
        #expect(violation.actual == "none: a call doesn't return")
        #expect(violation.expected.contains("0.05 seconds"))
    }

    @Test func `says what came where a call throws, or no repository can be made`() async throws {
        struct NoDatabase: Error, CustomStringConvertible { var description: String { "no database" } }
        let rule = try #require(VideoRepositoryContract.rules.first)
        let violation = try await #require(throws: ContractViolation.self) {
            try await rule.check { _ -> InMemoryVideoRepository in throw NoDatabase() }
        }
        #expect(violation.expected == "no error")
        #expect(violation.actual == "no database")
    }

    @Test func `stops when it is cancelled`() async throws {
        let started = AsyncStream<Void>.makeStream()
        let task = Task {
            try await VideoRepositoryContract.check { _ -> InMemoryVideoRepository in
                started.continuation.yield()
                await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
                throw CancellationError()
            }
        }
        for await _ in started.stream { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `holds with every seed`() async throws {
        let seed = UInt64.random(in: .min ... .max)
        do {
            try await VideoRepositoryContract.check(seed: seed) { clock in InMemoryVideoRepository(clock: clock) }
        } catch {
            Issue.record(error, "seed \(seed)")
        }
    }

    @Test func `has a hint for every rule`() {
        for rule in VideoRepositoryContract.rules {
            #expect(!rule.name.hasSuffix(".") && !rule.hint.isEmpty && rule.id == "\(rule)")
        }
    }
}

@Suite("A clock that is set by hand")
struct ManualClockTests {
    @Test func `stands still until it is told the time`() {
        let clock = ManualClock(at: Fixture.instant)
        let catalogClock = clock.catalogClock
        #expect(catalogClock() == Fixture.instant && catalogClock() == Fixture.instant)
        #expect(clock.advance(by: .microseconds(1)) == Fixture.date(1_772_357_400_000_001))
        #expect(clock.advance(by: .seconds(-1)) == Fixture.date(1_772_357_399_000_001))
        clock.set(to: CatalogTimestamp.first.date)
        #expect(catalogClock() == CatalogTimestamp.first.date)
    }

    @Test func `does not drift`() {
        let clock = ManualClock(at: Fixture.instant)
        for _ in 0..<10_000 { clock.advance(by: .microseconds(1)) }
        #expect(clock.now == Fixture.date(1_772_357_400_010_000))
    }
}
