#if Emulator
/// Performs operations.
///
/// Each is a function in a file of its kind.
enum OperationRunner {
    static func run(_ context: OperationContext) async throws -> EmulatorResponse {
        switch context.operation {
        case .listBuckets: try context.listBuckets()
        case .createBucket: try await context.createBucket()
        case .headBucket: EmulatorResponse(headers: [("x-amz-bucket-region", "auto")])
        case .deleteBucket: try await context.deleteBucket()
        case .getBucketLocation: try context.bucketLocation()
        case .getBucketEncryption: context.bucketEncryption()
        case .putBucketEncryption: try await context.putBucketEncryption()
        case .deleteBucketEncryption: EmulatorResponse(status: 204)
        case .getBucketVersioning: context.bucketVersioning()
        case .getBucketTagging: throw Refusal.noSuchTagSet
        case .getObjectLockConfiguration: throw Refusal.noObjectLock
        case .getBucketReplication: throw Refusal.noReplication
        case .getBucketACL: context.bucketACL()
        case .getBucketCORS: try context.bucketCORS()
        case .putBucketCORS: try await context.putBucketCORS()
        case .deleteBucketCORS: try await context.deleteBucketCORS()
        case .getBucketLifecycle: try context.bucketLifecycle()
        case .putBucketLifecycle: try await context.putBucketLifecycle()
        case .deleteBucketLifecycle: try await context.deleteBucketLifecycle()
        case .postBucket: EmulatorResponse()
        case .deleteObjects: try await context.deleteObjects()
        case .listObjectsV1: try context.listObjectsV1()
        case .listObjectsV2: try context.listObjectsV2()
        case .listMultipartUploads: try context.listMultipartUploads()
        case .getObject, .headObject: try context.getObject()
        case .putObject: try await context.putObject()
        case .copyObject: try await context.copyObject()
        case .deleteObject: try await context.deleteObject()
        case .createMultipartUpload: try await context.createMultipartUpload()
        case .uploadPart: try await context.uploadPart()
        case .uploadPartCopy: try await context.uploadPartCopy()
        case .listParts: try context.listParts()
        case .completeMultipartUpload: try await context.completeMultipartUpload()
        case .abortMultipartUpload: try await context.abortMultipartUpload()
        }
    }
}
#endif
