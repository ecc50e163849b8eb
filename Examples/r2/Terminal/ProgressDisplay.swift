#if Storage
import R2Storage

/// A display of a transfer's progress: a bar on a terminal, or occasional lines elsewhere.
struct ProgressDisplay: Sendable {
    let label: String
    let isQuiet: Bool

    /// Shows the progress until the transfer ends or the task is cancelled.
    func show(_ updates: some AsyncSequence<TransferProgress, Never>) async {
        guard !isQuiet else { return }
        let isInteractive = Terminal.isInteractive
        var meter = RateMeter()
        var lines = PlainLines()
        for await progress in updates {
            let rate = meter.rate(progress.bytesDone)
            if isInteractive {
                Terminal.replaceLine(with: bar(progress, rate, width: Terminal.width))
            } else if lines.isDue(progress) {
                Terminal.write(line(progress, rate))
            }
            // Skips updates in the meantime: the next one is the latest.
            guard (try? await Task.sleep(for: .milliseconds(200))) != nil else { break }
        }
        if isInteractive { Terminal.replaceLine(with: "") }
    }

    private func bar(_ progress: TransferProgress, _ rate: Double?, width: Int) -> String {
        guard let fraction = progress.fraction else { return String(line(progress, rate).prefix(width - 1)) }
        let name = String(label.printable.suffix(24))
        let text = " \(percent(fraction))  \(amounts(progress, rate))"
        let room = min(40, width - 1 - name.count - text.count - 3)
        guard room >= 5 else { return String((name + text).prefix(width - 1)) }
        let done = Int(fraction * Double(room))
        return name + " [" + String(repeating: "#", count: done) + String(repeating: "-", count: room - done) + "]"
            + text
    }

    private func line(_ progress: TransferProgress, _ rate: Double?) -> String {
        let fraction = progress.fraction.map { "\(percent($0))  " } ?? ""
        return "\(label.printable): \(fraction)\(amounts(progress, rate))"
    }

    private func percent(_ fraction: Double) -> String {
        let digits = "\(Int(fraction * 100))"
        return String(repeating: " ", count: 3 - digits.count) + digits + " %"
    }

    private func amounts(_ progress: TransferProgress, _ rate: Double?) -> String {
        var text = Amounts.bytes(progress.bytesDone)
        if let total = progress.totalBytes { text += " of \(Amounts.bytes(total))" }
        guard let rate, rate > 0 else { return text }
        text += "  \(Amounts.bytes(rate))/s"
        if let total = progress.totalBytes {
            text += "  \(Amounts.time(Double(total - progress.bytesDone) / rate)) left"
        }
        return text
    }
}

/// A meter of the rate over the last seconds.
private struct RateMeter {
    private static let window: Duration = .seconds(5)
    private var samples: [(time: ContinuousClock.Instant, bytes: Int64)] = []

    /// Adds the number of bytes done so far.
    /// - Returns: The rate in bytes per second, or `nil` if there is nothing to compare with yet.
    mutating func rate(_ bytes: Int64) -> Double? {
        let now = ContinuousClock.now
        samples.append((now, bytes))
        while samples.count > 2, let first = samples.first, now - first.time > Self.window { samples.removeFirst() }
        guard let first = samples.first, now - first.time > .milliseconds(100) else { return nil }
        return Double(bytes - first.bytes) / ((now - first.time) / .seconds(1))
    }
}

/// A schedule for lines of progress: one for each tenth of the total, and one every ten seconds.
private struct PlainLines {
    private var tenths = 0
    private var last = ContinuousClock.now

    mutating func isDue(_ progress: TransferProgress) -> Bool {
        let tenths = progress.fraction.map { Int($0 * 10) } ?? 0
        guard tenths > self.tenths || ContinuousClock.now - last > .seconds(10) else { return false }
        self.tenths = tenths
        last = .now
        return true
    }
}
#endif
