#if Delivery && Emulator
import R2Emulator
import R2Kit
import R2Storage
import Synchronization
import TestSupport
import VideoCatalog
import VideoDelivery

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Clients and workers that do random things with random trouble, chosen by a seed.
actor ChaosRun {
    /// A video as its client knows it.
    struct Slot {
        let token: String
        let bytes: [UInt8]
        var upload: UploadAttempt?
        var replacement: (number: Int, bytes: [UInt8], upload: UploadAttempt?)?
        /// The files of the video in the order in which they were begun, from the last acknowledged one.
        var contents: [[UInt8]] = []
        var isAcknowledged = false
        /// A Boolean value that indicates whether the client tried to delete the video.
        var isDeleted = false
        var isOver = false
    }

    let seed: UInt64
    let world: UploadWorld
    let events: Mutex<[R2Event]>
    var random: SeededGenerator
    var slots: [Slot] = []
    var trace: [String] = []
    var problems: [String] = []
    var tokens = 0
    private var marks = OrphanMarks()
    private let workers: [VideoHousekeeping]

    init(seed: UInt64, world: UploadWorld) {
        self.seed = seed
        self.world = world
        random = SeededGenerator(seed: seed, "chaos")
        events = Mutex([])
        workers = (0..<2).map { _ in world.housekeeping(Self.housekeepingOptions) }
    }

    /// Few objects, of which many may be orphaned.
    static let housekeepingOptions = VideoHousekeepingOptions(
        itemsPerStep: 20, batchSize: 3, verificationRetryDelay: .seconds(60), maximumOrphanShare: 1)

    /// Performs a run in a new world.
    ///
    /// - Returns: The broken promises, with everything that happened before.
    static func perform(seed: UInt64, catalog kind: ChaosCatalog) async throws -> [String] {
        var random = SeededGenerator(seed: seed, "world")
        // Files above 5,000 bytes are sent in parts.
        let options = VideoDeliveryOptions(
            keyPrefix: random.happens(0.3) ? "app/" : "", singleRequestLimit: 5000,
            partSize: PartPlan.minimumPartLength)
        let retry =
            random.happens(0.5)
            ? RetryPolicy.none
            : RetryPolicy(maximumAttempts: 3, baseDelay: .milliseconds(1), maximumDelay: .milliseconds(1))
        let inbox = EventInbox()
        var emulator = R2Emulator.Options()
        emulator.eventHandler = { inbox.receive($0) }
        var problems: [String] = []
        try await UploadWorld.with(
            options: options, retry: retry, emulator: emulator, catalog: { try await kind.make(clock: $0) }
        ) { world in
            let run = ChaosRun(seed: seed, world: try world.withWatchedCatalog())
            await run.act(inbox)
            try await run.settle()
            try await run.check()
            problems = await run.report()
        }
        return problems
    }

    /// Performs random actions, some of them two at a time.
    private func act(_ inbox: EventInbox) async {
        for _ in 0..<(12 + random.next(14)) {
            events.withLock { $0 += inbox.take() }
            let trouble: Trouble? =
                random.happens(0.5)
                ? Trouble(kind: random.pick(Trouble.Kind.allCases), call: 1 + random.next(random.happens(0.5) ? 4 : 14))
                : nil
            let first = chooseAction()
            let second = random.happens(0.25) ? chooseAction() : nil
            trace.append("\(first.name)\(second.map { " + \($0.name)" } ?? "") \(trouble.map { "\($0)" } ?? "")")
            world.log.watch(trouble)
            async let other: Void = perform(second)
            await perform(first)
            await other
            world.log.stop()
        }
    }

    private func perform(_ action: ChaosAction?) async { if let action { await action.perform(self) } }

    /// Makes a new video for a client.
    func addSlot() -> Int {
        tokens += 1
        let size = random.happens(0.5) ? 4096 : random.happens(0.05) ? Int(PartPlan.minimumPartLength) + 77 : 6000
        slots.append(Slot(token: "token \(tokens)", bytes: SampleVideo.mp4(size, seed: UInt8(tokens % 100))))
        return slots.count - 1
    }

    func nextBytes() -> [UInt8] {
        tokens += 1
        return SampleVideo.mp4(random.happens(0.5) ? 4100 : 6100, seed: UInt8(100 + tokens % 100))
    }

    func note(_ text: String) { trace.append("  \(text)") }

    func fail(_ problem: String) { problems.append(problem) }

    private func report() -> [String] { problems.isEmpty ? [] : problems + trace + world.log.calls.suffix(5) }

    // MARK: Workers

    func keepHouse() async {
        do {
            let pass = try await workers[random.next(2)].runOnce()
            for report in pass.reports where report.done > 0 { note("\(report.step): \(report.done)") }
        } catch { note("\(error)") }
    }

    func reconcile() async {
        do {
            let result = try await workers[0].reconcile(marks, removing: true)
            marks = result.marks
            if !result.removed.isEmpty { note("removed \(result.removed)") }
        } catch { note("\(error)") }
    }

    func handleEvent() async {
        let known = events.withLock { $0 }
        guard !known.isEmpty else { return }
        let outcome = try? await workers[1].handle(random.pick(known))
        note(outcome.map { String("\($0)".prefix(20)) } ?? "event failed")
    }
}

/// The events that an emulator sent.
final class EventInbox: Sendable {
    private let events = Mutex<[R2Event]>([])

    func receive(_ event: R2Emulator.Event) {
        guard let data = try? JSONEncoder().encode(event), let event = try? R2Event(json: data) else { return }
        events.withLock { $0.append(event) }
    }

    func take() -> [R2Event] {
        events.withLock { events in
            defer { events = [] }
            return events
        }
    }
}
#endif
