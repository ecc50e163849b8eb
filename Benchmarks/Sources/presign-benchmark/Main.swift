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
        guard let kind = words.first.flatMap(Workload.Kind.init), let count = words.last.flatMap(Int.init) else {
            print("usage: presign-benchmark w1|w2|batch|cold|keys KEYS [--passes=N] [--threads=N] [--show]")
            exit(2)
        }
        let passes = option("--passes", in: arguments) ?? 1
        let threads = option("--threads", in: arguments) ?? 1
        let workload = try Workload(keys: count)
        if arguments.contains("--show") { print(try workload.presigner.presignPlayback(of: workload.keys[0]).url) }
        _ = try Workload(keys: 2).run(kind)

        let start = threads == 1 ? seconds(of: CLOCK_PROCESS_CPUTIME_ID) : seconds(of: CLOCK_MONOTONIC)
        let length = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<threads {
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
