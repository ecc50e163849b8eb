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
/// If the index of one value has all videos in order, the statement reads the page from there. For several values, such
/// as two states, or live and deleted videos, SQLite merges their lists (`UNION ALL` with `ORDER BY`). For more than
/// ``mergeLimit`` values, it sorts the page's identifiers in the index, and reads their rows afterwards.
struct PageStatement {
    private static let mergeLimit = 16

    let sql: SQLFragment
    /// A Boolean value that indicates whether to cache the prepared statement.
    ///
    /// Statements with more conditions have too many forms to cache them all.
    let isCached: Bool

    /// Creates the statement.
    ///
    /// - Parameters:
    ///   - query: A validated query that can match a video.
    ///   - position: The position after which the page begins.
    ///   - count: The number of rows to read.
    init(_ query: VideoQuery, after position: VideoCursor.Position?, count: Int) {
        let index = ListIndex(for: query)
        let others = index.otherConditions(of: query)
        let range = CreationRange(query, after: position)
        let sides = query.deletionValues
        var sql: SQLFragment
        switch index {
        case .creation:
            sql = Self.merge(sides.map { Self.select(nil, isDeleted: $0, range, others) })
        case .tag(let tag):
            sql = Self.merge(sides.map { Self.select(tag: tag, isDeleted: $0, range, others) })
        case .column(let column, let values) where values.count * sides.count <= Self.mergeLimit:
            let padded = values.map(\.databaseValue).paddedToPowerOfTwo
            sql = Self.merge(
                padded.flatMap { value in
                    sides.map { Self.select((column, value), isDeleted: $0, range, others) }
                })
        case .column(let column, let values):
            sql = Self.sort(column, values, query, range, others, count: count)
        }
        let direction = query.order == .newestFirst ? "DESC" : "ASC"
        sql.append(
            " ORDER BY \(VideoColumns.createdAtOrdinal) \(direction), \(VideoColumns.idOrdinal) \(direction) LIMIT ?",
            count.databaseValue)
        self.sql = sql
        isCached = others.count <= 1
    }

    private static let columns = VideoColumns.list(of: "v")
    /// For a list by tag, the identifier and the date come from the index of tags, which has them in order.
    private static let tagColumns =
        (["t.video_id"] + VideoColumns.read.dropFirst().map { $0 == "created_at" ? "t.created_at" : "v.\($0)" })
        .joined(separator: ", ")

    private static func merge(_ selects: [SQLFragment]) -> SQLFragment {
        var sql = SQLFragment()
        for (index, select) in selects.enumerated() { sql.append(index > 0 ? " UNION ALL " : "", select) }
        return sql
    }

    private static func select(
        _ value: (ListIndex.Column, DatabaseValue)?, isDeleted: Int, _ range: CreationRange, _ others: [SQLFragment]
    ) -> SQLFragment {
        var sql = SQLFragment("SELECT \(columns) FROM video_catalog_videos AS v WHERE v.is_deleted = \(isDeleted)")
        if let (column, value) = value { sql.append(" AND v.\(column.rawValue) = ?", value) }
        sql.append("", range.condition(createdAt: "v.created_at", id: "v.id"))
        for other in others { sql.append(" AND ", other) }
        return sql
    }

    private static func select(
        tag: String, isDeleted: Int, _ range: CreationRange, _ others: [SQLFragment]
    ) -> SQLFragment {
        var sql = SQLFragment(
            "SELECT \(tagColumns) FROM video_catalog_tags AS t "
                + "CROSS JOIN video_catalog_videos AS v ON v.id = t.video_id "
                + "WHERE t.is_deleted = \(isDeleted) AND t.tag = ?", tag.databaseValue)
        sql.append("", range.condition(createdAt: "t.created_at", id: "t.video_id"))
        for other in others { sql.append(" AND ", other) }
        return sql
    }

