#if Emulator
extension Operation {
    /// The action that permissions name, or `nil` if every key may do it.
    private var action: R2Action? {
        switch self {
        case .getBucketEncryption, .getBucketVersioning, .getBucketTagging, .getObjectLockConfiguration,
            .getBucketReplication, .getBucketACL, .getBucketCORS, .getBucketLifecycle:
            .getBucketSettings
        case .putBucketEncryption, .deleteBucketEncryption, .putBucketCORS, .deleteBucketCORS, .putBucketLifecycle,
            .deleteBucketLifecycle:
            .putBucketSettings
        case .postBucket: nil
        default: R2Action(rawValue: rawValue)
        }
    }

    /// Throws unless the caller may perform the operation.
    func checkPermission(
        of caller: Caller, _ request: EmulatorRequest, _ address: RequestAddress
    ) throws(Refusal) {
        guard let action else { return }
        // Each key of DeleteObjects, and the source of a copy, is checked when it's known.
        guard self != .deleteObjects else {
            return try caller.check(action, bucket: address.bucket, key: nil)
        }
        let prefix = request.parameter("prefix").flatMap { $0.isEmpty ? nil : $0 }
        try caller.check(action, bucket: address.bucket, key: action.isListing ? prefix : address.key)
    }
}
#endif
