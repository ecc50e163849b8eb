import Foundation

/// The result of one side in one round.
struct Measurement {
    /// The number of reads per second.
    let rate: Double
    /// The CPU time of the client process for one read, user and system.
    let processorMicroseconds: Double
}

/// The CPU time of processes, in microseconds.
enum ProcessorTime {
    /// The CPU time of this process.
    static var own: Double { used(by: 0) }

    /// The CPU time of this process's children that have ended.
    static var children: Double { used(by: -1) }

    /// The numbers are `RUSAGE_SELF` and `RUSAGE_CHILDREN`, whose types differ between platforms.
    private static func used(by process: Int32) -> Double {
        var usage = rusage()
        getrusage(process, &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) * 1e6 + Double($1.tv_usec) }
    }
}
