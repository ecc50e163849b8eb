import Foundation

/// What one side did in one turn.
struct Measurement {
    /// Reads a second.
    let rate: Double
    /// What the client's process alone used of the processor for one read, in the system and out of it.
    let processorMicroseconds: Double
}

/// The time that processes have used of the processor, in microseconds.
enum ProcessorTime {
    /// Of this process.
    static var own: Double { used(by: 0) }

    /// Of the processes that this one started and that have ended.
    static var children: Double { used(by: -1) }

    /// The numbers are `RUSAGE_SELF` and `RUSAGE_CHILDREN`, which are not of the same type everywhere.
    private static func used(by whom: Int32) -> Double {
        var usage = rusage()
        getrusage(whom, &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) * 1e6 + Double($1.tv_usec) }
    }
}
