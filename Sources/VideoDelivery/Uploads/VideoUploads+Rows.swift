#if Delivery
package import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Another caller changed the row, so that the operation must read it and decide again.
struct RowChanged: Error {}

extension VideoUploads {
    /// The number of times that an operation reads a row and decides, before it gives up.
    static let maximumPasses = 20

    /// Performs an operation, and again whenever the row was changed under it.
    func retryingConflicts<Result>(on video: Video.ID, _ pass: () async throws -> Result) async throws -> Result {
        var backoff = ConflictBackoff()
        while backoff.conflicts < Self.maximumPasses {
            do {
                return try await pass()
            } catch is RowChanged {
                try await backoff.pause()
            }
        }
        throw VideoDeliveryError.conflict(video)
    }

    /// Returns the row of a video that a user may manage, also of a deleted one.
    ///
    /// - Throws: A ``VideoDeliveryError`` with the code `notFound` if the video doesn't exist or isn't the user's.
    @discardableResult
    package func row(of video: Video.ID, managedBy user: UserID) async throws -> Video {
        guard let row = try await catalog.video(id: video, includingDeleted: true) else {
            throw VideoDeliveryError.notFound(video)
        }
        try await authorization.check(user, row)
        return row
    }

    /// Returns the live row of a video that a user may manage.
    func managedRow(_ video: Video.ID, _ user: UserID) async throws -> Video {
        let row = try await row(of: video, managedBy: user)
        guard !row.isDeleted else { throw VideoDeliveryError.canceled(video) }
        return row
    }

    /// Changes the row of an upload, also if others changed fields that don't concern it.
    ///
    /// - Parameters:
    ///   - upload: The upload as it was read.
    ///   - edit: A closure that changes the fields of the current row.
    /// - Returns: The next version of the row.
    /// - Throws: ``RowChanged`` if the row no longer has the upload in the same state, or if it isn't known whether the
    ///   change was made. Other errors of the catalog.
    func update(_ upload: RowUpload, _ edit: (inout Video) throws -> Void) async throws -> Video {
        var row = upload.row
        var backoff = ConflictBackoff()
        while backoff.conflicts < Self.maximumPasses {
            do {
                return try await catalog.update(row, edit)
            } catch let error as CatalogError where error.code == .versionConflict {
                try await backoff.pause()
                guard let current = try await catalog.video(id: row.id),
                    current.state == row.state, current.upload == row.upload
                else { throw RowChanged() }
                row = current
            } catch let error as CatalogError where error.meansRowChanged {
                throw RowChanged()
            }
        }
        throw VideoDeliveryError.conflict(row.id)
    }

    /// Returns a date moved by a duration.
    static func date(_ date: Date, plus duration: Duration) -> Date {
        let (seconds, attoseconds) = duration.components
        return date + (Double(seconds) + Double(attoseconds) / 1e18)
    }
}

extension CatalogError {
    /// A Boolean value that indicates whether the row must be read again, because it was changed or may have been.
    var meansRowChanged: Bool {
        code == .versionConflict || code == .outcomeUnknown || code == .notFound
    }
}
#endif
