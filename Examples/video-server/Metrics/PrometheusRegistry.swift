#if Emulator && Delivery && SQLite
import Metrics
import Synchronization

/// The metrics of the process, as a Prometheus server reads them.
///
/// It is a small backend for swift-metrics, with counters, gauges and histograms. Replace it with the one of your app.
///
/// Source: Prometheus, "Exposition formats", text format 0.0.4.
final class PrometheusRegistry: MetricsFactory, Sendable {
    private struct Key: Hashable, Comparable {
        let name: String
        let labels: String

        static func < (first: Key, second: Key) -> Bool {
            (first.name, first.labels) < (second.name, second.labels)
        }
    }

    private let values = Mutex<[Key: any PrometheusValue]>([:])

    /// The document, with the metrics in the order of their names.
    var text: String {
        let values = values.withLock { $0 }.sorted { $0.key < $1.key }
        var lines: [String] = []
        var last: String?
        for (key, value) in values {
            if key.name != last { lines.append("# TYPE \(key.name) \(value.type)") }
            last = key.name
            lines += value.lines(key.name, key.labels)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Returns the value with a name and dimensions, creating it if there is none.
    private func value<Value: PrometheusValue>(
        _ label: String, _ dimensions: [(String, String)], _ make: () -> Value
    ) -> Value {
        let labels = dimensions.map { "\(Self.name($0))=\"\(Self.escaped($1))\"" }.sorted().joined(separator: ",")
        return values.withLock { values in
            let key = Key(name: Self.name(label), labels: labels)
            if let value = values[key] as? Value { return value }
            let value = make()
            // Two kinds of metrics with one name would make a document that can't be read: the first stays.
            if values[key] == nil { values[key] = value }
            return value
        }
    }

    /// Returns a name in which characters that Prometheus doesn't allow are replaced.
    private static func name(_ text: String) -> String {
        let characters = text.unicodeScalars.map { scalar -> Character in
            let isAllowed = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            return isAllowed ? Character(scalar) : "_"
        }
        return (characters.first?.isNumber ?? true ? "_" : "") + String(characters)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    // MARK: Handlers

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        value(label, dimensions) { PrometheusCounter() }
    }

    func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        value(label, dimensions) { PrometheusCounter() }
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        value(label, dimensions) { PrometheusGauge() }
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate {
            value(label, dimensions) { PrometheusHistogram() }
        } else {
            value(label, dimensions) { PrometheusGauge() }
        }
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        value(label, dimensions) { PrometheusHistogram() }
    }

    // The values stay until the process ends, as Prometheus expects of counters.

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
#endif
