internal import VideoCatalog

/// Compiles a query to SQL.
///
/// The SQL depends on which conditions a query has, but not on their values, which are parameters. Each SQL string has
/// its own plan, in which an index on `(…, created_at, id)` provides the order and finds the position of the cursor.
struct ListStatement {
    private let schema: PostgresSchema
    private let query: VideoQuery
    private var parameters: [PostgresValue] = []
    private var conditions: [String] = []

    /// Creates a statement for a validated query.
    init(_ query: VideoQuery, in schema: PostgresSchema) {
        self.schema = schema
        self.query = query
        addSets()
        addDates()
        if let text = query.titleContains, !text.isEmpty {
            conditions.append("strpos(title_folded, \(bind(.text(RepositorySupport.folded(text))))) > 0")
        }
    }

    /// Returns a Boolean value that indicates whether no video can match the query, because one of its sets is empty.
    static func isEmpty(_ query: VideoQuery) -> Bool {
        query.sessionIDs?.isEmpty == true || query.states?.isEmpty == true || query.visibilities?.isEmpty == true
    }

    /// Returns a statement that lists a page and one more video.
    func page(after position: VideoCursor.Position?, limit: Int) -> PostgresStatement {
        var list = self
        let isAscending = query.order == .oldestFirst
        if let position {
            let (date, id) = (list.bind(.timestamp(position.createdAt)), list.bind(.uuid(position.id.uuid)))
            list.conditions.append("(created_at, id) \(isAscending ? ">" : "<") (\(date), \(id))")
        }
        let direction = isAscending ? "ASC" : "DESC"
        let rest = " ORDER BY created_at \(direction), id \(direction) LIMIT \(list.bind(.int8(Int64(limit) + 1)))"
        let side = { (condition: String) in
            "SELECT \(VideoColumn.list) FROM \(schema.videos) WHERE "
                + ([condition] + list.conditions).joined(separator: " AND ") + rest
        }
        switch query.deletion {
        case .live: return PostgresStatement(side(Self.live), list.parameters)
        case .deleted: return PostgresStatement(side(Self.deleted), list.parameters)
        // Live and deleted videos each have an index in the order of the list. No index has both.
        case .any:
            return PostgresStatement("(\(side(Self.live))) UNION ALL (\(side(Self.deleted)))" + rest, list.parameters)
        }
    }

    /// Returns a statement that counts all matching videos.
    func count() -> PostgresStatement {
        let sides =
            switch query.deletion {
            case .live: [Self.live]
            case .deleted: [Self.deleted]
            case .any: [String]()
            }
        let conditions = sides + conditions
        let rest = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        return PostgresStatement("SELECT count(*) FROM \(schema.videos)" + rest, parameters)
    }

    private static let live = "deleted_at IS NULL"
    private static let deleted = "deleted_at IS NOT NULL"

    private mutating func bind(_ value: PostgresValue) -> String {
        parameters.append(value)
        return "$\(parameters.count)"
    }

    private mutating func addSets() {
        if let ids = query.sessionIDs { add("session_id", oneOf: ids.map(\.rawValue)) }
        if let user = query.uploadedBy { add("uploaded_by", oneOf: [user.rawValue]) }
        if let states = query.states {
            if states == [.pendingUpload, .uploading] {
                conditions.append(CatalogStatements.isAwaited)
            } else {
                add("state", oneOf: states.map(\.rawValue))
            }
        }
        if let names = query.visibilities { add("visibility", oneOf: names.map(\.rawValue)) }
        if !query.tags.isEmpty { conditions.append("tags @> \(bind(.textArray(query.tags)))") }
    }

    /// Adds a condition.
    ///
    /// A single value is compared with `=`, which keeps the order of the index.
    private mutating func add(_ column: String, oneOf values: [String]) {
        conditions.append(
            values.count == 1
                ? "\(column) = \(bind(.text(values[0])))" : "\(column) = ANY (\(bind(.textArray(values.sorted()))))")
    }

    private mutating func addDates() {
        if let date = query.createdFrom { conditions.append("created_at >= \(bind(.date(date)))") }
        if let date = query.createdBefore { conditions.append("created_at < \(bind(.date(date)))") }
        if let date = query.uploadExpiresBy {
            conditions.append("upload_expires_at <= \(bind(.date(date)))")
        }
    }
}
