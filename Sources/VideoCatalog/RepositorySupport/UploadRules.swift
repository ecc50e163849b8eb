#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The usage of uploaders, and the limits for it.
extension RepositorySupport {
    /// Returns the part of a video in the usage of its uploader.
    ///
    /// - Parameters:
    ///   - video: Any row.
    ///   - now: The current date.
    /// - Returns: The usage, as ``UploadUsage`` defines it.
    public static func usage(of video: Video, at now: Date) -> UploadUsage {
        var usage = UploadUsage()
        guard !video.isDeleted else { return usage }
        let isExpired = video.uploadExpiresAt.map { $0 <= now } ?? false
        switch video.state {
        case .pendingUpload, .uploading:
            if !isExpired { usage = UploadUsage(openUploads: 1, openBytes: video.byteSize ?? 0) }
        case .verifying, .ready: usage.storedBytes = video.byteSize ?? 0
        case .failed, .expired: break
        }
        if let replacement = video.replacement, !isExpired {
            usage = usage + UploadUsage(openUploads: 1, openBytes: replacement.byteSize ?? 0)
        }
        return usage
    }

    /// Checks the limits themselves, and that a new video has the sizes that they need.
    ///
    /// A repository calls this before it looks for conflicts, and ``checkUsage(_:adding:within:at:)`` afterwards.
    ///
    /// - Parameters:
    ///   - limits: The limits of the uploader.
    ///   - video: The row to insert.
    ///   - now: The date of the insertion.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument` for a negative limit, or `invalidFields` if the
    ///   size is unknown and a limit counts it.
    public static func checkLimits(_ limits: UploadLimits, for video: Video, at now: Date) throws(CatalogError) {
        guard limits.openUploads ?? 0 >= 0, limits.openBytes ?? 0 >= 0, limits.totalBytes ?? 0 >= 0 else {
            throw CatalogError(.invalidArgument, "Invalid limits: every limit must be zero or more, or nil.")
        }
        guard limits.openBytes != nil || limits.totalBytes != nil else { return }
        var checker = FieldChecker()
        let isOpen = usage(of: video, at: now).openUploads > 0
        let isStored = limits.totalBytes != nil && video.state.hasArrived
        if isStored || (isOpen && video.replacement == nil), video.byteSize == nil {
            checker.add("byteSize", "must be set, because a limit counts bytes")
        }
        if isOpen, let replacement = video.replacement, replacement.byteSize == nil {
            checker.add("upload", "must have a byteSize, because a limit counts bytes")
        }
        guard checker.fields.isEmpty else {
            throw CatalogError(
                .invalidFields, "Invalid video: the limits of its uploader need these fields: \(checker.names).",
                fields: checker.fields)
        }
    }

    /// Checks whether a new video stays within the limits of its uploader.
    ///
    /// A repository calls this with the usage that it reads in the transaction of the insertion, so that no other
    /// insertion for the same uploader comes between.
    ///
    /// - Parameters:
    ///   - usage: The usage without the new video.
    ///   - video: The row to insert. A video that adds nothing to the usage is always accepted.
    ///   - limits: The limits of the uploader.
    ///   - now: The date of the insertion.
    /// - Throws: A ``CatalogError`` with the code `uploadLimitExceeded`, which carries the usage.
    public static func checkUsage(
        _ usage: UploadUsage, adding video: Video, within limits: UploadLimits, at now: Date
    ) throws(CatalogError) {
        let added = self.usage(of: video, at: now)
        let total = usage + added
        let isOpen = added.openUploads > 0
        if isOpen, let limit = limits.openUploads, total.openUploads > limit {
            throw .uploadLimitExceeded("\(total.openUploads) open uploads, and \(limit) are allowed", usage)
        }
        if isOpen, let limit = limits.openBytes, total.openBytes > limit {
            throw .uploadLimitExceeded("\(total.openBytes) bytes in open uploads, and \(limit) are allowed", usage)
        }
        let bytes = total.openBytes.addingSaturated(total.storedBytes)
        if isOpen || added.storedBytes > 0, let limit = limits.totalBytes, bytes > limit {
            throw .uploadLimitExceeded("\(bytes) bytes in uploads and videos, and \(limit) are allowed", usage)
        }
    }
}

/// The rules for an unfinished upload and for a replacement.
extension Video {
    /// Applies the rules to an edited row, before it is checked.
    ///
    /// Finishing or canceling a replacement keeps the key that is no longer used, so that its object can be deleted. A
    /// first upload ends when the video becomes ready.
    ///
    /// - Parameters:
    ///   - old: The row before the update.
    ///   - changes: The changes that made this row of it.
    /// - Returns: `true` if the update finishes a replacement.
    /// - Throws: A ``CatalogError`` with the code `illegalTransition` if the state allows no replacement, or
    ///   `uploadInProgress` if the update would start a second one.
    mutating func settleUpload(from old: Video, _ changes: VideoChanges) throws(CatalogError) -> Bool {
        if old.upload != nil, old.replacement == nil, !changes.upload.isSet, state == .ready, old.state != .ready {
            upload = nil
        }
        guard let replaced = old.replacement else {
            guard replacement != nil else { return false }
            let isKeyChanged = ExactString(objectKey) != ExactString(old.objectKey)
            guard state == .ready || state.kind == .failed || isKeyChanged else {
                throw .illegalReplacement(of: old)
            }
            if !changes.uploadExpiresAt.isSet { uploadExpiresAt = nil }
            return false
        }
        let key = ExactString(replaced.objectKey)
        let isFinished = ExactString(objectKey) == key
        if isFinished {
            upload = nil
        } else if let upload {
            guard ExactString(upload.objectKey) == key else { throw .uploadInProgress(old) }
            guard state == .ready || state.kind == .failed else { throw .illegalReplacement(of: old) }
            return false
        }
        let unused = isFinished ? ExactString(old.objectKey) : key
        if !replacedKeys.contains(where: { ExactString($0) == unused }) { replacedKeys.append(unused.string) }
        if !changes.uploadExpiresAt.isSet { uploadExpiresAt = nil }
        return isFinished
    }
}
