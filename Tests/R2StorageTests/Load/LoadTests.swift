#if Storage
import R2Kit
import R2Storage
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Load", .takesLong)
struct LoadTests {
    @Test func `thousands of small puts and gets cause no error and leave no connection or memory behind`() async throws
    {
        let count = 10_000
        let concurrency = 64
        try await StrictBucket.run { bucket in
            let began = ContinuousClock.now
            // In a process of its own, whose memory is nobody else's.
            let outcome = try await StorageProcess.start(
                ["load", "\(count)", "\(concurrency)"], settings: bucket.settings
            ).outcome()
            let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            try #require(outcome.status == 0, "\(outcome)")
            #expect(lines.suffix(2) == [["done", "\(count)"], ["closed"]])
            let counts = bucket.counts
            #expect(counts.requests == 2 * count && counts.failures == 0)
            #expect(bucket.mostConnections <= concurrency)
            while bucket.openConnections > 0 { try await Task.sleep(for: .milliseconds(5)) }

            let memory = lines.filter { $0.first == "rss" }.compactMap { $0.count > 1 ? Int($0[1]) : nil }
            print(
                "load: \(2 * count) requests in \(began.duration(to: .now)), at most \(bucket.mostConnections) connections,",
                "RSS in KiB: \(memory)")
            try #require(memory.count == 10)
            // What is needed at all is there after the first thousands.
            let growth = (memory.last ?? 0) - memory[2]
            #expect(growth < 8 * 1024, "memory grew by \(growth) KiB: \(memory)")
        }
    }
}
#endif
