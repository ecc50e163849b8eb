import TestSupport
import Testing
import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A cursor")
struct VideoCursorTests {
    @Test func `has 34 characters: the order, the instant and the identifier`() throws {
        let newest = VideoCursor(after: Fixture.minimal(), order: .newestFirst)
        let oldest = VideoCursor(after: Fixture.minimal(), order: .oldestFirst)
        #expect("\(newest)" == "AQAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5jw")
        #expect("\(oldest)" == "AgAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5jw")
        #expect(try VideoCursor("AQAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5jw") == newest)
        #expect(newest.position.createdAt.date == Fixture.instant)
        #expect(newest.position.id == Fixture.minimal().id)
    }

    @Test func `places are ordered by creation, then by identifier`() {
        typealias Position = VideoCursor.Position
        func video(_ microseconds: Int64, _ last: UInt8) -> Video {
            let instant = Fixture.date(microseconds)
            return Video(
                id: Video.ID(UUID(uuid: (1, 2, 3, 4, 5, 6, 112, 7, 128, 8, 9, 10, 11, 12, 13, last))), title: "t",
                objectKey: "k", uploadedBy: "u", state: .ready, version: 1, createdAt: instant, updatedAt: instant)
        }
        let ordered = [video(1, 9), video(2, 0), video(2, 1), video(3, 0)]
        #expect(ordered.reversed().map(Position.init(of:)).sorted() == ordered.map(Position.init(of:)))
        #expect(Position(of: ordered[0]) == VideoCursor(after: ordered[0], order: .newestFirst).position)
    }

    @Test func `comes back from its text and from JSON`() throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let instant = Fixture.date(Int64.random(in: 0...CatalogTimestamp.last.microseconds, using: &generator))
            let bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            let video = Video(
                id: Video.ID(bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }), title: "t",
                objectKey: "k", uploadedBy: "u", state: .ready, version: 1, createdAt: instant, updatedAt: instant)
            let order = try #require(VideoQuery.Order.allCases.randomElement(using: &generator))
            let cursor = VideoCursor(after: video, order: order)
            try #require(try VideoCursor(cursor.description) == cursor, "seed \(seed)")
            let json = try JSONEncoder().encode([cursor])
            try #require(String(decoding: json, as: UTF8.self) == "[\"\(cursor)\"]", "seed \(seed)")
            try #require(try JSONDecoder().decode([VideoCursor].self, from: json) == [cursor], "seed \(seed)")
        }
    }

    @Test(arguments: [
        "", "AQAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5j", "AQAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5jwA",
        "AQAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5jw==", "AQAGS/MdPfYAAX8i4nmwfMOYxNwMDAc5jw",
        "AQAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5jx", "AAAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5jw",
        "AwAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5jw", "Af8GS_MdPfYAAX8i4nmwfMOYxNwMDAc5jw",
        "AQ7GS_MdPfYAAX8i4nmwfMOYxNwMDAc5jw", "AQAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5j\0",
        "éQAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5jw", "AQAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5 w",
        "\nQAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5jw",
    ])
    func `is no other text`(text: String) {
        let error = #expect(throws: CatalogError.self) { try VideoCursor(text) }
        #expect(error?.code == .invalidCursor)
    }

    @Test(arguments: ["[\"\"]", "[\"AQAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5jx\"]", "[1]"])
    func `is refused by the decoder's own error in JSON`(json: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([VideoCursor].self, from: Data(json.utf8)) }
    }
}
