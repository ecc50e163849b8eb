#if SQLite

internal import GRDB
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The statement that reads a page.
///
/// Where the index of one value has all videos in order, the page is read from there. Where it takes several values, such
/// as two states, or live and deleted videos, SQLite merges them (`UNION ALL` with `ORDER BY`). Where it takes more than
/// ``mergeLimit``, the page's identifiers are sorted in the index, and their rows are read afterwards.
struct PageStatement {
    static let mergeLimit = 16

    let text: SQLText
    /// Whether to keep the prepared statement: the others have too many forms to keep them all.
    let isCommon: Bool

    /// Puts the statement together.
    ///
    /// - Parameters:
    ///   - query: A validated query that asks for something.
    ///   - position: Where the page begins.
    ///   - count: How many rows to read.
    init(_ query: VideoQuery, after position: VideoCursor.Position?, count: Int) {
        let driver = ListDriver(for: query)
        let others = driver.otherConditions(of: query)
        let span = Span(query, after: position)
        var text: SQLText
        switch driver {
        case .creation:
            text = Self.merged(query.sides.map { Self.arm(nil, side: $0, span, others) })
        case .tag(let tag):
            text = Self.merged(query.sides.map { Self.tagArm(tag, side: $0, span, others) })
        case .column(let column, let values) where values.count * query.sides.count <= Self.mergeLimit:
            let padded = values.map(\.databaseValue).paddedToPowerOfTwo
            text = Self.merged(
                padded.flatMap { value in
                    query.sides.map { Self.arm((column, value), side: $0, span, others) }
                })
        case .column(let column, let values):
            text = Self.sorted(column, values, query, span, others, count: count)
        }
        let direction = query.order == .newestFirst ? "DESC" : "ASC"
        text.append(
            " ORDER BY \(VideoColumns.createdAtOrdinal) \(direction), \(VideoColumns.idOrdinal) \(direction) LIMIT ?",
            count.databaseValue)
        self.text = text
        isCommon = others.count <= 1
    }

    private static let columns = VideoColumns.list(of: "v")
    /// In a list by tag, identifier and instant are read from the tag's index, which is in order.
    private static let tagColumns =
        (["t.video_id"] + VideoColumns.read.dropFirst().map { $0 == "created_at" ? "t.created_at" : "v.\($0)" })
        .joined(separator: ", ")

    private static func merged(_ arms: [SQLText]) -> SQLText { arms.joined(by: " UNION ALL ") }

    private static func arm(
        _ value: (ListDriver.Column, DatabaseValue)?, side: Int, _ span: Span, _ others: [SQLText]
    ) -> SQLText {
        var text = SQLText("SELECT \(columns) FROM video_catalog_videos AS v WHERE v.is_deleted = \(side)")
        if let (column, value) = value { text.append(" AND v.\(column.rawValue) = ?", value) }
        text.append("", span.condition(createdAt: "v.created_at", id: "v.id"))
        for other in others { text.append(" AND ", other) }
        return text
    }

    private static func tagArm(_ tag: String, side: Int, _ span: Span, _ others: [SQLText]) -> SQLText {
        var text = SQLText(
            "SELECT \(tagColumns) FROM video_catalog_tags AS t CROSS JOIN video_catalog_videos AS v ON v.id = t.video_id "
                + "WHERE t.is_deleted = \(side) AND t.tag = ?", tag.databaseValue)
        text.append("", span.condition(createdAt: "t.created_at", id: "t.video_id"))
        for other in others { text.append(" AND ", other) }
        return text
    }

    private static func sorted(
        _ column: ListDriver.Column, _ values: [String], _ query: VideoQuery, _ span: Span, _ others: [SQLText],
        count: Int
    ) -> SQLText {
        let direction = query.order == .newestFirst ? "DESC" : "ASC"
        var text = SQLText(
            "SELECT \(columns) FROM (SELECT v.id AS picked FROM video_catalog_videos AS v INDEXED BY \(column.index) "
                + "WHERE v.is_deleted IN (\(query.sides.map(String.init).joined(separator: ", "))) AND ")
        text.append("", ListDriver.oneOf("v.\(column.rawValue)", values))
        text.append("", span.condition(createdAt: "v.created_at", id: "v.id"))
        for other in others { text.append(" AND ", other) }
        text.append(
            " ORDER BY v.created_at \(direction), v.id \(direction) LIMIT ?) CROSS JOIN video_catalog_videos AS v ON v.id = picked",
            count.databaseValue)
        return text
    }
}

/// The part of a list by creation that a page may come from.
private struct Span {
    private let order: VideoQuery.Order
    private let from: CatalogInstant?
    private let before: CatalogInstant?
    private let position: VideoCursor.Position?

    /// Leaves out the one of two bounds at the page's beginning that says less, so that the index is entered there.
    init(_ query: VideoQuery, after position: VideoCursor.Position?) {
        order = query.order
        let from = query.createdFrom.flatMap(CatalogInstant.init(clamping:))
        let before = query.createdBefore.flatMap(CatalogInstant.init(clamping:))
        guard let position else {
            (self.from, self.before, self.position) = (from, before, nil)
            return
        }
        switch query.order {
        case .newestFirst:
            let isInside = before.map { position.createdAt < $0 } ?? true
            (self.from, self.before, self.position) = (from, isInside ? nil : before, isInside ? position : nil)
        case .oldestFirst:
            let isInside = from.map { position.createdAt >= $0 } ?? true
            (self.from, self.before, self.position) = (isInside ? nil : from, before, isInside ? position : nil)
        }
    }

    func condition(createdAt: String, id: String) -> SQLText {
        var text = SQLText()
        if let position {
            text.append(
                " AND (\(createdAt), \(id)) \(order == .newestFirst ? "<" : ">") (?, ?)",
                position.createdAt.microseconds.databaseValue, position.id.uuid.databaseValue)
        }
        if let from { text.append(" AND \(createdAt) >= ?", from.microseconds.databaseValue) }
        if let before { text.append(" AND \(createdAt) < ?", before.microseconds.databaseValue) }
        return text
    }
}

extension [DatabaseValue] {
    /// Filled up with `NULL`, which no column equals: few forms of the statement do for all numbers of values.
    fileprivate var paddedToPowerOfTwo: [DatabaseValue] {
        var length = 1
        while length < count { length *= 2 }
        return self + Array(repeating: .null, count: length - count)
    }
}

#endif
