#if SQLite

internal import GRDB
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The statement that counts the videos of a query, in an index alone where a single condition restricts it.
struct CountStatement {
    let text: SQLText
    /// Whether to keep the prepared statement.
    let isCommon: Bool

    /// Puts the statement together.
    ///
    /// - Parameter query: A validated query that asks for something.
    init(_ query: VideoQuery) {
        let driver = ListDriver(for: query)
        let others = driver.otherConditions(of: query)
        let sides = query.sides.map(String.init).joined(separator: ", ")
        var (text, table) = (SQLText(), "v")
        switch driver {
        case .creation:
            text.append("SELECT COUNT(*) FROM video_catalog_videos AS v WHERE v.is_deleted IN (\(sides))")
        case .column(let column, let values):
            text.append("SELECT COUNT(*) FROM video_catalog_videos AS v WHERE v.is_deleted IN (\(sides)) AND ")
            text.append("", ListDriver.oneOf("v.\(column.rawValue)", values))
        case .tag(let tag):
            table = "t"
            text.append("SELECT COUNT(*) FROM video_catalog_tags AS t ")
            if !others.isEmpty { text.append("CROSS JOIN video_catalog_videos AS v ON v.id = t.video_id ") }
            text.append("WHERE t.is_deleted IN (\(sides)) AND t.tag = ?", tag.databaseValue)
        }
        if let from = query.createdFrom { text.append(" AND \(table).created_at >= ?", VideoColumns.value(from)) }
        if let before = query.createdBefore { text.append(" AND \(table).created_at < ?", VideoColumns.value(before)) }
        for other in others { text.append(" AND ", other) }
        self.text = text
        isCommon = others.count <= 1
    }
}

#endif
