/// A condition on the object that a key names, which R2 checks before an operation.
///
/// If it doesn't hold, R2 responds with status 412, or 304 to a read that finds nothing newer. Source: R2 "S3 API
/// compatibility", conditional operations.
public struct ObjectPrecondition: Sendable, Hashable {
    /// The header without any prefix, in lower case: `if-match` or `if-none-match`.
    package let headerName: String
    /// The header's value: an ETag in quotation marks, or `*`.
    package let headerValue: String

    /// The object must not exist yet (`If-None-Match: *`).
    ///
    /// A presigned upload with this condition succeeds once.
    public static let ifAbsent = ObjectPrecondition(headerName: "if-none-match", headerValue: "*")
    /// The object must exist, with any ETag (`If-Match: *`).
    public static let ifPresent = ObjectPrecondition(headerName: "if-match", headerValue: "*")

    /// The object must exist with this ETag (`If-Match`).
    /// - Parameter etag: The ETag that the object must have.
    /// - Returns: The condition.
    public static func ifMatch(_ etag: ETag) -> ObjectPrecondition {
        ObjectPrecondition(headerName: "if-match", headerValue: etag.headerValue)
    }

    /// The object must have another ETag, or not exist (`If-None-Match`).
    /// - Parameter etag: The ETag that the object must not have.
    /// - Returns: The condition.
    public static func ifNoneMatch(_ etag: ETag) -> ObjectPrecondition {
        ObjectPrecondition(headerName: "if-none-match", headerValue: etag.headerValue)
    }
}

extension ObjectPrecondition: CustomStringConvertible {
    /// The header line, such as `if-none-match: *`.
    public var description: String { "\(headerName): \(headerValue)" }
}
