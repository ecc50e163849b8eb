internal import R2KitSupport

/// A position in a list of videos, to send to a client and to receive back.
///
/// The cursor holds the creation date and identifier of a video, not its number in the list. Videos may be inserted and
/// deleted between two pages without one being repeated or skipped. The cursor holds no part of the query, so a client
/// that changes it can only reach another position in the list that your server requests.
public struct VideoCursor: Sendable, Hashable {
    /// The position of a video in a list: the creation date, then the identifier.
    public struct Position: Sendable, Hashable, Comparable, Codable {
        /// The creation date.
        ///
        /// See ``Video/createdAt``.
        public let createdAt: CatalogTimestamp
        /// The identifier.
        ///
        /// See ``Video/id``.
        public let id: Video.ID

        /// Creates the position of a video.
        ///
        /// - Parameter video: A row as a repository stores it.
        public init(of video: Video) {
            self.init(createdAt: CatalogTimestamp(clamping: video.createdAt) ?? .first, id: video.id)
        }

        init(createdAt: CatalogTimestamp, id: Video.ID) {
            self.createdAt = createdAt
            self.id = id
        }

        /// Returns a Boolean value that indicates whether the first position comes before the second in a list that
        /// starts with the oldest video.
        ///
        /// - Returns: `true` if `first` comes before `second`.
        public static func < (first: Position, second: Position) -> Bool {
            (first.createdAt, first.id) < (second.createdAt, second.id)
        }
    }

    /// The position after which the next page starts.
    public let position: Position
    /// The order of the list.
    public let order: VideoQuery.Order

    /// Creates a cursor for the page after a video.
    ///
    /// - Parameters:
    ///   - video: The last video of a page.
    ///   - order: The order of the list.
    public init(after video: Video, order: VideoQuery.Order) {
        position = Position(of: video)
        self.order = order
    }

    init(after position: Position, order: VideoQuery.Order) {
        self.position = position
        self.order = order
    }

    /// Creates a cursor from the string that a client sent back.
    ///
    /// - Parameter string: The ``description`` of a cursor.
    /// - Throws: A ``CatalogError`` with the code `invalidCursor` for any other string.
    public init(_ string: String) throws(CatalogError) {
        guard let cursor = VideoCursor(decoding: string) else {
            throw CatalogError(
                .invalidCursor, "Invalid cursor: it isn't a cursor of a list of videos. Start with the first page.")
        }
        self = cursor
    }

    /// Reads 25 bytes: the order, the creation date and the identifier.
    private init?(decoding string: String) {
        guard let bytes = Base64URL.decode(string.utf8), bytes.count == 25 else { return nil }
        let word = { (start: Int) in bytes[start..<(start + 8)].reduce(0 as UInt64) { $0 << 8 | UInt64($1) } }
        guard let order = VideoQuery.Order.allCases.first(where: { $0.marker == bytes[0] }),
            let microseconds = Int64(exactly: word(1)), microseconds <= CatalogTimestamp.last.microseconds
        else { return nil }
        position = Position(
            createdAt: CatalogTimestamp(microseconds: microseconds), id: Video.ID(high: word(9), low: word(17)))
        self.order = order
    }
}

extension VideoCursor: CustomStringConvertible, Codable {
    /// The cursor as 34 characters that need no escaping in a URL.
    public var description: String {
        let words = [UInt64(bitPattern: position.createdAt.microseconds), position.id.high, position.id.low]
        return Base64URL.encode(
            [order.marker] + words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } })
    }

    /// Creates a cursor by decoding a string, its ``description``.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: A `DecodingError` for any other value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let cursor = VideoCursor(decoding: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Invalid cursor: expected a cursor of a list of videos.")
        }
        self = cursor
    }

    /// Encodes the cursor as a string, its ``description``.
    ///
    /// - Parameter encoder: The encoder to write to.
    /// - Throws: Any error of the encoder.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension VideoQuery.Order {
    /// The first byte of a cursor.
    fileprivate var marker: UInt8 {
        switch self {
        case .newestFirst: 1
        case .oldestFirst: 2
        }
    }
}
