/// The SQL of the statements that don't depend on a query, for one schema.
struct CatalogStatements: Sendable {
    let video: String
    let liveVideo: String
    let videoWithClaim: String
    let videos: String
    let liveVideos: String
    let videoByKey: String
    let keyHolders: String
    let videosByKeys: String
    let liveVideosByKeys: String
    let insert: String
    let change: String
    let changeKeys: String
    let restore: String
    let lockUploader: String
    let usage: String
    let release: String
    let claim: String
    let lockClaimed: String
    let lockClaimedDeleted: String
    let startPurge: String
    let purge: String
    let usedKeys: String
    let expiredUploads: Due
    let dueDeletions: Due
    let duePurges: Due
    let stalledUploads: Due
    let replacedObjects: Due

    /// The statements that lock rows that are due, in the order in which they became due.
    ///
    /// Rows that another transaction has locked are skipped, without waiting.
    struct Due: Sendable {
        /// Locks the first rows: `$1` is the current date, `$2` the date by which rows are due, `$3` the limit.
        let first: String
        /// Locks the rows after the row with the identifier `$4`.
        let next: String

        fileprivate init(_ table: String, _ condition: String, _ date: String) {
            let select =
                "SELECT \(VideoColumn.list) FROM \(table) WHERE \(condition)"
                + " AND (claim_expires_at IS NULL OR claim_expires_at <= $1)"
            let rest = " ORDER BY \(date), id LIMIT $3 FOR UPDATE SKIP LOCKED"
            first = select + rest
            next = "\(select) AND (\(date), id) > ((SELECT \(date) FROM \(table) WHERE id = $4), $4)" + rest
        }
    }

    init(_ schema: PostgresSchema) {
        let (table, columns) = (schema.videos, VideoColumn.list)
        let select = "SELECT \(columns) FROM \(table)"
        video = "\(select) WHERE id = $1"
        liveVideo = "\(video) AND deleted_at IS NULL"
        videoWithClaim = "SELECT \(columns), claim_expires_at FROM \(table) WHERE id = $1"
        videos = "\(select) WHERE id = ANY ($1)"
        liveVideos = "\(videos) AND deleted_at IS NULL"
        videoByKey = "\(select) WHERE object_key = $1 AND deleted_at IS NULL"
        // Live videos that have a key, as their object key or for their upload.
        keyHolders = "\(videoByKey) UNION ALL \(select) WHERE upload_key = $1 AND deleted_at IS NULL"

        let names = VideoColumn.allCases.map { "videos.\($0.name)" }.joined(separator: ", ")
        // Live and deleted videos each have an index of their keys. Dates come last first, and NULL before all others.
        let byKeys = { (condition: String) in
            "SELECT \(names), wanted.number FROM unnest($1) WITH ORDINALITY AS wanted (key, number)"
                + " JOIN \(table) ON videos.object_key = wanted.key COLLATE \"C\" AND videos.deleted_at \(condition)"
        }
        liveVideosByKeys = byKeys("IS NULL") + " ORDER BY number"
        videosByKeys =
            byKeys("IS NULL") + " UNION ALL " + byKeys("IS NOT NULL") + " ORDER BY number, deleted_at DESC, id"

        let count = VideoColumn.allCases.count
        let placeholders = (1...(count + 1)).map { "$\($0)" }.joined(separator: ", ")
        // The unique indexes compare object keys with each other, and keys of uploads with each other.
        let other = { (column: String, key: VideoColumn) in
            "NOT EXISTS (SELECT FROM \(table) AS other WHERE other.\(column) = $\(key.index + 1)"
                + " AND other.deleted_at IS NULL AND other.id <> $1)"
        }
        let areKeysFree = other("upload_key", .objectKey) + " AND " + other("object_key", .uploadKey)
        // The number of affected rows reports a conflict. An error would fail the app's transaction.
        insert =
            "INSERT INTO \(table) (\(columns), title_folded) SELECT \(placeholders) WHERE \(areKeysFree)"
            + " ON CONFLICT DO NOTHING"

        // Columns that never change aren't set, but the numbers of the parameters stay the same.
        let settings = VideoColumn.allCases.filter { $0 != .id && $0 != .createdAt }
            .map { "\($0.name) = $\($0.index + 1)" }.joined(separator: ", ")
        let set = "UPDATE \(table) SET \(settings), title_folded = $\(count + 1)"
        let unchanged = "id = $1 AND version = $\(count + 2) AND created_at = $\(VideoColumn.createdAt.index + 1)"
        change = "\(set) WHERE \(unchanged) AND deleted_at IS NULL"
        changeKeys = "\(change) AND \(areKeysFree)"
        restore =
            "\(set) WHERE \(unchanged) AND deleted_at IS NOT NULL"
            + " AND (claim_expires_at IS NULL OR claim_expires_at <= $\(count + 3)) AND \(areKeysFree)"
        lockUploader =
            "INSERT INTO \(schema.uploaders) AS uploaders (uploaded_by, turn) VALUES ($1, 1)"
            + " ON CONFLICT (uploaded_by) DO UPDATE SET turn = uploaders.turn + 1"
        usage = Self.makeUsage(table)

        let held = "FROM unnest($1, $2) AS held (id, token) WHERE videos.id = held.id"
        let isHeld = "\(held) AND claim_token = held.token"
        release = "UPDATE \(table) SET claim_token = NULL, claim_expires_at = NULL \(isHeld)"
        // The rows of all statements from here on are locked by the transaction, which has decoded them.
        claim = "UPDATE \(table) SET claim_token = held.token, claim_expires_at = $3 \(held)"
        // Transactions that wait for each other's rows lock them in one order.
        let lock = { (condition: String) in
            "SELECT \(names), claim_token FROM \(table), unnest($1, $2) AS held (id, token) WHERE videos.id = held.id"
                + " AND claim_token = held.token AND claim_expires_at > $3\(condition) ORDER BY videos.id"
                + " FOR UPDATE OF videos"
        }
        lockClaimed = lock("")
        lockClaimedDeleted = lock(" AND deleted_at IS NOT NULL")
        // The same as `RepositorySupport.purgeStartedVideo(_:at:)`.
        startPurge =
            "UPDATE \(table) SET purge_started_at = $2, version = version + 1,"
            + " updated_at = greatest(updated_at, $2) WHERE id = ANY ($1)"
        purge = "DELETE FROM \(table) WHERE id = ANY ($1)"

        expiredUploads = Due(
            table, "deleted_at IS NULL AND \(Self.mayExpire) AND upload_expires_at <= $2", "upload_expires_at")
        dueDeletions = Due(table, "deleted_at IS NULL AND delete_after <= $2", "delete_after")
        duePurges = Due(table, "deleted_at IS NOT NULL AND deleted_at < $2", "deleted_at")
        stalledUploads = Due(table, "deleted_at IS NULL AND \(Self.isStalled) AND updated_at < $2", "updated_at")
        replacedObjects = Due(
            table, "deleted_at IS NULL AND replaced_keys <> '{}' AND updated_at <= $2", "updated_at")

        // The conditions are those of the indexes. A row whose purge has started uses no key.
        let users: [String] = [
            "object_key FROM \(table) WHERE object_key = ANY ($1) AND deleted_at IS NULL",
            "object_key FROM \(table) WHERE object_key = ANY ($1) AND deleted_at IS NOT NULL"
                + " AND purge_started_at IS NULL",
            "thumbnail_key COLLATE \"C\" FROM \(table) WHERE thumbnail_key COLLATE \"C\" = ANY ($1)"
                + " AND thumbnail_key IS NOT NULL AND purge_started_at IS NULL",
            "(element #>> '{}') COLLATE \"C\" FROM \(table), jsonb_array_elements(\(Self.renditionKeys)) AS element"
                + " WHERE \(Self.renditionKeys) ?| $1 AND \(Self.renditionKeys) <> '[]'"
                + " AND element #>> '{}' = ANY ($1) AND purge_started_at IS NULL",
            "upload_key FROM \(table) WHERE upload_key = ANY ($1) AND upload_key IS NOT NULL AND deleted_at IS NULL",
            "upload_key FROM \(table) WHERE upload_key = ANY ($1) AND upload_key IS NOT NULL"
                + " AND deleted_at IS NOT NULL AND purge_started_at IS NULL",
            "key FROM \(table), unnest(replaced_keys) AS key WHERE replaced_keys && $1 AND replaced_keys <> '{}'"
                + " AND key = ANY ($1) AND purge_started_at IS NULL",
        ]
        usedKeys = users.map { "SELECT \($0)" }.joined(separator: " UNION ")
    }

