#if Delivery && Emulator
import R2Emulator
import R2Kit
import R2Storage
import TestSupport
import Testing
import VideoCatalog

@testable import VideoDelivery

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Several programs that work on one upload, with their calls in every order, and with one lost response.
///
/// A schedule interrupts a program at most a number of times, which `R2KIT_INTERRUPTIONS` raises.
@Suite struct InterleavingTests {
    /// What became of a program.
    enum Outcome: Sendable, Equatable {
        case ready(etag: String?)
        case canceled
        case kept
        case failed(String)
    }

    typealias Program = @Sendable (VideoUploads, UploadAttempt) async -> Outcome

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var options = VideoDeliveryOptions()
        /// A Boolean value that indicates whether the client has sent the file before.
        var isSent = true
        /// A Boolean value that indicates whether the upload replaces the file of a video.
        var isReplacement = false
        let programs: [Program]
    }

    static let user = UploadWorld.user
    /// The file that replacements take the place of.
    static let replaced = SampleVideo.mp4(8192, seed: 2)
    static let interruptions = ProcessInfo.processInfo.environment["R2KIT_INTERRUPTIONS"].flatMap { Int($0) }

    /// A client that completes its upload, and cancels it after every error.
    static let cancelingClient: Program = { uploads, upload in
        do {
            return .ready(etag: try await uploads.complete(upload.video, attempt: upload.attempt, by: user).etag)
        } catch {
            return await canceler(uploads, upload)
        }
    }

    static let completer: Program = { uploads, upload in
        for _ in 0..<3 {
            do {
                return .ready(etag: try await uploads.complete(upload.video, attempt: upload.attempt, by: user).etag)
            } catch let error as VideoDeliveryError where error.code != .verificationPending {
                return .failed(error.code.rawValue)
            } catch {}
        }
        return .failed("again and again")
    }

    static let canceler: Program = { uploads, upload in
        for _ in 0..<3 {
            do {
                let result = try await uploads.cancel(upload.video, attempt: upload.attempt, by: user)
                return result == .canceled ? .canceled : .kept
            } catch let error as VideoDeliveryError {
                return .failed(error.code.rawValue)
            } catch {}
        }
        return .failed("again and again")
    }

    /// A worker that continues what clients left.
    static let worker: Program = { uploads, upload in
        do {
            return .ready(etag: try await uploads.complete(upload.video, evenIfOverdue: true).etag)
        } catch {
            return .failed("\((error as? VideoDeliveryError)?.code.rawValue ?? "\(error)")")
        }
    }

    static let cases = [VideoDeliveryOptions(), UploadWorld.inParts].flatMap { options in
        let form = options.singleRequestLimit == 0 ? "in parts" : "one request"
        return [
            Case(
                testDescription: "two clients, one of which cancels after every error, and a worker, \(form)",
                options: options,
                programs: [cancelingClient, completer, worker]),
            Case(
                testDescription: "a completion and a cancellation, \(form)", options: options,
                programs: [completer, canceler]),
            Case(
                testDescription: "a cancellation and a completion before the file is there, \(form)", options: options,
                isSent: false, programs: [canceler, completer, canceler]),
            Case(
                testDescription: "a completion and a cancellation of a replacement, \(form)", options: options,
                isReplacement: true, programs: [completer, canceler]),
            Case(
                testDescription: "a cancellation and a completion of a replacement before the file is there, \(form)",
                options: options, isSent: false, isReplacement: true, programs: [canceler, completer]),
        ]
    }

    @Test(arguments: cases)
    func `no order of calls loses a file or makes a wrong one ready`(_ scene: Case) async throws {
        try await explore(scene, maximumInterruptions: Self.interruptions ?? 1, losesResponses: false)
    }

    @Test(arguments: cases)
    func `one lost response in any order of calls loses no file`(_ scene: Case) async throws {
        try await explore(scene, maximumInterruptions: (Self.interruptions ?? 1) - 1, losesResponses: true)
    }

    private func explore(_ scene: Case, maximumInterruptions: Int, losesResponses: Bool) async throws {
        let r2 = try await R2Emulator.start()
        let gated = GatedClients(scene.programs.count, r2.config)
        do {
            var pending = [Schedule()]
            var seen = Set(pending)
            var count = 0
            while let schedule = pending.popLast() {
                count += 1
                let trace = try await run(schedule, scene, r2, gated, number: count)
                var next = schedule.alternatives(to: trace, maximumInterruptions: maximumInterruptions)
                if losesResponses, schedule.lostCall == nil {
                    next += trace.steps.indices.map { Schedule(choices: schedule.choices, lostCall: $0) }
                }
                for schedule in next where seen.insert(schedule).inserted { pending.append(schedule) }
            }
            #expect(count > 5)
            if let maximum = Self.interruptions {
                print("\(scene.testDescription): \(count) schedules with \(maximum) interruptions at most")
            }
        } catch {
            await gated.shutDown()
            await r2.stop()
            throw error
        }
        await gated.shutDown()
        await r2.stop()
    }

    private func run(
        _ schedule: Schedule, _ scene: Case, _ r2: R2Emulator, _ gated: GatedClients, number: Int
    ) async throws -> Schedule.Trace {
        let clock: CatalogClock = { r2.clock.now }
        let catalog = InMemoryVideoRepository(clock: clock)
        let client = R2Client(r2.config, configuration: R2ClientConfiguration(stallTimeout: .onBusyMachine))
        let uploads = try VideoUploads(
            catalog: catalog, client: client, policy: UploadPolicy(limits: .none), options: scene.options,
            clock: clock)
        let world = UploadWorld(r2: r2, log: CallLog(), catalog: catalog, client: client, uploads: uploads)
        let bytes = SampleVideo.mp4()
        let upload: UploadAttempt
        if scene.isReplacement {
            let video = try await world.ready(Self.replaced, token: "\(number)")
            upload = try await world.uploads.replace(
                video.id, with: UploadWorld.file(bytes), token: "new", by: Self.user)
        } else {
            upload = try await world.begin(bytes, token: "\(number)")
        }
        if scene.isSent { try await world.send(bytes, upload) }

        let turns = Turns(programs: scene.programs.count)
        gated.turns.value = turns
        let tasks = try scene.programs.enumerated().map { index, program in
            let uploads = try VideoUploads(
                catalog: InterceptedCatalog(
                    catalog: catalog, interceptor: CatalogTurns(program: index, turns: gated.turns)),
                client: gated.clients[index], policy: UploadPolicy(limits: .none), options: scene.options,
                clock: clock)
            return Task {
                let outcome = await program(uploads, upload)
                turns.end()
                return outcome
            }
        }
        let trace = await schedule.drive(turns)
        var outcomes: [Outcome] = []
        for task in tasks { outcomes.append(await task.value) }
        gated.turns.value = nil
        try await check(scene, outcomes, world, upload, bytes, "\(outcomes) \(schedule): \(trace.description)")
        return trace
    }

    private func check(
        _ scene: Case, _ outcomes: [Outcome], _ world: UploadWorld, _ upload: UploadAttempt, _ bytes: [UInt8],
        _ trace: String
    ) async throws {
        let row = try await world.row(upload.video)
        if outcomes.contains(.canceled) {
            if scene.isReplacement {
                try await world.expectReady(upload.video, Self.replaced)
            } else {
                #expect(row.isDeleted, "\(trace)")
            }
            #expect(!scene.isSent, "A file that had arrived was canceled. \(trace)")
            for case .ready in outcomes { Issue.record("A canceled upload was ready before. \(trace)") }
            return
        }
        guard scene.isSent else { return }
        // Whatever was interrupted, the next call finishes it, and every client that was told so was right.
        let video = try await world.uploads.complete(upload.video, by: Self.user)
        try await world.expectReady(upload.video, bytes)
        for case .ready(let etag) in outcomes { #expect(etag == video.etag, "\(trace)") }
        #expect(!outcomes.contains(.failed("verificationFailed")), "\(trace)")
    }
}
#endif
