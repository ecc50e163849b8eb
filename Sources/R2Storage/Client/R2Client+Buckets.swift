#if Storage
public import R2Kit

extension R2Client {
    /// Checks that the bucket exists and that the credentials give access to it.
    /// - Returns: The bucket's properties.
    /// - Throws: See ``send(_:body:)``.
    @discardableResult
    public func headBucket() async throws -> HeadBucket.Output { try await send(HeadBucket()) }

    /// Fetches the bucket's CORS configuration.
    ///
    /// Requires an API token with admin rights.
    /// - Returns: The configuration, or `nil` if the bucket has none.
    /// - Throws: See ``send(_:body:)``.
    public func getBucketCORS() async throws -> CORSConfiguration? {
        do { return try await send(GetBucketCors()) } catch let error as R2Error
            where error.code == .noSuchCORSConfiguration
        { return nil }
    }

    /// Replaces the bucket's CORS configuration.
    ///
    /// Requires an API token with admin rights.
    /// - Parameter configuration: The new configuration.
    /// - Throws: See ``send(_:body:)``.
    public func putBucketCORS(_ configuration: CORSConfiguration) async throws {
        try await send(PutBucketCors(configuration))
    }

    /// Deletes the bucket's CORS configuration.
    ///
    /// Requires an API token with admin rights.
    /// - Throws: See ``send(_:body:)``.
    public func deleteBucketCORS() async throws { try await send(DeleteBucketCors()) }

    /// Fetches the bucket's lifecycle configuration.
    ///
    /// Requires an API token with admin rights.
    /// - Returns: The configuration, or `nil` if the bucket has none.
    /// - Throws: See ``send(_:body:)``.
    public func getBucketLifecycle() async throws -> LifecycleConfiguration? {
        do { return try await send(GetBucketLifecycleConfiguration()) } catch let error as R2Error
            where error.code == .noSuchLifecycleConfiguration
        { return nil }
    }

    /// Replaces the bucket's lifecycle configuration, including R2's own rule for unfinished uploads.
    ///
    /// Requires an API token with admin rights.
    /// - Parameter configuration: The new configuration.
    /// - Throws: See ``send(_:body:)``.
    public func putBucketLifecycle(_ configuration: LifecycleConfiguration) async throws {
        try await send(PutBucketLifecycleConfiguration(configuration))
    }

    /// Deletes the bucket's lifecycle configuration.
    ///
    /// Requires an API token with admin rights.
    /// - Throws: See ``send(_:body:)``.
    public func deleteBucketLifecycle() async throws { try await send(DeleteBucketLifecycle()) }
}
#endif
