#if Storage
public import R2Kit

extension R2Client {
    /// Asks whether the bucket is there, and may be used.
    /// - Returns: What R2 tells of it.
    /// - Throws: As ``send(_:body:)`` does.
    @discardableResult
    public func headBucket() async throws -> HeadBucket.Output { try await send(HeadBucket()) }

    /// Reads the bucket's CORS configuration; it takes a token with admin rights.
    /// - Returns: The configuration; `nil` if there is none.
    /// - Throws: As ``send(_:body:)`` does.
    public func bucketCORS() async throws -> CORSConfiguration? {
        do { return try await send(GetBucketCors()) } catch let error as R2Error
            where error.code == .noSuchCORSConfiguration
        { return nil }
    }

    /// Sets the bucket's CORS configuration; it takes a token with admin rights.
    /// - Parameter configuration: The configuration, in place of the one that there was.
    /// - Throws: As ``send(_:body:)`` does.
    public func putBucketCORS(_ configuration: CORSConfiguration) async throws {
        try await send(PutBucketCors(configuration))
    }

    /// Removes the bucket's CORS configuration; it takes a token with admin rights.
    /// - Throws: As ``send(_:body:)`` does.
    public func deleteBucketCORS() async throws { try await send(DeleteBucketCors()) }

    /// Reads the bucket's lifecycle configuration; it takes a token with admin rights.
    /// - Returns: The configuration; `nil` if there is none.
    /// - Throws: As ``send(_:body:)`` does.
    public func bucketLifecycle() async throws -> LifecycleConfiguration? {
        do { return try await send(GetBucketLifecycleConfiguration()) } catch let error as R2Error
            where error.code == .noSuchLifecycleConfiguration
        { return nil }
    }

    /// Sets the bucket's lifecycle configuration; it takes a token with admin rights.
    /// - Parameter configuration: The configuration, in place of the one that there was.
    /// - Throws: As ``send(_:body:)`` does.
    public func putBucketLifecycle(_ configuration: LifecycleConfiguration) async throws {
        try await send(PutBucketLifecycleConfiguration(configuration))
    }

    /// Removes the bucket's lifecycle configuration; it takes a token with admin rights.
    /// - Throws: As ``send(_:body:)`` does.
    public func deleteBucketLifecycle() async throws { try await send(DeleteBucketLifecycle()) }
}
#endif
