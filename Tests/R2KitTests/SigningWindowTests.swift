import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Stable URLs")
struct SigningWindowTests {
    @Test func `are the same within a window, and different in the next`() throws {
        let presigner = try Fixture.presigner()
        let key = try ObjectKey("k")
        // A multiple of 300.
        let start = Date(timeIntervalSince1970: 1_767_322_800)
        let url = { (offset: Double) in
            try presigner.presignPlayback(of: key, stableWithin: .fiveMinutes, at: start.addingTimeInterval(offset)).url
        }
        #expect(try url(0) == url(299.9))
        #expect(try url(300) == url(599))
        #expect(try url(299) != url(300))
        #expect(try url(-1) != url(0))
    }

    @Test func `live at least as long as requested, and at most one window longer`() throws {
        let presigner = try Fixture.presigner()
        let key = try ObjectKey("k")
        for seconds in [1, 7, 300, 3600, 100_000] {
            let window = try SigningWindow(.seconds(seconds))
            for offset in stride(from: 0, through: 2 * seconds, by: max(1, seconds / 3)) {
                let now = Fixture.instant.addingTimeInterval(Double(offset))
                let request = try presigner.presignPlayback(
                    of: key, expiresIn: .seconds(1000), stableWithin: window, at: now)
                let remaining = request.expiresAt.timeIntervalSince(now)
                #expect(remaining >= 1000)
                #expect(remaining <= 1000 + Double(seconds))
            }
        }
    }

    @Test func `have at most seven days together with their window`() throws {
        let presigner = try Fixture.presigner()
        let key = try ObjectKey("k")
        let window = try SigningWindow(.seconds(100))
        let longest = Duration.seconds(604_700)
        #expect(
            try presigner.presignPlayback(of: key, expiresIn: longest, stableWithin: window).parameter("X-Amz-Expires")
                == "604800")
        let error = #expect(throws: R2ValidationError.self) {
            try presigner.presignPlayback(
                of: key, expiresIn: R2Presigner.lifetimeRange.upperBound, stableWithin: window)
        }
        #expect(error?.code == .invalidLifetime)
        for seconds in [Int.min, 0, 604_800, Int.max] {
            #expect(throws: R2ValidationError.self) { try SigningWindow(.seconds(seconds)) }
        }
    }

    @Test func `of a batch are stable too`() throws {
        let presigner = try Fixture.presigner()
        let keys = try ["a", "b"].map { try ObjectKey($0) }
        let start = Date(timeIntervalSince1970: 1_767_322_800)
        let first = try presigner.presignPlayback(of: keys, stableWithin: .hour, at: start)
        #expect(
            try first == presigner.presignPlayback(of: keys, stableWithin: .hour, at: start.addingTimeInterval(3599)))
    }
}
