#if SQLite

internal import GRDB
internal import VideoCatalog

/// The meaning of SQLite's errors for callers of the catalog.
enum ErrorTranslation {
    static let schemaMissing = CatalogError(
        .schemaMissing, "The database has no catalog tables, or an older version of them: call migrate() first.")
    static let transactionEnded = CatalogError(
        .storeFailure, "The transaction ended before the operation did: don't end it inside an operation.")

    /// Runs a closure and translates the error that it throws.
    static func translating<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch { throw translate(error) }
    }

    /// Runs a closure and translates the error that it throws.
    static func translating<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch { throw translate(error) }
    }

    /// Translates an error of SQLite, and leaves all other errors as they are.
    ///
    /// - Parameters:
    ///   - error: The error that was thrown.
    ///   - isCommit: Whether all changes had been made, and the commit failed.
    /// - Returns: The error to throw.
    static func translate(_ error: any Error, isCommit: Bool = false) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let reason = error.message ?? "code \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_INTERRUPT:
            return CancellationError()
        case .SQLITE_READONLY:
            return CatalogError(
                .readOnly,
                "The database is read-only (\(reason)): open it for writing, and check the permissions of the file and "
                    + "its directory.")
        case .SQLITE_FULL:
            return CatalogError(
                .storageFull, "No space left (\(reason)): free disk space, or raise max_page_count if it is set.")
        case .SQLITE_BUSY where Task.isCancelled:
            return CancellationError()
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            return CatalogError(
                .unavailable,
                "Another connection held the database for too long (\(reason)): try again, and keep transactions "
                    + "short and immediate.")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            return CatalogError(
                .unavailable,
                "The database can't be opened (\(reason)): check that its directory exists, and that this process "
                    + "may read and write there.")
        case .SQLITE_IOERR where isCommit:
            return CatalogError(
                .outcomeUnknown,
                "The disk failed during the commit (\(reason)): read the changed videos again.")
        case .SQLITE_IOERR:
            return CatalogError(
                .storeFailure,
                "The disk failed (\(reason)) and nothing was changed: check the disk and the system's log.")
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return CatalogError(
                .storeFailure,
                "The file is damaged or isn't an SQLite database (\(reason)): check the path, and restore a backup.")
        case .SQLITE_ABORT:
            return CatalogError(
                .storeFailure,
                "SQLite rolled the transaction back after an earlier error (\(reason)): start a new transaction.")
        case .SQLITE_CONSTRAINT:
            return CatalogError(
                .storeFailure,
                "A constraint that isn't the catalog's own rejected the row (\(reason)): check the triggers and "
                    + "foreign keys that were added to the catalog's tables.")
        case .SQLITE_ERROR where error.message?.utf8.starts(with: "no such table: video_catalog_".utf8) == true:
            return schemaMissing
        default:
            return CatalogError(
                .storeFailure,
                "SQLite failed with code \(error.extendedResultCode.rawValue) (\(reason)): see SQLite's documentation "
                    + "of result codes.")
        }
    }
}

#endif