    // MARK: - Conditions of indexes

    // The server uses an index only if a statement has its condition.

    /// A first upload that hasn't arrived.
    static let isAwaited = "state IN ('pendingUpload', 'uploading')"

    /// The condition of the index of uploads that expire.
    ///
    /// The key of a replacement differs from the object key.
    static let mayExpire = "(\(isAwaited) OR upload_key <> object_key)"

    /// The condition of the index of stalled uploads.
    static let isStalled =
        "(state IN ('uploading', 'verifying')"
        + " OR (upload_expires_at IS NULL AND (state = 'pendingUpload' OR upload_key <> object_key)))"

    /// The keys of the renditions.
    ///
    /// The path is lax: renditions of another shape give an empty array and no error.
    static let renditionKeys = "jsonb_path_query_array(renditions, '$[*].key')"
}

extension CatalogStatements {
    /// Returns a statement that sums what the videos of the uploader `$1` use at the date `$2`.
    ///
    /// It is the same as `RepositorySupport.usage(of:at:)`. The sums are exact, and clamped at the end.
    fileprivate static func makeUsage(_ table: String) -> String {
        let isUnexpired = "(upload_expires_at IS NULL OR upload_expires_at > $2)"
        let sum = { (column: String, condition: String) in "coalesce(sum(\(column)) FILTER (WHERE \(condition)), 0)" }
        let clamped = { (sum: String) in "least(\(sum), \(Int64.max))::bigint" }
        let source = "FROM \(table) WHERE uploaded_by = $1 AND deleted_at IS NULL"
        return """
            SELECT first.count + replacing.count, \(clamped("first.bytes + replacing.bytes")), \(clamped("stored"))
            FROM (SELECT count(*) FILTER (WHERE \(isAwaited) AND \(isUnexpired)),
                    \(sum("byte_size", "\(isAwaited) AND \(isUnexpired)")) AS bytes,
                    \(sum("byte_size", "state IN ('verifying', 'ready')")) AS stored
                \(source)) AS first,
                (SELECT count(*) FILTER (WHERE \(isUnexpired)), \(sum("upload_byte_size", isUnexpired)) AS bytes
                \(source) AND upload_key <> object_key) AS replacing
            """
    }
}
