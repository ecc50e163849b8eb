#if Emulator
/// A query parameter that stands for a configuration of a bucket.
///
/// R2 (observed).
enum BucketSubresource {
    /// The subresources that a GET knows, with the rest of the names of their operations.
    private static let names: [String: String] = [
        "accelerate": "BucketAccelerateConfiguration", "acl": "BucketAcl",
        "analytics": "BucketAnalyticsConfiguration", "cors": "BucketCors", "encryption": "BucketEncryption",
        "intelligent-tiering": "BucketIntelligentTieringConfiguration",
        "inventory": "BucketInventoryConfiguration", "lifecycle": "BucketLifecycleConfiguration",
        "logging": "BucketLogging", "metrics": "BucketMetricsConfiguration",
        "notification": "BucketNotificationConfiguration", "object-lock": "ObjectLockConfiguration",
        "ownershipControls": "BucketOwnershipControls", "policy": "BucketPolicy",
        // R2's own slip.
        "policyStatus": "GetBucketPolicyStatus", "publicAccessBlock": "PublicAccessBlock",
        "replication": "BucketReplication", "requestPayment": "BucketRequestPayment", "tagging": "BucketTagging",
        "versioning": "BucketVersioning", "versions": "BucketVersions", "website": "BucketWebsite",
    ]

    /// The subresources that a PUT doesn't know.
    private static let onlyRead: Set = ["policyStatus", "versions"]

    private static let deletable: Set = [
        "analytics", "cors", "encryption", "intelligent-tiering", "inventory", "lifecycle", "metrics",
        "ownershipControls", "policy", "replication", "tagging", "website",
    ]

    private static let readable: [String: Operation] = [
        "acl": .getBucketACL, "cors": .getBucketCORS, "encryption": .getBucketEncryption,
        "lifecycle": .getBucketLifecycle, "object-lock": .getObjectLockConfiguration,
        "replication": .getBucketReplication, "tagging": .getBucketTagging, "versioning": .getBucketVersioning,
    ]

    private static let writable: [String: (put: Operation, delete: Operation)] = [
        "cors": (.putBucketCORS, .deleteBucketCORS),
        "encryption": (.putBucketEncryption, .deleteBucketEncryption),
        "lifecycle": (.putBucketLifecycle, .deleteBucketLifecycle),
    ]

    /// Returns the operation of a GET on a bucket.
    ///
    /// The first subresource in the query counts.
    static func get(_ request: EmulatorRequest) throws(Refusal) -> Operation {
        if request.hasParameter("uploads") { return .listMultipartUploads }
        if request.hasParameter("location") {
            if let other = plainParameters(request).first(where: { $0 != "location" }) {
                throw .invalidArgument("Search param \(other) is unsupported for bucket location")
            }
            return .getBucketLocation
        }
        for (parameter, _) in request.query {
            guard let name = names[parameter] else { continue }
            if let operation = readable[parameter] { return operation }
            throw .notImplemented(parameter == "versions" ? "ListObjectVersions" : "Get\(name)")
        }
        return try list(request)
    }

    /// Returns the operation of a list, whose parameters belong to its route.
    private static func list(_ request: EmulatorRequest) throws(Refusal) -> Operation {
        let operation: Operation
        var known: Set = ["prefix", "delimiter", "max-keys", "encoding-type"]
        if let version = request.parameter("list-type") {
            guard version == "2" else { throw .notImplemented("ListObjectsV\(version)") }
            operation = .listObjectsV2
            known.formUnion(["list-type", "continuation-token", "start-after", "fetch-owner"])
        } else {
            if request.hasParameter("continuation-token") {
                throw .invalidArgument("continuation-token not supported in ListObjects")
            }
            operation = .listObjectsV1
            known.insert("marker")
        }
        for name in plainParameters(request) where !known.contains(name) {
            throw .notImplemented("\(operation.rawValue) search parameter \(name)")
        }
        return operation
    }

    /// Returns the operation of a PUT or DELETE on a bucket.
    ///
    /// The first subresource in the query counts. A wrong parameter never creates or deletes a bucket.
    static func change(_ request: EmulatorRequest) throws(Refusal) -> Operation {
        let isPut = request.method == "PUT"
        for (parameter, _) in request.query {
            guard isPut ? !onlyRead.contains(parameter) : deletable.contains(parameter),
                let name = names[parameter]
            else { continue }
            if let operations = writable[parameter] { return isPut ? operations.put : operations.delete }
            throw .notImplemented((isPut ? "Put" : "Delete") + name)
        }
        let others = plainParameters(request)
        guard others.isEmpty else {
            let list = others.map { "\"\($0)\"" }.joined(separator: ", ")
            throw .invalidArgument("Unsupported search param(s) \(list) on a \(request.method) bucket route")
        }
        return isPut ? .createBucket : .deleteBucket
    }

    /// Returns the names of the parameters that don't belong to the signature or to a client library.
    ///
    /// R2 (documented): `x-id` and `x-purpose` are ignored.
    static func plainParameters(_ request: EmulatorRequest) -> [String] {
        request.query.map(\.name).filter { !$0.hasPrefix("X-Amz-") && $0 != "x-id" && $0 != "x-purpose" }
    }
}
#endif
