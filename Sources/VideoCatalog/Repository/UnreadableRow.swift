/// A row that a repository can't decode.
///
/// Something other than this package wrote the row. It stays as it is until it is repaired: no call changes, claims or
/// removes it.
public struct UnreadableRow: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The identifier of the row.
    public let id: Video.ID
    /// The name of the stored column that holds an invalid value, as the store calls it.
    public let column: String

    /// Creates a report about a row.
    ///
    /// Repositories call this.
    ///
    /// - Parameters:
    ///   - id: The identifier of the row.
    ///   - column: The name of the stored column, never its value.
    public init(id: Video.ID, column: String) {
        self.id = id
        self.column = column
    }

    /// The identifier and the column.
    public var description: String { "\(id) (\(column))" }
}

/// Videos that were looked up, and the rows among them that couldn't be read.
public struct VideoBatch: Sendable, Hashable, Codable {
    /// The videos, in the requested order.
    public var videos: [Video]
    /// The rows that couldn't be read, in the requested order.
    public var unreadable: [UnreadableRow]

    /// Creates a batch.
    ///
    /// - Parameters:
    ///   - videos: The videos, in the requested order.
    ///   - unreadable: The rows that couldn't be read, in the requested order.
    public init(videos: [Video], unreadable: [UnreadableRow] = []) {
        self.videos = videos
        self.unreadable = unreadable
    }
}

/// A row as a repository found it in its store, of which ``RepositorySupport`` makes a page.
public enum StoredRow: Sendable, Hashable {
    /// A row that was decoded.
    case video(Video)
    /// A row that couldn't be decoded, and its creation date, in microseconds since 1970. A date that doesn't fit is
    /// the nearest number that does.
    case unreadable(UnreadableRow, createdAtMicroseconds: Int64)

    /// The video, or `nil` if the row couldn't be decoded.
    public var video: Video? { if case .video(let video) = self { video } else { nil } }

    /// The video's identifier.
    public var id: Video.ID {
        switch self {
        case .video(let video): video.id
        case .unreadable(let row, createdAtMicroseconds: _): row.id
        }
    }

    /// Returns the video.
    ///
    /// - Returns: The decoded row.
    /// - Throws: ``CatalogError`` with the code `corruptRow` if the row couldn't be decoded.
    public func decoded() throws(CatalogError) -> Video {
        switch self {
        case .video(let video): return video
        case .unreadable(let row, createdAtMicroseconds: _): throw .corruptRow(row)
        }
    }
}

extension VideoBatch {
    /// Creates a batch of rows, in their order.
    ///
    /// - Parameter rows: The rows as a repository found them.
    public init(_ rows: some Sequence<StoredRow>) {
        self.init(videos: [])
        for row in rows { append(row) }
    }

    /// Adds a row at the end of the videos or of the unreadable rows.
    ///
    /// - Parameter row: A row as a repository found it.
    public mutating func append(_ row: StoredRow) {
        switch row {
        case .video(let video): videos.append(video)
        case .unreadable(let row, createdAtMicroseconds: _): unreadable.append(row)
        }
    }
}
