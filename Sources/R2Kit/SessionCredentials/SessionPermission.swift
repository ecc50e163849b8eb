/// What session credentials may do: a permission as R2's API tokens have it.
///
/// Source: R2 "Temporary credentials".
public struct SessionPermission: Sendable, Hashable, CustomStringConvertible {
    /// The name in the token's `scope` claim.
    public let rawValue: String

    /// Read, write, list and delete objects, and change the bucket's settings.
    public static let adminReadWrite = SessionPermission("admin-read-write")
    /// Read and list objects, and see the bucket's settings.
    public static let adminReadOnly = SessionPermission("admin-read-only")
    /// Read, write, list and delete objects.
    public static let objectReadWrite = SessionPermission("object-read-write")
    /// Read and list objects.
    public static let objectReadOnly = SessionPermission("object-read-only")

    private init(_ name: String) { rawValue = name }

    /// The name itself.
    public var description: String { rawValue }
}

/// One operation that session credentials may be limited to.
///
/// Source: R2 "Temporary credentials", the `actions` claim.
public struct SessionAction: Sendable, Hashable, CustomStringConvertible {
    /// The name in the token's `actions` claim.
    public let rawValue: String

    /// Ask for an object's size, type and metadata.
    public static let headObject = SessionAction("HeadObject")
    /// Read an object.
    public static let getObject = SessionAction("GetObject")
    /// Ask where the bucket is.
    public static let getBucketLocation = SessionAction("GetBucketLocation")
    /// List objects, the older way.
    public static let listObjectsV1 = SessionAction("ListObjectsV1")
    /// List objects.
    public static let listObjectsV2 = SessionAction("ListObjectsV2")
    /// List unfinished multipart uploads.
    public static let listMultipartUploads = SessionAction("ListMultipartUploads")
    /// List the parts of an upload.
    public static let listParts = SessionAction("ListParts")
    /// Write an object.
    public static let putObject = SessionAction("PutObject")
    /// Delete an object.
    public static let deleteObject = SessionAction("DeleteObject")
    /// Delete many objects.
    public static let deleteObjects = SessionAction("DeleteObjects")
    /// Copy an object.
    public static let copyObject = SessionAction("CopyObject")
    /// Begin a multipart upload.
    public static let createMultipartUpload = SessionAction("CreateMultipartUpload")
    /// Upload a part.
    public static let uploadPart = SessionAction("UploadPart")
    /// Copy a part.
    public static let uploadPartCopy = SessionAction("UploadPartCopy")
    /// Give up a multipart upload.
    public static let abortMultipartUpload = SessionAction("AbortMultipartUpload")
    /// Finish a multipart upload.
    public static let completeMultipartUpload = SessionAction("CompleteMultipartUpload")

    private init(_ name: String) { rawValue = name }

    /// The name itself.
    public var description: String { rawValue }
}
