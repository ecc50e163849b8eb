#if Emulator
/// An operation that the emulator performs, with its name in S3.
enum Operation: String, Sendable {
    case listBuckets = "ListBuckets"
    case createBucket = "CreateBucket"
    case headBucket = "HeadBucket"
    case deleteBucket = "DeleteBucket"
    case getBucketLocation = "GetBucketLocation"
    case getBucketEncryption = "GetBucketEncryption"
    case putBucketEncryption = "PutBucketEncryption"
    case deleteBucketEncryption = "DeleteBucketEncryption"
    case getBucketVersioning = "GetBucketVersioning"
    case getBucketTagging = "GetBucketTagging"
    case getObjectLockConfiguration = "GetObjectLockConfiguration"
    case getBucketReplication = "GetBucketReplication"
    case getBucketACL = "GetBucketAcl"
    case getBucketCORS = "GetBucketCors"
    case putBucketCORS = "PutBucketCors"
    case deleteBucketCORS = "DeleteBucketCors"
    case getBucketLifecycle = "GetBucketLifecycleConfiguration"
    case putBucketLifecycle = "PutBucketLifecycleConfiguration"
    case deleteBucketLifecycle = "DeleteBucketLifecycle"
    /// A signed POST on a bucket without `?delete`, which does nothing.
    case postBucket = "PostBucket"
    case deleteObjects = "DeleteObjects"
    case listObjectsV1 = "ListObjectsV1"
    case listObjectsV2 = "ListObjectsV2"
    case listMultipartUploads = "ListMultipartUploads"
    case getObject = "GetObject"
    case headObject = "HeadObject"
    case putObject = "PutObject"
    case copyObject = "CopyObject"
    case deleteObject = "DeleteObject"
    case createMultipartUpload = "CreateMultipartUpload"
    case uploadPart = "UploadPart"
    case uploadPartCopy = "UploadPartCopy"
    case listParts = "ListParts"
    case completeMultipartUpload = "CompleteMultipartUpload"
    case abortMultipartUpload = "AbortMultipartUpload"

    /// A Boolean value that indicates whether the body is stored, so that its length must be announced.
    var storesBody: Bool { self == .putObject || self == .uploadPart }

    /// A Boolean value that indicates whether the operation reads the body, and compares its digests then.
    var readsBody: Bool {
        switch self {
        case .createBucket, .putBucketEncryption, .putBucketCORS, .putBucketLifecycle, .deleteObjects,
            .completeMultipartUpload:
            true
        default: storesBody
        }
    }
}
#endif
