import R2Kit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `presign-benchmark KIND KEYS [--passes=N] [--threads=N] [--show]`: prints `r2kit/KIND` and the URLs per second of
/// processor time, or of elapsed time with threads.
@main
enum Main {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let words = arguments.filter { !$0.hasPrefix("--") }
        if words.first == "sharing", let count = words.last.flatMap(Int.init) {
            return try Sharing.run(
                keys: count, step: option("--step", in: arguments) ?? 0, rounds: option("--rounds", in: arguments) ?? 2,
                threads: option("--threads", in: arguments) ?? 2)
        }
        guard let kind = words.first.flatMap(Workload.Kind.init), let count = words.last.flatMap(Int.init) else {
            let kinds = Workload.Kind.allCases.map(\.rawValue).joined(separator: "|")
            print("usage: presign-benchmark \(kinds) KEYS [--passes=N] [--threads=N] [--show]")
            print("       presign-benchmark sharing KEYS [--step=SECONDS] [--rounds=N] [--threads=N]")
            exit(2)
        }
        let passes = option("--passes", in: arguments) ?? 1
        let threads = option("--threads", in: arguments) ?? 1
        // Each thread has keys of its own, so that the presigner is all that they share.
        let workload = try Workload(keys: count)
        let workloads = try [workload] + (1..<threads).map { _ in try Workload(keys: count, workload.presigner) }
        if arguments.contains("--show") { print(try workload.presigner.presignPlayback(of: workload.keys[0]).url) }
        _ = try Workload(keys: 2).run(kind)

        let start = threads == 1 ? seconds(of: CLOCK_PROCESS_CPUTIME_ID) : seconds(of: CLOCK_MONOTONIC)
        let length = try await withThrowingTaskGroup(of: Int.self) { group in
            for workload in workloads {
                group.addTask { try (0..<passes).reduce(0) { sum, _ in try sum + workload.run(kind) } }
            }
            var length = 0
            for try await part in group { length += part }
            return length
        }
        let end = threads == 1 ? seconds(of: CLOCK_PROCESS_CPUTIME_ID) : seconds(of: CLOCK_MONOTONIC)
        guard length > 0 else { exit(1) }
        let rate = Double(count * passes * threads) / (end - start)
        print("r2kit/\(kind)\(threads > 1 ? "/\(threads)-threads" : "") \(Int(rate))")
    }

    static func option(_ name: String, in arguments: ArraySlice<String>) -> Int? {
        arguments.first { $0.hasPrefix("\(name)=") }.flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    static func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
