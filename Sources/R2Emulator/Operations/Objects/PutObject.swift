#if Emulator
extension OperationContext {
    /// R2 (observed): storage class and metadata, then the body and its digests, then the conditions.
    func putObject() async throws -> EmulatorResponse {
        let customerKey = try CustomerKey.read(request)
        let properties = try StoredProperties(request, customerKey: customerKey, limits: limits)
        let (body, digests) = try await receiveBody(limit: limits.maximumPutLength)
        let conditions = conditions()
        let record = try await store.put(
            NewObject(
                key: key, body: body, etag: digests.etag, properties: properties, checksums: digests.stored),
            in: bucket, action: .putObject
        ) { object throws(Refusal) in try conditions.require(for: object) }
        return EmulatorResponse(headers: record.writeHeaders + CustomerKey.headers(customerKey?.md5))
    }

    /// Stores the request's body, which isn't visible yet.
    func receiveBody(
        limit: Int64, computing algorithms: Set<ChecksumAlgorithm> = []
    ) async throws -> (body: any StoredBody, digests: BodyDigests) {
        var expected = try expectedDigests()
        expected.computed = algorithms
        // A body that is announced as too large is refused before it's read.
        if let length = body.length, length > limit { throw Refusal.entityTooLarge }
        let writer = try await store.backend.makeWriter(length: body.length)
        return try await body.store(with: writer, limit: limit, expected)
    }
}

extension ObjectRecord {
    /// The headers of the response to a write.
    ///
    /// R2 (documented): a version identifier. R2 (observed): checksums that were sent are repeated.
    var writeHeaders: [(String, String)] {
        [("ETag", quotedETag), ("x-amz-version-id", version)] + checksumHeaders.filter { $0.0 != "x-amz-checksum-type" }
    }
}
#endif
