#if Emulator
/// Refuses headers that R2 doesn't implement, for each operation on its own.
///
/// R2 (observed) unless a comment says otherwise. Other `x-amz-*` headers are ignored.
enum HeaderScreening {
    private static let owner = ["x-amz-expected-bucket-owner"]
    private static let writes =
        owner + [
            "x-amz-tagging", "x-amz-grant-full-control", "x-amz-grant-read", "x-amz-grant-read-acp",
            "x-amz-grant-write", "x-amz-grant-write-acp", "x-amz-website-redirect-location", "x-amz-object-lock-mode",
            "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold",
            "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-context",
            "x-amz-server-side-encryption-bucket-key-enabled",
        ]
    private static let sourceOwner = ["x-amz-source-expected-bucket-owner"]

    private static func unsupported(_ operation: Operation) -> [String] {
        switch operation {
        case .listBuckets, .abortMultipartUpload: []
        case .putObject, .createMultipartUpload: writes
        case .copyObject:
            writes + sourceOwner + ["x-amz-tagging-directive", "x-amz-checksum-algorithm"]
        case .uploadPartCopy:
            owner + sourceOwner + [
                "x-amz-copy-source-if-match", "x-amz-copy-source-if-none-match",
                "x-amz-copy-source-if-modified-since", "x-amz-copy-source-if-unmodified-since",
            ]
        // R2 (live reports): these two checksums are refused on parts.
        case .uploadPart: owner + ["x-amz-checksum-sha1", "x-amz-checksum-sha256"]
        case .deleteObject, .deleteObjects: owner + ["x-amz-mfa", "x-amz-bypass-governance-retention"]
        default: owner
        }
    }

    private static let cannedACLs = [
        "private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "bucket-owner-read",
        "bucket-owner-full-control",
    ]

    /// The operations that read a customer's key.
    private static let withCustomerKey: Set<Operation> = [
        .getObject, .headObject, .putObject, .copyObject, .createMultipartUpload, .uploadPart, .uploadPartCopy,
    ]

    /// Checks the headers in R2's order: unsupported ones, then encryption and ACL values, then customers' keys.
    static func check(
        _ request: EmulatorRequest, _ operation: Operation, _ behavior: R2Emulator.Behavior
    ) throws(Refusal) {
        for name in unsupported(operation) {
            if let value = request.header(name) { throw .notImplemented(header: name, value) }
        }
        let writesObject = [.putObject, .copyObject, .createMultipartUpload].contains(operation)
        if let value = request.header("x-amz-server-side-encryption") {
            // Unsettled: on parts, see `Behavior.partsAcceptEncryptionHeader`.
            let isAccepted = value == "AES256" && (operation != .uploadPart || behavior.partsAcceptEncryptionHeader)
            guard isAccepted || !(writesObject || operation == .uploadPart) else {
                throw .notImplemented(header: "x-amz-server-side-encryption", value)
            }
        }
        if writesObject || operation == .createBucket, let value = request.header("x-amz-acl"),
            !cannedACLs.contains(value)
        {
            throw .notImplemented(header: "x-amz-acl", value)
        }
        // R2 (documented): only `false` is accepted.
        if operation == .createBucket, let value = request.header("x-amz-bucket-object-lock-enabled"),
            value.lowercased() != "false"
        {
            throw .notImplemented(header: "x-amz-bucket-object-lock-enabled", value)
        }
        if withCustomerKey.contains(operation) { _ = try CustomerKey.read(request) }
        if operation == .copyObject || operation == .uploadPartCopy {
            _ = try CustomerKey.read(request, prefix: "x-amz-copy-source-")
        }
    }
}
#endif
