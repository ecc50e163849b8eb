#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Processor times of one kind of work, one for each round.
struct Measurement {
    private var values: [Double] = []

    /// Measures a body, which returns a number that depends on all of its work.
    mutating func add(_ body: () throws -> Int) rethrows {
        let start = Self.now()
        guard try body() > 0 else { exit(1) }
        values.append(Self.now() - start)
    }

    /// Measures a body, which returns a number that depends on all of its work.
    mutating func add(_ body: () async throws -> Int) async rethrows {
        let start = Self.now()
        guard try await body() > 0 else { exit(1) }
        values.append(Self.now() - start)
    }

    /// Adds a time that was measured elsewhere, in seconds.
    mutating func add(_ seconds: Double) { values.append(seconds) }

    /// The median, in seconds.
    var median: Double { values.sorted()[values.count / 2] }

    /// The median divided by a number of pieces of work, in microseconds.
    func microseconds(_ count: Int) -> Double { median * 1e6 / Double(count) }

    /// The processor time of the process, in seconds.
    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension Double {
    /// The number with two decimals.
    var rounded: Double { (self * 100).rounded() / 100 }
}
