#if SQLite

internal import GRDB
public import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension SQLiteVideoCatalog {
    /// See `VideoRepository/uploadUsage(of:)`.
    public func uploadUsage(of user: UserID) throws -> UploadUsage {
        try ErrorTranslation.translating { try usage(of: user, at: RepositorySupport.rounded(clock())) }
    }

    func usage(of user: UserID, at now: Date) throws -> UploadUsage {
        // SQLite ends a bound string at NUL. No video has such an uploader, but one may have the part before it.
        guard !user.rawValue.utf8.contains(0) else { return UploadUsage() }
        let arguments = StatementArguments(values: [VideoColumns.value(now), user.rawValue.databaseValue])
        var usage = UploadUsage()
        for statement in [Self.selectUsage, Self.selectReplacements] {
            guard let row = try Row.fetchOne(db.cachedStatement(sql: statement), arguments: arguments) else { continue }
            usage =
                usage
                + UploadUsage(
                    openUploads: row[0], openBytes: Self.sum(high: row[1], low: row[2]),
                    storedBytes: Self.sum(high: row[3], low: row[4]))
        }
        return usage
    }

    /// Adds the two parts of a sum, which are summed apart because SQLite fails on an overflow.
    private static func sum(high: Int64, low: Int64) -> Int64 {
        let (product, isTooLarge) = high.multipliedReportingOverflow(by: 1 << 20)
        let (sum, isSumTooLarge) = product.addingReportingOverflow(low)
        return isTooLarge || isSumTooLarge ? .max : sum
    }

    private static func sums(of bytes: String) -> String {
        "COALESCE(SUM(\(bytes) >> 20), 0), COALESCE(SUM(\(bytes) & 1048575), 0)"
    }

    private static let isUnexpired = "(upload_expires_at IS NULL OR upload_expires_at > ?1)"
    private static let isOpen = "(state IN ('pendingUpload', 'uploading') AND \(isUnexpired))"
    private static let selectUsage =
        "SELECT COALESCE(SUM(\(isOpen)), 0), \(sums(of: "CASE WHEN \(isOpen) THEN byte_size END")), "
        + "\(sums(of: "CASE WHEN state IN ('verifying', 'ready') THEN byte_size END")) "
        + "FROM video_catalog_videos INDEXED BY video_catalog_usage WHERE uploaded_by = ?2 AND deleted_at IS NULL"
    private static let selectReplacements =
        "SELECT COALESCE(SUM(\(isUnexpired)), 0), \(sums(of: "CASE WHEN \(isUnexpired) THEN upload_byte_size END")), "
        + "0, 0 FROM video_catalog_videos INDEXED BY video_catalog_replacements "
        + "WHERE uploaded_by = ?2 AND deleted_at IS NULL AND upload_key <> object_key"
}

#endif
