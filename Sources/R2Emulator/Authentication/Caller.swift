#if Emulator
internal import R2KitSupport

/// The limits of temporary credentials.
struct SessionGrant: Sendable {
    /// The only bucket.
    let bucket: String
    /// A group of operations, or `nil` if ``actions`` lists all.
    let permission: AccessKey.Permission?
    /// Single operations by R2's names, or `nil` if ``permission`` says all.
    ///
    /// With both, both must allow an operation.
    let actions: Set<String>?
    /// The prefixes of the allowed keys, in NFC.
    ///
    /// Without a prefix and an object, the whole bucket is allowed.
    let prefixes: [String]
    /// The allowed keys, in NFC.
    let objects: [String]

    /// Returns the reason why an operation isn't allowed, or `nil` if it is.
    func problem(_ action: R2Action, bucket: String?, key: String?) -> String? {
        guard bucket == self.bucket else { return "The credentials are for the bucket \(self.bucket)." }
        guard permission?.allows(action) != false, actions?.contains(action.rawValue) != false else {
            return "The credentials don't allow \(action.rawValue)."
        }
        guard !prefixes.isEmpty || !objects.isEmpty else { return nil }
        guard let key else {
            // A listing without a prefix shows every key. Unsettled: an operation on the bucket itself. Here, it's
            // allowed.
            return action.isListing ? "The credentials only allow listing below their prefixes." : nil
        }
        let bytes = Array(Normalization.nfc(key).utf8)
        let isAllowed =
            objects.contains { bytes.elementsEqual($0.utf8) } || prefixes.contains { bytes.starts(with: $0.utf8) }
        return isAllowed ? nil : "The credentials don't cover this key."
    }
}

/// The sender of a request whose signature is right.
struct Caller: Sendable {
    /// The access key.
    let accessKey: AccessKey
    /// The limits of temporary credentials, or `nil` for the access key itself.
    let grant: SessionGrant?
    /// A check of the request's body.
    let bodyCheck: BodyCheck

    /// Checks that the caller may execute an operation.
    ///
    /// A copy also needs a check of its source, with the same operation. Unsettled: what temporary credentials with
    /// paths may list. Here, a listing's prefix must lie in their paths.
    /// - Parameters:
    ///   - action: The operation.
    ///   - bucket: The bucket, or `nil` if the operation is about the account.
    ///   - key: The key of the object. For a listing, the prefix, or `nil` if it's empty.
    /// - Throws: A ``Refusal`` with the code `AccessDenied`.
    func check(_ action: R2Action, bucket: String?, key: String? = nil) throws(Refusal) {
        if let problem = problem(action, bucket: bucket, key: key) { throw .accessDenied(problem) }
    }

    /// Returns a Boolean value that indicates whether the caller may execute an operation.
    ///
    /// See ``check(_:bucket:key:)``.
    func allows(_ action: R2Action, bucket: String?, key: String? = nil) -> Bool {
        problem(action, bucket: bucket, key: key) == nil
    }

    private func problem(_ action: R2Action, bucket: String?, key: String?) -> String? {
        guard accessKey.permission.allows(action) else {
            return "The access key has the permission \(accessKey.permission.rawValue), which doesn't include "
                + "\(action.rawValue)."
        }
        if let buckets = accessKey.buckets, !action.isAboutAccount || grant != nil {
            guard let bucket, buckets.contains(bucket) else { return "The access key is limited to other buckets." }
        }
        return grant?.problem(action, bucket: bucket, key: key)
    }
}
#endif
