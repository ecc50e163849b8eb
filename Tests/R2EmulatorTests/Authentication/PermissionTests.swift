#if Emulator
import SigV4
import Testing

@testable import R2Emulator

@Suite("Permissions of access keys")
struct PermissionTests {
    private static func caller(_ permission: AccessKey.Permission, buckets: Set<String>? = nil) throws -> Caller {
        let key = AccessKey(
            id: Signed.id, secret: Secret(Signed.secret), permission: permission, buckets: buckets)
        return try Authenticator(keys: [key]).authenticate(try Signed.header(), at: Signed.now)
    }

    private static let reads: Set<R2Action> = [
        .getBucketLocation, .listObjectsV1, .listObjectsV2, .listMultipartUploads, .listParts, .headObject, .getObject,
    ]
    private static let writes: Set<R2Action> = [
        .putObject, .copyObject, .deleteObject, .deleteObjects, .createMultipartUpload, .uploadPart, .uploadPartCopy,
        .completeMultipartUpload, .abortMultipartUpload,
    ]
    private static let settings: Set<R2Action> = [.listBuckets, .headBucket, .getBucketSettings]

    /// Source: R2 "Authentication", permissions; mhart/aws4fetch#72, remotely-save/remotely-save#826.
    @Test(arguments: [
        (AccessKey.Permission.objectReadOnly, reads),
        (.objectReadWrite, reads.union(writes)),
        (.adminReadOnly, reads.union(settings)),
        (.adminReadWrite, Set(R2Action.allCases)),
    ])
    func `each includes its operations and no others`(
        _ permission: AccessKey.Permission, _ expected: Set<R2Action>
    ) throws {
        let caller = try Self.caller(permission)
        let allowed = R2Action.allCases.filter { caller.allows($0, bucket: $0.isAboutAccount ? nil : "media") }
        #expect(Set(allowed) == expected)
    }

    @Test func `a limited key works in its buckets alone`() throws {
        let caller = try Self.caller(.objectReadWrite, buckets: ["media", "backup"])
        #expect(caller.allows(.putObject, bucket: "media", key: "a"))
        #expect(caller.allows(.putObject, bucket: "backup", key: "a"))
        #expect(!caller.allows(.putObject, bucket: "other", key: "a"))
        #expect(!caller.allows(.putObject, bucket: "Media", key: "a"))
    }

    @Test func `the refusal is R2's`() throws {
        let refusal = #expect(throws: Refusal.self) {
            try Self.caller(.objectReadOnly).check(.putObject, bucket: "media", key: "a")
        }
        #expect((refusal?.status, refusal?.code, refusal?.message) == (403, "AccessDenied", "Access Denied"))
        #expect(refusal?.explanation?.contains("object-read-only") == true)
    }

    @Test func `each of several keys has its own secret`() throws {
        let other = "fedcba9876543210fedcba9876543210"
        let keys = Authenticator(keys: [
            AccessKey(id: Signed.id, secret: Secret(Signed.secret)),
            AccessKey(id: other, secret: Secret("other"), permission: .objectReadOnly),
        ])
        #expect(try keys.authenticate(try Signed.header(), at: Signed.now).accessKey.permission == .adminReadWrite)
        let crossed = try Signed.header().authorization(Signed.id, with: other)
        #expect(Signed.refusal(of: crossed, by: keys)?.code == "SignatureDoesNotMatch")
    }
}
#endif
