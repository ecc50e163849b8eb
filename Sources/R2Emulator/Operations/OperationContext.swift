#if Emulator
internal import NIOCore

/// A request whose signature is right, with all that an operation needs.
struct OperationContext: Sendable {
    let operation: Operation
    let request: EmulatorRequest
    let body: IncomingBody
    /// The bucket's name, or nothing for the account.
    let bucket: String
    /// A Boolean value that indicates whether the request's host contains the bucket.
    let bucketIsInHost: Bool
    /// The object's key, or nothing for the bucket.
    let key: String
    let caller: Caller
    let store: ObjectStore
    let settings: ServerSettings

    var limits: R2Emulator.Limits { settings.limits }
    var behavior: R2Emulator.Behavior { settings.behavior }

    /// The digests that the request states for its body.
    func expectedDigests() throws(Refusal) -> ExpectedDigests {
        try ExpectedDigests(request, contentHash: caller.bodyCheck.expected)
    }

    /// Reads the body as a document.
    func document() async throws -> [UInt8] {
        var expected = try expectedDigests()
        // There, they are about the object. Unsettled: whether R2 compares them.
        if operation == .completeMultipartUpload { expected.checksums = [:] }
        return try await body.collect(limit: limits.maximumDocumentLength, expected)
    }

    /// Reads a body that the operation doesn't use, and compares its signed hash.
    ///
    /// R2 (observed): the hash is a part of the signature, whatever the operation. Unsettled here: it's compared after
    /// the bucket, the route and the headers.
    func checkUnusedBody() async throws {
        var check = caller.bodyCheck
        guard !operation.readsBody, check.expected != nil else { return }
        try await body.forEach(limit: limits.maximumPutLength) { piece in
            piece.withUnsafeReadableBytes { check.update($0) }
        }
        try check.finish()
    }

    /// The conditions on the object.
    func conditions(prefix: String = "") -> Conditions {
        Conditions(request, prefix: prefix, behavior: behavior)
    }
}
#endif
