#if Delivery && Emulator
import Testing
import VideoDelivery

/// The table of the documentation: each operation, and each point at which a response is lost or the process dies.
@Suite struct UploadLossTests {
    struct Cell: Sendable, CustomTestStringConvertible {
        let scenario: UploadScenario
        let trouble: Trouble

        var testDescription: String {
            "\(scenario.testDescription): \(trouble.kind) at \(scenario.calls[trouble.call - 1]) (\(trouble.call))"
        }

        static let all = UploadScenario.all.flatMap { scenario in
            scenario.calls.indices.flatMap { index in
                Trouble.Kind.allCases.map { Cell(scenario: scenario, trouble: Trouble(kind: $0, call: index + 1)) }
            }
        }
    }

    @Test(arguments: UploadScenario.all)
    func `an operation makes the calls that the documentation lists`(_ scenario: UploadScenario) async throws {
        try await UploadWorld.with(options: scenario.options) { world in
            let stage = try await scenario.prepare(world)
            world.log.watch(nil)
            try await scenario.perform(world, stage)
            world.log.stop()
            // What a client sends is none of the operation's calls.
            #expect(world.log.calls.filter { $0 != "UploadPart" } == scenario.calls)
        }
    }

    @Test(arguments: Cell.all)
    func `after a loss or a death, the same call has the full effect`(_ cell: Cell) async throws {
        try await UploadWorld.with(options: cell.scenario.options) { world in
            let stage = try await cell.scenario.prepare(world)
            world.log.watch(cell.trouble)
            try? await cell.scenario.perform(world, stage)
            world.log.stop()
            #expect(world.log.calls.count >= cell.trouble.call, "the trouble never came: \(world.log.calls)")
            try await cell.scenario.perform(world, stage)
            try await cell.scenario.check(world, stage, cell.trouble)
            // And a third time.
            try await cell.scenario.perform(world, stage)
        }
    }
}
#endif
