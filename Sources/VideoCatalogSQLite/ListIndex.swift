#if SQLite

internal import GRDB
internal import VideoCatalog

/// The index that a list is read from, with the condition that it meets.
enum ListIndex {
    /// The index of all videos by date of creation.
    case creation
    /// The index of a column, for videos with one of these values.
    case column(Column, [String])
    /// The index of tags, for videos with this tag.
    case tag(String)

    /// A column that has an index.
    enum Column: String {
        case session = "session_id"
        case uploader = "uploaded_by"
        case state
        case visibility

        var indexName: String { "video_catalog_videos_by_\(self)" }
    }

    /// Creates an index from the condition that is likely to leave the fewest videos: one session or uploader first,
    /// then a tag, then conditions that many videos meet.
    init(for query: VideoQuery) {
        if let ids = query.sessionIDs, ids.count == 1 {
            self = .column(.session, ids.map(\.rawValue))
        } else if let user = query.uploadedBy {
            self = .column(.uploader, [user.rawValue])
        } else if let tag = query.tags.first {
            self = .tag(tag)
        } else if let ids = query.sessionIDs {
            self = .column(.session, ids.map(\.rawValue))
        } else if let states = query.restrictingStates {
            self = .column(.state, states.map(\.rawValue))
        } else if let names = query.visibilities {
            self = .column(.visibility, names.map(\.rawValue))
        } else {
            self = .creation
        }
    }

    /// Returns the conditions of a query that the index doesn't meet, on a table of videos named `v`.
    ///
    /// A plus sign before a column keeps the planner from choosing the index of a condition that many videos meet.
    func otherConditions(of query: VideoQuery) -> [SQLFragment] {
        var conditions = [SQLFragment]()
        if let ids = query.sessionIDs, !isColumn(.session) {
            conditions.append(Self.condition("+v.session_id", isIn: ids.map(\.rawValue)))
        }
        if let user = query.uploadedBy, !isColumn(.uploader) {
            conditions.append(SQLFragment("v.uploaded_by = ?", user.rawValue.databaseValue))
        }
        if let states = query.restrictingStates, !isColumn(.state) {
            conditions.append(Self.condition("+v.state", isIn: states.map(\.rawValue)))
        }
        if let names = query.visibilities, !isColumn(.visibility) {
            conditions.append(Self.condition("+v.visibility", isIn: names.map(\.rawValue)))
        }
        let tags = if case .tag = self { Array(query.tags.dropFirst()) } else { query.tags }
        if !tags.isEmpty {
            conditions.append(
                SQLFragment(
                    "NOT EXISTS (SELECT 1 FROM json_each(?) AS wanted WHERE NOT EXISTS (SELECT 1 FROM "
                        + "video_catalog_tags AS t WHERE t.video_id = v.id AND t.tag = wanted.value))",
                    JSONText.array(tags).databaseValue))
        }
        if let date = query.uploadExpiresBy {
            conditions.append(SQLFragment("v.upload_expires_at <= ?", VideoColumns.value(date)))
        }
        if let text = query.titleContains, !text.isEmpty {
            conditions.append(
                SQLFragment("instr(v.title_folded, ?) > 0", RepositorySupport.folded(text).databaseValue))
        }
        return conditions
    }

    /// Returns a condition with the same SQL for any number of values, so that its statement can be cached.
    static func condition(_ column: String, isIn values: [String]) -> SQLFragment {
        SQLFragment("\(column) IN (SELECT value FROM json_each(?))", JSONText.array(values).databaseValue)
    }

    private func isColumn(_ column: Column) -> Bool {
        if case .column(column, _) = self { true } else { false }
    }
}

extension VideoQuery {
    /// A Boolean value that indicates whether a condition has an empty set of allowed values.
    var matchesNothing: Bool {
        sessionIDs?.isEmpty == true || states?.isEmpty == true || visibilities?.isEmpty == true
    }

    /// The states that a video may be in, or `nil` if every state matches.
    var restrictingStates: Set<Video.State.Kind>? {
        states.flatMap { $0.count == Video.State.Kind.allCases.count ? nil : $0 }
    }

    /// The values of the column `is_deleted` that match.
    var deletionValues: [Int] {
        switch deletion {
        case .live: [0]
        case .deleted: [1]
        case .any: [0, 1]
        }
    }
}

/// A part of an SQL statement, with the values of its parameters in order.
///
/// Values that come from callers are always bound, and never part of the SQL.
struct SQLFragment {
    private(set) var sql: String
    private(set) var values: [DatabaseValue]

    init(_ sql: String = "", _ values: DatabaseValue...) {
        self.sql = sql
        self.values = values
    }

    mutating func append(_ sql: String, _ values: DatabaseValue...) {
        self.sql += sql
        self.values += values
    }

    mutating func append(_ separator: String, _ other: SQLFragment) {
        sql += separator + other.sql
        values += other.values
    }
}

#endif
