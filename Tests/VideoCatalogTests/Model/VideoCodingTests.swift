import Testing
import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The JSON form of a video")
struct VideoCodingTests {
    static let full = """
        {"byteSize":52428800,"contentType":"video/mp4","createdAt":"2026-03-01T09:30:00.000000Z",\
        "deleteAfter":"2026-03-01T09:30:00.050000Z","deletedAt":"2026-03-01T09:30:00.600000Z","description":"First",\
        "duration":1.5,"etag":"\\"abc\\"","externalID":"ext","frameRate":25,"height":1080,\
        "id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","metadata":{"camera":"B"},"objectKey":"v/1.mp4",\
        "readyAt":"2026-03-01T09:30:00.004000Z","renditions":[{"key":"hls/m.m3u8","kind":"hls"}],\
        "replacedKeys":["v/0.mp4"],"sessionID":"7",\
        "state":{"kind":"failed","reason":"wrongSize"},"tags":["b","a"],"thumbnailKey":"t.jpg","title":"Lecture 1",\
        "updatedAt":"2026-03-01T09:30:00.000001Z",\
        "upload":{"byteSize":7,"contentType":"video/webm","id":"AB","objectKey":"v/2.mp4","partSize":8388608},\
        "uploadExpiresAt":"2026-03-01T09:30:00.000020Z",\
        "uploadedAt":"2026-03-01T09:30:00.000300Z","uploadedBy":"42","version":3,"visibility":"unlisted","width":1920}
        """
    static let minimal = """
        {"createdAt":"2026-03-01T09:30:00.000000Z","id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","metadata":{},\
        "objectKey":"v/1.mp4","renditions":[],"state":{"kind":"pendingUpload"},"tags":[],"title":"Lecture 1",\
        "updatedAt":"2026-03-01T09:30:00.000000Z","uploadedBy":"42","version":1,"visibility":"private"}
        """

    private func encode(_ video: Video, _ strategy: JSONEncoder.DateEncodingStrategy = .deferredToDate) throws -> String
    {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = strategy
        return String(decoding: try encoder.encode(video), as: UTF8.self)
    }

    private func decode(_ json: String) throws -> Video {
        try JSONDecoder().decode(Video.self, from: Data(json.utf8))
    }

    @Test func `has every field by its name`() throws {
        #expect(try encode(Fixture.full()) == Self.full)
        #expect(try decode(Self.full) == Fixture.full())
    }

    @Test func `leaves out what is nil`() throws {
        #expect(try encode(Fixture.minimal()) == Self.minimal)
        #expect(try decode(Self.minimal) == Fixture.minimal())
    }

    @Test func `is the same whatever the strategies for dates`() throws {
        for strategy in [JSONEncoder.DateEncodingStrategy.iso8601, .secondsSince1970, .millisecondsSince1970] {
            #expect(try encode(Fixture.full(), strategy) == Self.full)
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .millisecondsSince1970
        #expect(try decoder.decode(Video.self, from: Data(Self.full.utf8)) == Fixture.full())
    }

    @Test func `has the start of a purge`() throws {
        var video = Fixture.full()
        video.purgeStartedAt = Fixture.date(1_772_357_400_000_009)
        let json = try encode(video)
        #expect(json.contains(#""purgeStartedAt":"2026-03-01T09:30:00.000009Z""#))
        #expect(try decode(json) == video)
    }

    @Test func `may have keys that later versions add`() throws {
        let later = #"{"added":{"in":["a later version"]},"# + Self.minimal.dropFirst()
        #expect(try decode(String(later)) == Fixture.minimal())
    }

    @Test(arguments: [
        (#""id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f""#, #""id":"video 1""#),
        (#""version":1"#, #""version":"one""#),
        (#""createdAt":"2026-03-01T09:30:00.000000Z""#, #""createdAt":"2026-03-01""#),
        (#""createdAt":"2026-03-01T09:30:00.000000Z""#, #""createdAt":794050200"#),
        (#""kind":"pendingUpload""#, #""kind":"lost""#),
        (#""title":"Lecture 1","#, ""),
        (#""tags":[]"#, #""tags":null"#),
    ])
    func `is refused with a value of another form`(part: String, replacement: String) throws {
        let broken = Self.minimal.replacing(part, with: replacement)
        try #require(broken != Self.minimal)
        #expect(throws: DecodingError.self) { try decode(broken) }
    }

    @Test func `refuses an instant that has no text`() throws {
        var video = Fixture.minimal()
        video.readyAt = .distantFuture
        #expect(throws: EncodingError.self) { try encode(video) }
    }

    @Test func `holds in pages, claims and other values`() throws {
        let page = VideoPage(
            videos: [Fixture.full(), Fixture.minimal()],
            next: VideoCursor(after: Fixture.minimal(), order: .newestFirst))
        let claim = VideoClaim(video: Fixture.full(), token: UUID(), expiresAt: Fixture.date(1_772_357_400_000_001))
        try expectRoundTrip(page)
        try expectRoundTrip(VideoPage(videos: [], next: nil))
        let row = UnreadableRow(id: Fixture.minimal().id, column: "tags")
        try expectRoundTrip(VideoPage(videos: [], next: page.next, unreadable: [row]))
        try expectRoundTrip(claim)
        let order = PurgeOrder(claim: claim, keys: ["v/1.mp4", "t.jpg"])
        try expectRoundTrip(PurgeStart(orders: [order], unreadable: [row]))
        try expectRoundTrip(RefusedRow(id: row.id, reason: "FOREIGN KEY constraint failed"))
        try expectRoundTrip(UploadUsage(openUploads: 1, openBytes: 2, storedBytes: .max))
        try expectRoundTrip(PageRequest(limit: 7, after: page.next))
        try expectRoundTrip([VideoQuery.Order.newestFirst, .oldestFirst])
        try expectRoundTrip(VideoQuery.DeletionFilter.allCases)
        try expectRoundTrip([CatalogError.Code.notFound, CatalogError.Code("quotaExceeded")])
        try expectRoundTrip(CatalogError.Field("title", "must be"))
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .secondsSince1970
        #expect(
            String(decoding: try encoder.encode(claim), as: UTF8.self)
                .contains(#""expiresAt":"2026-03-01T09:30:00.000001Z""#))
        #expect(
            String(decoding: try encoder.encode(VideoPage(videos: [], next: page.next)), as: UTF8.self)
                .contains(#""next":"AQAGS_MdPfYAAX8i4nmwfMOYxNwMDAc5jw""#))
    }

    private func expectRoundTrip<Value: Codable & Equatable>(_ value: Value) throws {
        #expect(try JSONDecoder().decode(Value.self, from: try JSONEncoder().encode(value)) == value)
    }

    @Test(arguments: Video.State.Kind.allCases)
    func `reads every state back`(kind: Video.State.Kind) throws {
        var video = Fixture.minimal()
        video.state = .init(kind: kind, failureReason: "r")
        #expect(try decode(try encode(video)) == video)
    }
}
