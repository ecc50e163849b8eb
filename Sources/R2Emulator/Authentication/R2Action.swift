#if Emulator
/// An operation that an access key may or may not allow.
///
/// The raw values are R2's names, which are also those of a temporary credential's `actions`.
enum R2Action: String, Sendable, CaseIterable {
    case listBuckets = "ListBuckets"
    case createBucket = "CreateBucket"
    case deleteBucket = "DeleteBucket"
    case headBucket = "HeadBucket"
    case getBucketLocation = "GetBucketLocation"
    case getBucketSettings = "GetBucketSettings"
    case putBucketSettings = "PutBucketSettings"

    case listObjectsV1 = "ListObjectsV1"
    case listObjectsV2 = "ListObjectsV2"
    case listMultipartUploads = "ListMultipartUploads"
    case listParts = "ListParts"
    case headObject = "HeadObject"
    case getObject = "GetObject"

    case putObject = "PutObject"
    case copyObject = "CopyObject"
    case deleteObject = "DeleteObject"
    case deleteObjects = "DeleteObjects"
    case createMultipartUpload = "CreateMultipartUpload"
    case uploadPart = "UploadPart"
    case uploadPartCopy = "UploadPartCopy"
    case completeMultipartUpload = "CompleteMultipartUpload"
    case abortMultipartUpload = "AbortMultipartUpload"

    /// The least a permission must include for an operation.
    enum Level: Sendable {
        case readObjects, writeObjects, readSettings, writeSettings
    }

    /// The least a permission must include for the operation.
    ///
    /// Source: R2 "Authentication", permissions. Reading CORS, lifecycle and other settings is ``getBucketSettings``.
    /// HeadBucket needs an admin permission: it isn't among the actions of temporary credentials, and keys with "Object
    /// Read & Write" were refused it (remotely-save/remotely-save#826).
    var level: Level {
        switch self {
        case .listBuckets, .headBucket, .getBucketSettings: .readSettings
        case .createBucket, .deleteBucket, .putBucketSettings: .writeSettings
        case .getBucketLocation, .listObjectsV1, .listObjectsV2, .listMultipartUploads, .listParts, .headObject,
            .getObject:
            .readObjects
        case .putObject, .copyObject, .deleteObject, .deleteObjects, .createMultipartUpload, .uploadPart,
            .uploadPartCopy, .completeMultipartUpload, .abortMultipartUpload:
            .writeObjects
        }
    }

    /// A Boolean value that indicates whether the operation is about the account instead of one bucket.
    var isAboutAccount: Bool { self == .listBuckets }

    /// A Boolean value that indicates whether the key of a check is the prefix that the operation lists.
    var isListing: Bool { [.listObjectsV1, .listObjectsV2, .listMultipartUploads].contains(self) }
}
#endif
