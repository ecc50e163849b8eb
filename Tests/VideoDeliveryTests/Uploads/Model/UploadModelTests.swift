import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Every state that the model of uploads can reach.
///
/// With `R2KIT_EXHAUSTIVE`, there are more programs, and some minutes of work.
@Suite struct UploadModelTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let programs: [UploadModel.Program]
    }

    static let cases = UploadModel.File.allCases.flatMap { file in
        [
            Case(
                testDescription: "\(file): a client that cancels after every error, a worker, and a replay",
                programs: [.sender(file, times: 1), .cancelingClient, .completer, .sender(.other, times: 1)]),
            Case(
                testDescription: "\(file): two clients that cancel after every error, and a replay",
                programs: [.sender(file, times: 1), .cancelingClient, .cancelingClient, .sender(.other, times: 1)]),
        ] + (isExhaustive ? exhaustive(file) : [])
    }

    static let isExhaustive = ProcessInfo.processInfo.environment["R2KIT_EXHAUSTIVE"] != nil

    private static func exhaustive(_ file: UploadModel.File) -> [Case] {
        [
            Case(
                testDescription: "\(file): two clients that cancel after every error, a worker, and two replays",
                programs: [
                    .sender(file, times: 1), .cancelingClient, .cancelingClient, .completer, .sender(.other, times: 2),
                ]),
            Case(
                testDescription: "\(file): a cancellation, a client, a worker, and a replay",
                programs: [.sender(file, times: 2), .canceler, .completer, .completer, .sender(.other, times: 1)]),
        ]
    }

    @Test(arguments: cases, [false, true])
    func `no order of calls, with one lost response, breaks a rule`(_ scene: Case, _ overwritesCopies: Bool) {
        let start = UploadModel(programs: scene.programs, lossesLeft: 1, overwritesCopies: overwritesCopies)
        let (broken, count) = explore(start)
        #expect(broken == nil)
        #expect(count > 1000)
    }

    @Test(arguments: UploadModel.Flaw.allCases)
    func `the rules find a mistake in the design`(_ flaw: UploadModel.Flaw) {
        let programs: [UploadModel.Program] = [
            .sender(.good, times: 1), .cancelingClient, .completer, .sender(.other, times: 2),
        ]
        #expect(explore(UploadModel(programs: programs, lossesLeft: 1, flaw: flaw)).broken != nil)
    }

    /// Visits all states that follow a state.
    ///
    /// - Returns: The first broken rule, and the number of visited states.
    private func explore(_ start: UploadModel) -> (broken: String?, count: Int) {
        var seen: Set = [start]
        var pending = [start]
        while let state = pending.popLast() {
            if let broken = state.broken { return ("\(broken): \(state)", seen.count) }
            if state.programs.allSatisfy(\.isDone), !makesProgress(state) {
                return ("the upload doesn't end: \(state)", seen.count)
            }
            for next in state.successors() where seen.insert(next).inserted { pending.append(next) }
        }
        return (nil, seen.count)
    }

    /// Returns a Boolean value that indicates whether one more completion ends an upload whose file has arrived.
    private func makesProgress(_ state: UploadModel) -> Bool {
        guard let file = state.acknowledged else { return true }
        var last = state
        last.programs = [.completer]
        last.lossesLeft = 0
        for _ in 0..<50 where !last.programs[0].isDone {
            guard let next = last.successors().first else { return false }
            last = next
        }
        return last.row == (file == .notAVideo ? .failed : .ready(file)) || last.row == .deleted
    }
}