    private static func sort(
        _ column: ListIndex.Column, _ values: [String], _ query: VideoQuery, _ range: CreationRange,
        _ others: [SQLFragment], count: Int
    ) -> SQLFragment {
        let direction = query.order == .newestFirst ? "DESC" : "ASC"
        let sides = query.deletionValues.map(String.init).joined(separator: ", ")
        var sql = SQLFragment(
            "SELECT \(columns) FROM (SELECT v.id AS picked FROM video_catalog_videos AS v "
                + "INDEXED BY \(column.indexName) WHERE v.is_deleted IN (\(sides)) AND ")
        sql.append("", ListIndex.condition("v.\(column.rawValue)", isIn: values))
        sql.append("", range.condition(createdAt: "v.created_at", id: "v.id"))
        for other in others { sql.append(" AND ", other) }
        sql.append(
            " ORDER BY v.created_at \(direction), v.id \(direction) LIMIT ?) "
                + "CROSS JOIN video_catalog_videos AS v ON v.id = picked",
            count.databaseValue)
        return sql
    }
}

/// The statement that counts the videos of a query, in an index alone if there is a single condition.
struct CountStatement {
    let sql: SQLFragment
    /// A Boolean value that indicates whether to cache the prepared statement.
    ///
    /// Statements with more conditions have too many forms to cache them all.
    let isCached: Bool

    /// Creates the statement.
    ///
    /// - Parameter query: A validated query that can match a video.
    init(_ query: VideoQuery) {
        let index = ListIndex(for: query)
        let others = index.otherConditions(of: query)
        let sides = query.deletionValues.map(String.init).joined(separator: ", ")
        var (sql, table) = (SQLFragment(), "v")
        switch index {
        case .creation:
            sql.append("SELECT COUNT(*) FROM video_catalog_videos AS v WHERE v.is_deleted IN (\(sides))")
        case .column(let column, let values):
            sql.append("SELECT COUNT(*) FROM video_catalog_videos AS v WHERE v.is_deleted IN (\(sides)) AND ")
            sql.append("", ListIndex.condition("v.\(column.rawValue)", isIn: values))
        case .tag(let tag):
            table = "t"
            sql.append("SELECT COUNT(*) FROM video_catalog_tags AS t ")
            if !others.isEmpty { sql.append("CROSS JOIN video_catalog_videos AS v ON v.id = t.video_id ") }
            sql.append("WHERE t.is_deleted IN (\(sides)) AND t.tag = ?", tag.databaseValue)
        }
        if let from = query.createdFrom { sql.append(" AND \(table).created_at >= ?", VideoColumns.value(from)) }
        if let before = query.createdBefore { sql.append(" AND \(table).created_at < ?", VideoColumns.value(before)) }
        for other in others { sql.append(" AND ", other) }
        self.sql = sql
        isCached = others.count <= 1
    }
}

/// The dates of creation, and the position in the list, that the rows of a page are limited to.
private struct CreationRange {
    private let order: VideoQuery.Order
    private let from: CatalogTimestamp?
    private let before: CatalogTimestamp?
    private let position: VideoCursor.Position?

    /// Creates the range, leaving out the weaker of two bounds at the page's start, so that SQLite enters the index
    /// there.
    init(_ query: VideoQuery, after position: VideoCursor.Position?) {
        order = query.order
        let from = query.createdFrom.flatMap(CatalogTimestamp.init(clamping:))
        let before = query.createdBefore.flatMap(CatalogTimestamp.init(clamping:))
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

    func condition(createdAt: String, id: String) -> SQLFragment {
        var sql = SQLFragment()
        if let position {
            sql.append(
                " AND (\(createdAt), \(id)) \(order == .newestFirst ? "<" : ">") (?, ?)",
                position.createdAt.microseconds.databaseValue, position.id.uuid.databaseValue)
        }
        if let from { sql.append(" AND \(createdAt) >= ?", from.microseconds.databaseValue) }
        if let before { sql.append(" AND \(createdAt) < ?", before.microseconds.databaseValue) }
        return sql
    }
}

extension [DatabaseValue] {
    /// The values, padded with `NULL`, which equals no column, to limit the number of statements to prepare.
    fileprivate var paddedToPowerOfTwo: [DatabaseValue] {
        var length = 1
        while length < count { length *= 2 }
        return self + Array(repeating: .null, count: length - count)
    }
}

#endif
