#if Delivery
public import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension VideoUploads {
    /// Restores a deleted video, if the limits of its uploader allow it.
    ///
    /// A deleted video counts nothing. Restored without a look at the limits, it would let its uploader have more than
    /// they allow: delete, upload others, restore.
    ///
    /// The caller is expected to have checked that the user may restore the video.
    ///
    /// - Parameters:
    ///   - video: The video.
    ///   - limits: The limits for the uploader, or `nil` for those of the policy.
    /// - Returns: The video. One that isn't deleted is returned unchanged.
    /// - Throws: A `CatalogError` with the code `uploadLimitExceeded` if the uploader would have too much, when the
    ///   video stays deleted. The errors of `VideoRepository.restore(_:)`.
    public func restore(_ video: Video.ID, within limits: UploadLimits? = nil) async throws -> Video {
        let limits = limits ?? policy.limits
        guard limits != .none, let row = try await catalog.video(id: video, includingDeleted: true), row.isDeleted
        else { return try await catalog.restore(video) }
        var live = row
        live.deletedAt = nil
        let usage = try await catalog.uploadUsage(of: row.uploadedBy)
        try RepositorySupport.checkUsage(usage, adding: live, within: limits, at: clock())
        let restored = try await catalog.restore(video)
        do {
            // The catalog doesn't limit this. Looking again afterward catches those that are restored together.
            let added = RepositorySupport.usage(of: restored, at: clock())
            let total = try await catalog.uploadUsage(of: row.uploadedBy)
            let others = UploadUsage(
                openUploads: total.openUploads - added.openUploads, openBytes: total.openBytes - added.openBytes,
                storedBytes: total.storedBytes - added.storedBytes)
            try RepositorySupport.checkUsage(others, adding: restored, within: limits, at: clock())
        } catch {
            _ = try? await catalog.delete(video, expecting: restored.version)
            throw error
        }
        return restored
    }
}
#endif
