import HTTPTypes
import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A presigner shared by many tasks")
struct ConcurrencyTests {
    /// Returns dates that make the tasks need different seconds, days and windows at the same time.
    static func instant(_ task: Int, _ round: Int) -> Date {
        Date(timeIntervalSince1970: Double(1_767_225_500 + (task * 7 + round) % 200))
    }

    @Test func `returns to every task the same as its own presigner`() async throws {
        let config = try Fixture.config()
        let shared = R2Presigner(config)
        let key = try ObjectKey("videos/a b.mp4")
        // The expected URLs, made one by one in advance for 200 seconds around midnight.
        let expected = try (0..<200).map { offset in
            let own = R2Presigner(config)
            let instant = Date(timeIntervalSince1970: Double(1_767_225_500 + offset))
            return (
                try own.presignPlayback(of: key, at: instant).url,
                try own.presignPlayback(of: key, stableWithin: .fiveMinutes, at: instant).url
            )
        }
        let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var wrong = 0
                    for round in 0..<7000 {
                        let instant = Self.instant(task, round)
                        let (plain, stable) = expected[(task * 7 + round) % 200]
                        if try shared.presignPlayback(of: key, at: instant).url != plain { wrong += 1 }
                        if try shared.presignPlayback(of: key, stableWithin: .fiveMinutes, at: instant).url != stable {
                            wrong += 1
                        }
                    }
                    return wrong
                }
            }
            var total = 0
            for try await count in group { total += count }
            return total
        }
        #expect(wrong == 0)
    }

    @Test func `signs many URLs of a second on every thread as the only one would`() async throws {
        let shared = R2Presigner(try Fixture.config())
        let key = try ObjectKey("videos/a b.mp4")
        let expected = try (0..<20).map { second in
            try R2Presigner(Fixture.config()).presignPlayback(of: key, at: Fixture.instant + Double(second)).url
        }
        let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var wrong = 0
                    var bytes: [UInt8] = []
                    for second in 0..<20 {
                        let date = Fixture.instant + Double(second)
                        for _ in 0..<50 {
                            let url = try shared.presignPlayback(of: key, at: date).url
                            if url != expected[second] { wrong += 1 }
                        }
                        bytes.removeAll(keepingCapacity: true)
                        try shared.presignPlayback(of: key, appendingTo: &bytes, at: date)
                        if bytes != Array(expected[second].utf8) { wrong += 1 }
                        await Task.yield()
                    }
                    return wrong
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }

    @Test func `of several signs with its own credentials on a thread that uses all of them`() throws {
        let key = try ObjectKey("a.mp4")
        var signatures: Set<String> = []
        for number in 0..<40 {
            let config = try R2Config(
                accountID: AccountID(Fixture.account),
                credentials: R2Credentials(accessKeyID: "AKID", secretAccessKey: "secret-\(number % 20)"),
                bucket: BucketName("media"))
            // The presigner is released before the next one is created, which may have the same address.
            let presigner = R2Presigner(config)
            let requests = try (0..<3).map { _ in try presigner.presignPlayback(of: key, at: Fixture.instant) }
            #expect(Set(requests).count == 1)
            let general = try presigner.presign(.get, key: key, at: Fixture.instant)
            #expect(requests[0].signature == general.signature)
            signatures.insert(general.signature)
        }
        #expect(signatures.count == 20)
    }
}
