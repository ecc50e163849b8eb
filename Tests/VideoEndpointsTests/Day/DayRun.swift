#if Delivery && Emulator
import Foundation
import HTTPTypes
import R2Emulator
import R2Kit
import TestSupport
import VideoDelivery

/// A day of several people who use the endpoints, with faults of R2, chosen by a seed.
actor DayRun {
    /// A video as its client knows it.
    struct Slot {
        let owner: Person
        let token: String
        var bytes: [UInt8]
        /// The identifier, once the upload has begun.
        var video: String?
        /// The last response that described the upload, which may have expired since.
        var upload: Reply?
        /// The replacement that its client wants, with the response to its beginning, which may be lost.
        var replacement: (token: String, bytes: [UInt8], upload: Reply?)?
        /// The files that the video may have: the acknowledged one, and those that came after it.
        var files: [[UInt8]] = []
        var isAcknowledged = false
        var isDeleted = false
        var isOver = false
    }

    let seed: UInt64
    let world: EndpointWorld
    var random: SeededGenerator
    var slots: [Slot] = []
    private(set) var trace: [String] = []
    private(set) var problems: [String] = []
    /// The number of responses by status.
    private(set) var statuses: [Int: Int] = [:]
    private var hasFault = false
    private var count = 0
    private let housekeeping: VideoHousekeeping

    /// The upload of a slot that is under way, and its file.
    func current(_ slot: Int) -> (upload: Reply, bytes: [UInt8])? {
        if let replacement = slots[slot].replacement, let upload = replacement.upload {
            return (upload, replacement.bytes)
        }
        return slots[slot].upload.map { ($0, slots[slot].bytes) }
    }

    static let people = [Person.ada, .bob, Person(name: "carol"), Person(name: "dan")]

    private static let faults: [R2Emulator.Fault] = [
        .internalError, .tooManyRequests, .expired, .lostResponse, .droppedConnection, .cutOff(afterBytes: 20),
        .error(status: 503, code: "ServiceUnavailable"), .error(status: 403, code: "AccessDenied"),
    ]

    init(seed: UInt64, world: EndpointWorld) {
        self.seed = seed
        self.world = world
        random = SeededGenerator(seed: seed, "day")
        housekeeping = VideoHousekeeping(world.uploads)
    }

    /// Lives through a day in steps of a few minutes.
    ///
    /// - Parameter steps: The number of steps that the day has.
    func live(steps: Int) async {
        for _ in 0..<steps {
            hasFault = random.happens(0.3)
            if hasFault { injectFault() }
            let (first, second) = (chooseAction(), random.happens(0.3) ? chooseAction() : nil)
            trace.append("\(first.name)\(second.map { " + \($0.name)" } ?? "")\(hasFault ? ", with a fault" : "")")
            async let other: Void = perform(second)
            await perform(first)
            await other
            world.r2.removeFaults()
            world.r2.clock.advance(by: .seconds(86_400 / steps))
            if random.happens(0.2) { injectFault() }
            await keepHouse()
            world.r2.removeFaults()
        }
    }

    private func injectFault() { world.r2.inject(random.pick(Self.faults), count: 1 + random.next(3)) }

    private func perform(_ action: DayAction?) async { if let action { await action.perform(self) } }

    private func keepHouse() async {
        do {
            let pass = try await housekeeping.runOnce()
            for report in pass.reports where report.done > 0 { note("\(report.step): \(report.done)") }
        } catch { fail("housekeeping: \(error)") }
    }

    // MARK: Requests

    /// Sends a request, whose response may only be the server's error if R2 has a fault.
    func send(_ slot: Int, _ method: HTTPRequest.Method, _ path: String, json: String? = nil) async -> Reply? {
        let reply: Reply
        do { reply = try await world.send(method, path, json: json, as: slots[slot].owner) } catch {
            fail("\(method) \(path): \(error)")
            return nil
        }
        statuses[reply.status, default: 0] += 1
        note("slot \(slot) \(method) \(path.prefix(16)): \(reply.status) \(reply.code ?? "")")
        if reply.status == 500 || reply.status > 500 && !hasFault {
            fail("slot \(slot) \(method) \(path): \(reply.text)")
        }
        return reply
    }

    func addSlot() -> Int {
        count += 1
        slots.append(Slot(owner: random.pick(Self.people), token: "token \(count)", bytes: makeFile()))
        return slots.count - 1
    }

    /// A file that is sent in one request, or seldom one of two parts.
    func makeFile() -> [UInt8] {
        count += 1
        let size = random.happens(0.03) ? Int(PartPlan.minimumPartLength) + 77 : random.happens(0.5) ? 4096 : 6000
        return SampleVideo.mp4(size, seed: UInt8(count % 250))
    }

    func note(_ text: String) { trace.append("  " + text) }

    func fail(_ problem: String) {
        problems.append(problem)
        trace.append("  PROBLEM")
    }
}
#endif
