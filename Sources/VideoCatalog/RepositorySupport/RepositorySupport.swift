internal import R2KitSupport

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A namespace for authors of repositories: the rules that every ``VideoRepository`` follows.
///
/// A repository reads a row, lets a function of this namespace make the next row, and stores the result. Apps that use
/// a repository don't need it, except for ``Limits``.
public enum RepositorySupport {
    /// The number of videos that an operation tries for each that it may handle.
    ///
    /// Those that fail or stay don't keep it from the others, but there can be any number of them.
    package static let attemptsPerVideo = 10

    /// The maximum lengths and counts of what the catalog stores.
    ///
    /// Lengths are in bytes of UTF-8. No string may contain NUL, which PostgreSQL can't store.
    /// ``RepositorySupport/validate(_:)`` and ``RepositorySupport/validatedQuery(_:)`` enforce these limits.
    public enum Limits {
        /// The maximum length of a title, in bytes.
        ///
        /// The minimum is 1.
        public static let titleLength = 500
        /// The maximum length of a description, in bytes.
        public static let descriptionLength = 10_000
        /// The maximum length of an object key, in bytes, which is R2's limit.
        ///
        /// The minimum is 1.
        public static let keyLength = 1024
        /// The maximum length of an external identifier, in bytes.
        ///
        /// The minimum is 1.
        public static let identifierLength = 255
        /// The maximum number of tags of a video.
        public static let tagCount = 50
        /// The maximum length of a tag, in bytes.
        ///
        /// The minimum is 1.
        public static let tagLength = 100
        /// The maximum total length of all names and values of the metadata, in bytes.
        public static let metadataLength = 8192
        /// The maximum number of renditions of a video.
        public static let renditionCount = 50
        /// The maximum length of the reason of a failure, in bytes.
        ///
        /// The minimum is 1.
        public static let reasonLength = 1000
        /// The maximum length of a content type, an ETag, a visibility or a rendition's kind, in bytes.
        ///
        /// The minimum is 1.
        public static let shortTextLength = 255
        /// The maximum length of the identifier of a multipart upload, in bytes.
        ///
        /// The minimum is 1.
        public static let uploadIDLength = 1024
        /// The range of the part size of a multipart upload, in bytes: R2's limits, 5 MiB to 5 GiB minus 5 MiB.
        public static let partSizeRange: ClosedRange<Int64> = 5_242_880...5_363_466_240
        /// The maximum number of replaced keys of a video.
        ///
        /// During a replacement, it is one less, because the end of the replacement adds a key.
        public static let replacedKeyCount = 50
        /// The maximum number of videos that one call accepts or returns, and of identifiers in a query.
        public static let batchSize = 1000
        /// The range of a claim's lease: 1 second to 24 hours.
        public static let leaseRange: ClosedRange<Duration> = .seconds(1)...(.seconds(86_400))
    }

    /// Returns a date rounded to the microsecond, as the catalog stores it.
    ///
    /// - Parameter date: Any date. A date outside the years 1970 to 2099 is returned as it is, and fails
    ///   ``validate(_:)`` later.
    /// - Returns: The rounded date.
    public static func rounded(_ date: Date) -> Date { CatalogTimestamp(date)?.date ?? date }

    /// Returns the date when a lease ends, rounded to the microsecond.
    ///
    /// - Parameters:
    ///   - now: The date when the lease starts.
    ///   - lease: The duration of the lease.
    /// - Returns: The end of the lease.
    public static func leaseEnd(from now: Date, lease: Duration) -> Date {
        let (seconds, attoseconds) = lease.components
        return rounded(now + (Double(seconds) + Double(attoseconds) / 1e18))
    }

    /// Checks how many identifiers, keys or claims a call received.
    ///
    /// - Parameter count: The number of identifiers, keys or claims.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument` if there are more than ``Limits/batchSize``.
    public static func checkBatchSize(_ count: Int) throws(CatalogError) {
        guard count <= Limits.batchSize else {
            throw CatalogError(
                .invalidArgument,
                "Invalid batch: expected at most \(Limits.batchSize) identifiers, keys or claims, not \(count). "
                    + "Split them into several calls.")
        }
    }

    static func checkPageLimit(_ limit: Int) throws(CatalogError) {
        guard (1...Limits.batchSize).contains(limit) else {
            throw CatalogError(
                .invalidArgument, "Invalid limit: expected 1 to \(Limits.batchSize), not \(limit).")
        }
    }
}

/// A string that equals another one only if their bytes are the same, as in a database.
///
/// Swift's `==` also treats composed and decomposed forms of a letter as equal.
struct ExactString: Sendable, Hashable {
    let string: String

    init(_ string: String) { self.string = string }

    static func == (first: ExactString, second: ExactString) -> Bool {
        first.string.hasBytes(of: second.string)
    }

    func hash(into hasher: inout Hasher) {
        var string = string
        string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}
