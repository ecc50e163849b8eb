#if SQLite

internal import GRDB
internal import VideoCatalog

/// The condition whose index a list is read from.
enum ListDriver {
    /// All videos.
    case creation
    /// Videos with one of these values in a column.
    case column(Column, [String])
    /// Videos with a tag.
    case tag(String)

    /// A column with an index of its own.
    enum Column: String {
        case session = "session_id"
        case uploader = "uploaded_by"
        case state
        case visibility

        var index: String { "video_catalog_videos_by_\(self)" }
    }

    /// The condition that is likely to leave the fewest videos: a single session or uploader, then a tag, and only then
    /// what many videos share.
    init(for query: VideoQuery) {
        if let ids = query.sessionIDs, ids.count == 1 {
            self = .column(.session, ids.map(\.rawValue))
        } else if let user = query.uploadedBy {
            self = .column(.uploader, [user.rawValue])
        } else if let tag = query.tags.first {
            self = .tag(tag)
        } else if let ids = query.sessionIDs {
            self = .column(.session, ids.map(\.rawValue))
        } else if let states = query.statesThatRestrict {
            self = .column(.state, states.map(\.rawValue))
        } else if let names = query.visibilities {
            self = .column(.visibility, names.map(\.rawValue))
        } else {
            self = .creation
        }
    }
}

extension VideoQuery {
    /// Whether there is a set of which a video must meet one, and none is in it.
    var asksForNothing: Bool {
        sessionIDs?.isEmpty == true || states?.isEmpty == true || visibilities?.isEmpty == true
    }

    /// `nil` where every state will do.
    var statesThatRestrict: Set<Video.State.Kind>? {
        states.flatMap { $0.count == Video.State.Kind.allCases.count ? nil : $0 }
    }

    /// The values of `is_deleted` that are asked for.
    var sides: [Int] {
        switch deletion {
        case .live: [0]
        case .deleted: [1]
        case .any: [0, 1]
        }
    }
}

extension ListDriver {
    /// The conditions of a query that the driver does not meet by itself, on a table of videos named `v`.
    ///
    /// A plus sign keeps the planner from reading a list from the index of a condition that many videos meet.
    func otherConditions(of query: VideoQuery) -> [SQLText] {
        var conditions = [SQLText]()
        if let ids = query.sessionIDs, !isColumn(.session) {
            conditions.append(Self.oneOf("+v.session_id", ids.map(\.rawValue)))
        }
        if let user = query.uploadedBy, !isColumn(.uploader) {
            conditions.append(SQLText("v.uploaded_by = ?", user.rawValue.databaseValue))
        }
        if let states = query.statesThatRestrict, !isColumn(.state) {
            conditions.append(Self.oneOf("+v.state", states.map(\.rawValue)))
        }
        if let names = query.visibilities, !isColumn(.visibility) {
            conditions.append(Self.oneOf("+v.visibility", names.map(\.rawValue)))
        }
        let tags = if case .tag = self { Array(query.tags.dropFirst()) } else { query.tags }
        if !tags.isEmpty {
            conditions.append(
                SQLText(
                    "NOT EXISTS (SELECT 1 FROM json_each(?) AS wanted WHERE NOT EXISTS (SELECT 1 FROM "
                        + "video_catalog_tags AS t WHERE t.video_id = v.id AND t.tag = wanted.value))",
                    JSONWriter(tags).text.databaseValue))
        }
        if let instant = query.uploadExpiresBy {
            conditions.append(SQLText("v.upload_expires_at <= ?", VideoColumns.value(instant)))
        }
        if let text = query.titleContains, !text.isEmpty {
            conditions.append(SQLText("instr(v.title_folded, ?) > 0", CatalogText.folded(text).databaseValue))
        }
        return conditions
    }

    /// A column with one of any number of values: one text for all numbers, so that statements can be kept.
    static func oneOf(_ column: String, _ values: [String]) -> SQLText {
        SQLText("\(column) IN (SELECT value FROM json_each(?))", JSONWriter(values).text.databaseValue)
    }

    private func isColumn(_ column: Column) -> Bool {
        if case .column(column, _) = self { true } else { false }
    }
}

#endif
