#if Emulator && Delivery && SQLite
import Metrics
import Synchronization

/// A metric with one set of labels.
protocol PrometheusValue: AnyObject, Sendable {
    /// The type in the document.
    var type: String { get }

    /// Returns the lines of the document.
    func lines(_ name: String, _ labels: String) -> [String]
}

extension PrometheusValue {
    /// Returns a line of the document.
    fileprivate func line(_ name: String, _ labels: String, _ value: String) -> String {
        labels.isEmpty ? "\(name) \(value)" : "\(name){\(labels)} \(value)"
    }

    /// Returns a number without a fraction if it has none.
    fileprivate func text(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? (value.isNaN ? "NaN" : "\(value)")
    }
}

/// A number that grows.
final class PrometheusCounter: PrometheusValue, CounterHandler, FloatingPointCounterHandler {
    private let value = Mutex(0.0)

    var type: String { "counter" }

    func increment(by amount: Int64) { value.withLock { $0 += Double(amount) } }

    func increment(by amount: Double) { value.withLock { $0 += amount } }

    func reset() { value.withLock { $0 = 0 } }

    func lines(_ name: String, _ labels: String) -> [String] { [line(name, labels, text(value.withLock { $0 }))] }
}

/// A number that goes up and down.
final class PrometheusGauge: PrometheusValue, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    var type: String { "gauge" }

    func set(_ new: Int64) { value.withLock { $0 = Double(new) } }

    func set(_ new: Double) { value.withLock { $0 = new } }

    func increment(by amount: Double) { value.withLock { $0 += amount } }

    func decrement(by amount: Double) { value.withLock { $0 -= amount } }

    func record(_ new: Int64) { set(new) }

    func record(_ new: Double) { set(new) }

    func lines(_ name: String, _ labels: String) -> [String] { [line(name, labels, text(value.withLock { $0 }))] }
}

/// Durations in seconds, and other numbers, counted by size.
final class PrometheusHistogram: PrometheusValue, RecorderHandler, TimerHandler {
    private struct State {
        var counts = Array(repeating: 0, count: PrometheusHistogram.bounds.count)
        var count = 0
        var sum = 0.0
    }

    private static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

    private let state = Mutex(State())

    var type: String { "histogram" }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        state.withLock { state in
            state.count += 1
            state.sum += value
            if let index = Self.bounds.firstIndex(where: { value <= $0 }) { state.counts[index] += 1 }
        }
    }

    func lines(_ name: String, _ labels: String) -> [String] {
        let state = state.withLock { $0 }
        let prefix = labels.isEmpty ? "" : labels + ","
        var total = 0
        var lines = zip(Self.bounds, state.counts).map { bound, count in
            total += count
            return line("\(name)_bucket", "\(prefix)le=\"\(text(bound))\"", String(total))
        }
        lines.append(line("\(name)_bucket", "\(prefix)le=\"+Inf\"", String(state.count)))
        return lines + [
            line("\(name)_sum", labels, text(state.sum)), line("\(name)_count", labels, String(state.count)),
        ]
    }
}
#endif
