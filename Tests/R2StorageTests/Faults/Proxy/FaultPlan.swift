#if Storage
import Synchronization
import TestSupport

/// Draws the faults from a seed.
///
/// What happens to a request depends on its operation, key and part, and on how often these have been seen, not on the
/// order in which tasks come to run: a seed repeats a run.
final class FaultPlan: Sendable {
    private struct Series {
        var generator: SeededGenerator
        var burst: [Fault] = []
    }

    private struct State {
        var series: [String: Series] = [:]
        var calm: Set<String> = []
    }

    let seed: UInt64
    private let prefix: String
    private let rate: @Sendable (String) -> Double
    private let state = Mutex(State())

    /// Makes a plan.
    /// - Parameters:
    ///   - seed: What the faults are drawn from.
    ///   - prefix: What the keys begin with, which has no say in the faults: another run has another one.
    ///   - rate: How many of the requests about a key fail, from 0 to 1. The key is given without the prefix.
    init(seed: UInt64, prefix: String = "", rate: @escaping @Sendable (String) -> Double) {
        self.seed = seed
        self.prefix = prefix
        self.rate = rate
    }

    /// Lets every later request about a key pass.
    func calm(_ key: String) { state.withLock { _ = $0.calm.insert(key) } }

    func fault(for request: S3Request) -> Fault {
        let key = request.key ?? ""
        let name = key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : key
        let slot = "\(request.operation) \(name) \(request.partNumber ?? 0)"
        return state.withLock { state in
            guard !state.calm.contains(key) else { return .none }
            var series = state.series[slot] ?? Series(generator: SeededGenerator(seed: seed, slot))
            defer { state.series[slot] = series }
            if let next = series.burst.popLast() { return next }
            guard series.generator.happens(rate(name)) else { return .none }
            let fault = Self.draw(for: request, &series.generator)
            if case .refusal = fault {
                series.burst = Array(repeating: fault, count: series.generator.pick([0, 1, 2, 4]))
            }
            return fault
        }
    }

    private static func draw(for request: S3Request, _ generator: inout SeededGenerator) -> Fault {
        let answersLate = ["CompleteMultipartUpload", "CopyObject", "UploadPartCopy"].contains(request.operation)
        let fraction = Double.random(in: 0..<1, using: &generator)
        switch Int.random(in: 0..<100, using: &generator) {
        case ..<50:
            let places: [Fault.Place] = [
                .beforeRequest, .inHead(fraction), .inBody(fraction), .beforeAnswer, .inAnswerHead(fraction),
                .inAnswerBody(fraction), .afterAnswer,
            ]
            return .at(generator.pick(places), generator.pick([.reset, .close]))
        case ..<60:
            return .at(generator.pick([.beforeRequest, .inBody(fraction), .beforeAnswer]), .pause(5))
        case ..<63:
            return .at(
                generator.pick([.beforeRequest, .inBody(fraction), .beforeAnswer, .inAnswerBody(fraction)]),
                .stall(1200))
        case ..<78:
            return .refusal(
                status: generator.pick([429, 503, 503, 500, 502]), retryAfter: generator.pick([nil, nil, 0, 1]),
                readsBody: generator.happens(0.7))
        case ..<86:
            return answersLate ? .errorInSuccess(isDone: generator.happens(0.5)) : .at(.beforeAnswer, .reset)
        case ..<91:
            // A content of a length that nobody announced cannot be told from a whole one: see where ranges are asked for.
            let isPlainContent = request.operation == "GetObject" && request.headers["range"] == nil
            return .wrongLength(isPlainContent ? 1 : generator.pick([-1, 1, 1000]))
        case ..<95: return .duplicateAnswer
        default: return .drip
        }
    }
}
#endif
