/// The SQL of the statements that don't depend on a query, for one schema.
struct CatalogStatements: Sendable {
    let video: String
    let videoWithClaim: String
    let videos: String
    let videoByKey: String
    let insert: String
    let change: String
    let restore: String
    let purge: String
    let purgeClaimed: String
    let release: String
    let claimUploads: String
    let claimDeletions: String
    let claimPurges: String

    init(_ schema: PostgresSchema) {
        let (table, columns) = (schema.videos, VideoColumn.list)
        let select = "SELECT \(columns) FROM \(table)"
        video = "\(select) WHERE id = $1"
        videoWithClaim = "SELECT \(columns), claim_expires_at FROM \(table) WHERE id = $1"
        videos = "\(select) WHERE id = ANY ($1)"
        videoByKey = "\(select) WHERE object_key = $1 AND deleted_at IS NULL"

        let count = VideoColumn.allCases.count
        let placeholders = (1...(count + 1)).map { "$\($0)" }.joined(separator: ", ")
        // The number of affected rows reports a conflict. An error would fail the app's transaction.
        insert = "INSERT INTO \(table) (\(columns), title_folded) VALUES (\(placeholders)) ON CONFLICT DO NOTHING"

        // Columns that never change aren't set, but the numbers of the parameters stay the same.
        let settings = VideoColumn.allCases.filter { $0 != .id && $0 != .createdAt }
            .map { "\($0.name) = $\($0.index + 1)" }.joined(separator: ", ")
        let set = "UPDATE \(table) SET \(settings), title_folded = $\(count + 1)"
        let unchanged = "id = $1 AND version = $\(count + 2) AND created_at = $\(VideoColumn.createdAt.index + 1)"
        change = "\(set) WHERE \(unchanged) AND deleted_at IS NULL"
        restore =
            "\(set) WHERE \(unchanged) AND deleted_at IS NOT NULL"
            + " AND (claim_expires_at IS NULL OR claim_expires_at <= $\(count + 3))"

        // Rows that another transaction has locked are skipped, without waiting. The list of ids is made once, before
        // any row changes, in the order of an index.
        let free = "(claim_expires_at IS NULL OR claim_expires_at <= $1)"
        let due = { (condition: String, date: String) in
            "id = ANY (ARRAY(SELECT id FROM \(table) WHERE \(condition) AND \(free)"
                + " ORDER BY \(date), id LIMIT $3 FOR UPDATE SKIP LOCKED))"
        }
        let deleted = "deleted_at IS NOT NULL AND deleted_at < $2"
        purge = "DELETE FROM \(table) WHERE \(due(deleted, "deleted_at")) RETURNING \(columns)"

        let claim = { (condition: String, date: String) in
            "UPDATE \(table) SET claim_token = gen_random_uuid(), claim_expires_at = $4"
                + " WHERE \(due(condition, date)) RETURNING \(columns), claim_token"
        }
        claimUploads = claim(
            "deleted_at IS NULL AND \(Self.isAwaited) AND upload_expires_at <= $2", "upload_expires_at")
        claimDeletions = claim("deleted_at IS NULL AND delete_after <= $2", "delete_after")
        claimPurges = claim(deleted, "deleted_at")

        let held = "FROM unnest($1, $2) AS held (id, token) WHERE videos.id = held.id AND claim_token = held.token"
        release = "UPDATE \(table) SET claim_token = NULL, claim_expires_at = NULL \(held)"
        let names = VideoColumn.allCases.map { "videos.\($0.name)" }.joined(separator: ", ")
        purgeClaimed =
            "DELETE FROM \(table) USING" + held.dropFirst("FROM".count)
            + " AND deleted_at IS NOT NULL AND claim_expires_at > $3 RETURNING \(names)"
    }

    /// The condition of the index of uploads.
    ///
    /// The server uses the index only for exactly this condition.
    static let isAwaited = "state IN ('pendingUpload', 'uploading')"
}
