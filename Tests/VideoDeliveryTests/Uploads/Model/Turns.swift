#if Delivery && Emulator
import Synchronization

/// A scheduler that lets several programs make their calls one at a time, in an order of its choice.
final class Turns: Sendable {
    /// The decision about a call.
    enum Permission: Sendable {
        case perform
        /// The call is performed, and its response is lost.
        case loseResponse
    }

    /// A program that waits for its turn.
    struct Waiting: Sendable {
        let program: Int
        let call: String
    }

    private struct State {
        var running: Int
        var waiting: [Int: (call: String, continuation: CheckedContinuation<Permission, Never>)] = [:]
        var driver: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    init(programs: Int) { state = Mutex(State(running: programs)) }

    /// Waits for the turn of a program to make a call.
    func wait(_ program: Int, _ call: String) async -> Permission {
        await withCheckedContinuation { continuation in
            pause { $0.waiting[program] = (call, continuation) }
        }
    }

    /// Notes that a program has ended.
    func end() { pause { _ in } }

    private func pause(_ change: (inout State) -> Void) {
        let driver = state.withLock { state in
            change(&state)
            state.running -= 1
            guard state.running == 0 else { return nil as CheckedContinuation<Void, Never>? }
            defer { state.driver = nil }
            return state.driver
        }
        driver?.resume()
    }

    /// Waits until every program waits or has ended.
    ///
    /// - Returns: The programs that wait, in order.
    func settle() async -> [Waiting] {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isSettled = state.withLock { state in
                guard state.running > 0 else { return true }
                state.driver = continuation
                return false
            }
            if isSettled { continuation.resume() }
        }
        return state.withLock { state in
            state.waiting.sorted { $0.key < $1.key }.map { Waiting(program: $0.key, call: $0.value.call) }
        }
    }

    /// Lets a program make its call.
    func permit(_ program: Int, _ permission: Permission) {
        let continuation = state.withLock { state in
            state.running += 1
            return state.waiting.removeValue(forKey: program)?.continuation
        }
        continuation?.resume(returning: permission)
    }
}

/// The order in which programs make their calls: choices, and then the same program as long as it can.
struct Schedule: Sendable, Hashable, CustomStringConvertible {
    /// The programs of the first calls.
    var choices: [Int] = []
    /// The number of the call whose response is lost, from 0.
    var lostCall: Int?

    var description: String { "\(choices)\(lostCall.map { ", call \($0) lost" } ?? "")" }

    /// The calls of a run.
    struct Trace: Sendable {
        struct Step: Sendable {
            let program: Int
            let call: String
            /// The programs that could have been chosen.
            let enabled: [Int]
        }

        var steps: [Step] = []

        /// The number of times that a program was interrupted.
        func interruptions(before count: Int) -> Int {
            zip(steps, steps.dropFirst()).prefix(max(0, count - 1)).count {
                $1.program != $0.program && $1.enabled.contains($0.program)
            }
        }

        var description: String { steps.map { "\($0.program):\($0.call)" }.joined(separator: " ") }
    }

    /// Drives programs until all have ended.
    func drive(_ turns: Turns) async -> Trace {
        var trace = Trace()
        while true {
            let waiting = await turns.settle()
            guard let first = waiting.first else { return trace }
            let number = trace.steps.count
            let enabled = waiting.map(\.program)
            var program = trace.steps.last.map(\.program).flatMap { enabled.contains($0) ? $0 : nil } ?? first.program
            if number < choices.count, enabled.contains(choices[number]) { program = choices[number] }
            let call = waiting.first { $0.program == program }?.call ?? ""
            trace.steps.append(Trace.Step(program: program, call: call, enabled: enabled))
            turns.permit(program, number == lostCall ? .loseResponse : .perform)
        }
    }

    /// Returns the schedules that differ from a run in one choice after those that it was given.
    func alternatives(to trace: Trace, maximumInterruptions: Int) -> [Schedule] {
        (choices.count..<max(choices.count, trace.steps.count)).flatMap { index -> [Schedule] in
            let step = trace.steps[index]
            let before = trace.steps[..<index].map(\.program)
            let isInterruption = index > 0 && step.enabled.contains(before[index - 1])
            guard trace.interruptions(before: index) + (isInterruption ? 1 : 0) <= maximumInterruptions else {
                return []
            }
            return step.enabled.filter { $0 != step.program }.map {
                Schedule(choices: before + [$0], lostCall: lostCall)
            }
        }
    }
}
#endif
