#if SQLite

internal import GRDB
internal import VideoCatalog

/// What SQLite's errors mean to the catalog's callers.
enum StoreFailure {
    static let schemaMissing = CatalogError(
        .schemaMissing, "the database has no tables of the catalog's, or older ones: call migrate() first")

    /// Runs something, and translates the error that it throws.
    static func translating<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch { throw translate(error) }
    }

    /// Runs something, and translates the error that it throws.
    static func translating<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch { throw translate(error) }
    }

    /// The same error in the catalog's terms; the catalog's own errors and the host's stay as they are.
    ///
    /// - Parameters:
    ///   - error: What was thrown.
    ///   - isCommit: Whether it was thrown after all changes had been made, when they were to be confirmed.
    /// - Returns: The error to throw.
    static func translate(_ error: any Error, isCommit: Bool = false) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        switch error.resultCode {
        case .SQLITE_INTERRUPT:
            return CancellationError()
        case .SQLITE_READONLY:
            return CatalogError(
                .readOnly,
                "the database takes no writes (\(error.reason)): open it for writing, and check who may write the file "
                    + "and its directory")
        case .SQLITE_FULL:
            return CatalogError(
                .storageFull, "there is no room left (\(error.reason)): make room, or raise max_page_count if it is set"
            )
        case .SQLITE_BUSY where Task.isCancelled:
            return CancellationError()
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            return CatalogError(
                .unavailable,
                "another connection held the database for too long (\(error.reason)): try again, and keep transactions "
                    + "short and immediate")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            return CatalogError(
                .unavailable,
                "the database cannot be opened (\(error.reason)): check that its directory exists, and that this process "
                    + "may read and write there")
        case .SQLITE_IOERR where isCommit:
            return CatalogError(
                .outcomeUnknown,
                "the disk failed while the changes were confirmed (\(error.reason)): read again what was changed")
        case .SQLITE_IOERR:
            return CatalogError(
                .storeFailure,
                "the disk failed (\(error.reason)): check the disk and the system's log; nothing was changed")
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return CatalogError(
                .storeFailure,
                "the file is damaged, or no SQLite database (\(error.reason)): check the path, and restore a backup")
        case .SQLITE_ABORT:
            return CatalogError(
                .storeFailure,
                "SQLite has rolled the transaction back after an earlier error (\(error.reason)): begin again")
        case .SQLITE_CONSTRAINT:
            return CatalogError(
                .storeFailure,
                "a constraint that is none of the catalog's rules refused the row (\(error.reason)): look at the triggers "
                    + "and foreign keys that were added to the catalog's tables")
        case .SQLITE_ERROR where error.reason.utf8.starts(with: "no such table: video_catalog_".utf8):
            return schemaMissing
        default:
            return CatalogError(
                .storeFailure,
                "SQLite failed with code \(error.extendedResultCode.rawValue) (\(error.reason)): see its documentation of "
                    + "result codes")
        }
    }
}

extension DatabaseError {
    /// What SQLite said, without statement and arguments.
    fileprivate var reason: String { message ?? "code \(extendedResultCode.rawValue)" }
}

#endif
