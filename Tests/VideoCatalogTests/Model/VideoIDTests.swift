import TestSupport
import Testing
import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A video's identifier")
struct VideoIDTests {
    /// A generator that repeats the same words.
    private struct Words: RandomNumberGenerator {
        var words: [UInt64]
        mutating func next() -> UInt64 {
            words.append(words.removeFirst())
            return words[words.count - 1]
        }
    }

    @Test(arguments: [[0xCC3, 0x18C4_DC0C_0C07_398F], [0xFFFF_FFFF_FFFF_FCC3, 0xD8C4_DC0C_0C07_398F]] as [[UInt64]])
    func `has the layout of RFC 9562, appendix A.6`(words: [UInt64]) {
        var generator = Words(words: words)
        let id = Video.ID.make(at: Date(timeIntervalSince1970: 1_645_557_742), using: &generator)
        #expect("\(id)" == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    }

    @Test func `is ordered by creation, to the millisecond`() {
        var generator = SeededGenerator(seed: 1)
        let ids = (0..<200).map {
            Video.ID.make(at: Date(timeIntervalSince1970: 1_700_000_000 + Double($0) / 1000), using: &generator)
        }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == 200)
        #expect(ids.map(\.description) == ids.map(\.description).sorted())
    }

    @Test func `is ordered as its bytes are, also beyond the sign`() throws {
        let texts = [
            "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-8000-000000000000",
            "7fffffff-ffff-ffff-ffff-ffffffffffff", "80000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-7fff-ffffffffffff", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ]
        let ids = try texts.map { try #require(Video.ID($0)) }
        #expect(ids.reversed().sorted() == ids)
    }

    @Test func `keeps a UUID of any version`() throws {
        var generator = SeededGenerator(seed: UInt64.random(in: .min ... .max))
        for _ in 0..<100 {
            let bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            let uuid = bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
            #expect(Video.ID(uuid).uuid == uuid)
            #expect(Video.ID(uuid).description == uuid.uuidString.lowercased())
            #expect(Video.ID(Video.ID(uuid).description)?.uuid == uuid)
            #expect(Video.ID(uuid.uuidString)?.uuid == uuid)
        }
    }

    @Test(arguments: [
        "", "video", "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017f22e279b0-7cc3-98c4-dc0c0c07398f-", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
    ])
    func `is no other text`(text: String) { #expect(Video.ID(text) == nil) }

    @Test func `takes instants beyond its range`() {
        #expect("\(Video.ID.make(at: .distantPast))".hasPrefix("00000000-0000-7"))
        #expect("\(Video.ID.make(at: .distantFuture))".hasPrefix("03bb2cc3-d7ff-7"))
    }

    @Test func `of the host is compared by bytes, and UUIDs are in lower case`() {
        let uuid = UUID()
        #expect(UserID(uuid).rawValue == uuid.uuidString.lowercased())
        #expect(UserID(uuid).uuid == uuid)
        #expect(CourseSessionID(42) == "42")
        #expect(UserID("\u{E4}") != UserID("a\u{308}"))
        #expect(Set([UserID("\u{E4}"), UserID("a\u{308}")]).count == 2)
        #expect(UserID("Z") < UserID("a"))
    }

    @Test func `of the app is the same however a UUID is written`() throws {
        let uuid = UUID()
        #expect(UserID(uuid.uuidString) == UserID(uuid))
        #expect(CourseSessionID(uuid.uuidString) == CourseSessionID(uuid))
        #expect(UserID(rawValue: uuid.uuidString).rawValue == uuid.uuidString.lowercased())
        let literal: CourseSessionID = "0192F0C1-7D3A-7ABC-8DEF-0123456789aB"
        #expect(literal.rawValue == "0192f0c1-7d3a-7abc-8def-0123456789ab")
        let json = Data("[\"\(uuid.uuidString)\"]".utf8)
        #expect(try JSONDecoder().decode([UserID].self, from: json) == [UserID(uuid)])
        #expect(try JSONDecoder().decode([CourseSessionID].self, from: json) == [CourseSessionID(uuid)])
    }

    @Test(arguments: [
        "0192F0C17D3A7ABC8DEF0123456789AB", "{0192F0C1-7D3A-7ABC-8DEF-0123456789AB}",
        "0192F0C1-7D3A-7ABC-8DEF-0123456789AG", "0192F0C1-7D3A-7ABC-8DEF0-123456789AB", "Lecture ABCDEF",
        "0192F0C1-7D3A-7ABC-8DEF-0123456789AB ", "é192F0C1-7D3A-7ABC-8DEF-0123456789A",
    ])
    func `of the app keeps every other string as it is`(string: String) {
        #expect(UserID(string).rawValue == string)
        #expect(CourseSessionID(rawValue: string).rawValue == string)
    }
}
