/// The limits for the uploads of one user.
///
/// A limit that is `nil` doesn't apply. The limit itself is allowed.
public struct UploadLimits: Sendable, Hashable, Codable {
    /// The maximum number of open uploads.
    public var openUploads: Int?
    /// The maximum total size of open uploads, in bytes.
    public var openBytes: Int64?
    /// The maximum total size of open uploads and stored videos, in bytes.
    public var totalBytes: Int64?

    /// Limits that allow everything.
    public static let none = UploadLimits()

    /// Creates limits.
    ///
    /// - Parameters:
    ///   - openUploads: The maximum number of open uploads, 0 or more.
    ///   - openBytes: The maximum total size of open uploads, in bytes, 0 or more.
    ///   - totalBytes: The maximum total size of open uploads and stored videos, in bytes, 0 or more.
    public init(openUploads: Int? = nil, openBytes: Int64? = nil, totalBytes: Int64? = nil) {
        self.openUploads = openUploads
        self.openBytes = openBytes
        self.totalBytes = totalBytes
    }
}

/// The uploads and stored videos of one user.
///
/// An upload is open if its live video is `pendingUpload` or `uploading` and ``Video/uploadExpiresAt`` is in the future
/// or `nil`. An unfinished replacement is another open upload under the same condition on the date. A video is stored
/// if it is live and `verifying` or `ready`. Other videos don't count: those that are deleted, `failed` or `expired`.
public struct UploadUsage: Sendable, Hashable, Codable {
    /// The number of open uploads.
    public var openUploads: Int
    /// The total size of open uploads, in bytes: ``Video/byteSize``, and ``Video/Upload/byteSize`` of replacements.
    public var openBytes: Int64
    /// The total ``Video/byteSize`` of stored videos, in bytes.
    public var storedBytes: Int64

    /// Creates a usage.
    ///
    /// - Parameters:
    ///   - openUploads: The number of open uploads.
    ///   - openBytes: The total size of open uploads, in bytes.
    ///   - storedBytes: The total size of stored videos, in bytes.
    public init(openUploads: Int = 0, openBytes: Int64 = 0, storedBytes: Int64 = 0) {
        self.openUploads = openUploads
        self.openBytes = openBytes
        self.storedBytes = storedBytes
    }

    /// Returns the sum of two usages.
    ///
    /// - Returns: The sum. A number that would be too large is the largest possible.
    public static func + (first: UploadUsage, second: UploadUsage) -> UploadUsage {
        UploadUsage(
            openUploads: first.openUploads.addingSaturated(second.openUploads),
            openBytes: first.openBytes.addingSaturated(second.openBytes),
            storedBytes: first.storedBytes.addingSaturated(second.storedBytes))
    }
}

extension FixedWidthInteger {
    /// Returns the sum, or the largest possible number for a sum of two positive numbers that is too large.
    func addingSaturated(_ other: Self) -> Self {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? (other > 0 ? .max : .min) : sum
    }
}
