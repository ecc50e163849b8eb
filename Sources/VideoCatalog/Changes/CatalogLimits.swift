/// How long texts may be and how many of them the catalog keeps.
///
/// Every repository checks the same limits, in ``Video/validate()`` and ``VideoQuery/validated()``. Lengths are in bytes of
/// UTF-8. No text may hold NUL, which PostgreSQL cannot keep.
public enum CatalogLimits {
    /// The bytes of a title, from 1.
    public static let titleLength = 500
    /// The bytes of a description.
    public static let descriptionLength = 10_000
    /// The bytes of an object key, from 1: as many as R2 takes.
    public static let keyLength = 1024
    /// The bytes of an identifier of the host's, from 1.
    public static let identifierLength = 255
    /// How many tags a video may have.
    public static let tagCount = 50
    /// The bytes of a tag, from 1.
    public static let tagLength = 100
    /// The bytes of all names and values of the metadata together.
    public static let metadataLength = 8192
    /// How many renditions a video may have.
    public static let renditionCount = 50
    /// The bytes of a failure's reason, from 1.
    public static let reasonLength = 1000
    /// The bytes of a content type, an ETag, a visibility or a rendition's kind, from 1.
    public static let shortTextLength = 255
    /// How many videos one call takes or gives, and how many identifiers a query names.
    public static let batchSize = 1000
    /// How long a claim lasts: 1 second to 24 hours.
    public static let lease: ClosedRange<Duration> = .seconds(1)...(.seconds(86_400))
}
