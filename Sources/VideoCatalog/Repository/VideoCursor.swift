#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A place in a list of videos, to hand to a client and to take back.
///
/// It names a video's instant of creation and identifier, and not its number in the list: videos may come and go without
/// one being shown twice or left out. It holds no part of the query. A client that changes it reaches another place in the
/// list that the server asks for, and nothing else.
public struct VideoCursor: Sendable, Hashable {
    /// Where a video stands in lists: the one after which the next page begins.
    public struct Position: Sendable, Hashable, Comparable {
        /// ``Video/createdAt``.
        public let createdAt: CatalogTimestamp
        /// ``Video/id``.
        public let id: Video.ID

        /// The place of a video, as a repository stores it.
        public init(of video: Video) {
            self.init(createdAt: CatalogTimestamp(clamping: video.createdAt) ?? .first, id: video.id)
        }

        init(createdAt: CatalogTimestamp, id: Video.ID) {
            self.createdAt = createdAt
            self.id = id
        }

        /// Orders by creation, then by identifier: as lists do that begin with the oldest.
        public static func < (first: Position, second: Position) -> Bool {
            (first.createdAt, first.id) < (second.createdAt, second.id)
        }
    }

    /// The place.
    public let position: Position
    /// The order of the list.
    public let order: VideoQuery.Order

    /// Names the place after a video.
    ///
    /// - Parameters:
    ///   - video: The last one of a page.
    ///   - order: The order of the list.
    public init(after video: Video, order: VideoQuery.Order) {
        position = Position(of: video)
        self.order = order
    }

    private init(position: Position, order: VideoQuery.Order) {
        self.position = position
        self.order = order
    }

    /// Reads what a client sent back.
    ///
    /// - Parameter text: A ``description`` of a cursor.
    /// - Throws: ``CatalogError`` with the code `invalidCursor` for any other text.
    public init(_ text: String) throws(CatalogError) {
        guard let cursor = VideoCursor(bytesOf: text) else {
            throw CatalogError(.invalidCursor, "this is no cursor of a list of videos: begin with the first page")
        }
        self = cursor
    }
}

extension VideoCursor: CustomStringConvertible, Codable {
    /// 34 characters that need no escaping in a URL.
    public var description: String {
        let words = [UInt64(bitPattern: position.createdAt.microseconds), position.id.high, position.id.low]
        let bytes =
            [order.mark] + words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
        return Data(bytes).base64EncodedString().filter { $0 != "=" }
            .map { $0 == "+" ? "-" : $0 == "/" ? "_" : String($0) }.joined()
    }

    /// Reads the text form.
    ///
    /// - Parameter decoder: Where a string is expected.
    /// - Throws: ``CatalogError`` with the code `invalidCursor` for a string that is none.
    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the text form.
    ///
    /// - Parameter encoder: Takes a string.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// 25 bytes: the order, the instant and the identifier.
    private init?(bytesOf text: String) {
        guard text.utf8.count == 34 else { return nil }
        let standard = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : String($0) }.joined() + "=="
        guard let data = Data(base64Encoded: standard), data.count == 25 else { return nil }
        let bytes = Array(data)
        let word = { (start: Int) in bytes[start..<(start + 8)].reduce(0 as UInt64) { $0 << 8 | UInt64($1) } }
        guard let order = VideoQuery.Order.allCases.first(where: { $0.mark == bytes[0] }),
            let microseconds = Int64(exactly: word(1)), microseconds <= CatalogTimestamp.last.microseconds
        else { return nil }
        let id = Video.ID(high: word(9), low: word(17))
        self.init(position: Position(createdAt: CatalogTimestamp(microseconds: microseconds), id: id), order: order)
        // Base64 has several texts for the same bytes: one of them is the cursor.
        guard description.utf8.elementsEqual(text.utf8) else { return nil }
    }
}

extension VideoQuery.Order {
    /// The first byte of a cursor.
    fileprivate var mark: UInt8 {
        switch self {
        case .newestFirst: 1
        case .oldestFirst: 2
        }
    }
}
