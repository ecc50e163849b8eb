#if Storage
public import R2Kit

extension R2Client {
    /// Creates a multipart upload.
    /// - Parameters:
    ///   - key: The key of the object to create.
    ///   - properties: The object's headers and metadata. They can't be set later.
    /// - Returns: The ID of the multipart upload.
    /// - Throws: See ``send(_:body:)``.
    public func createMultipartUpload(
        _ key: ObjectKey, properties: ObjectProperties = ObjectProperties()
    ) async throws -> UploadID {
        try await send(CreateMultipartUpload(key, properties: properties))
    }

    /// Uploads one part of a multipart upload.
    /// - Parameters:
    ///   - number: The number of the part, from 1 to 10,000.
    ///   - uploadID: The ID of the multipart upload.
    ///   - key: The key of the object.
    ///   - body: The body of the part.
    /// - Returns: The part's number and ETag, to be passed to
    ///   ``completeMultipartUpload(_:key:parts:precondition:)``.
    /// - Throws: See ``send(_:body:)``.
    public func uploadPart(
        _ number: Int, of uploadID: UploadID, key: ObjectKey, body: R2RequestBody
    ) async throws -> CompletedPart {
        let operation = UploadPart(number, of: uploadID, key: key, contentLength: body.length)
        return CompletedPart(number, etag: try await send(operation, body: body).etag)
    }

    /// Uploads one part of a multipart upload by copying from an object within R2.
    /// - Parameters:
    ///   - number: The number of the part, from 1 to 10,000.
    ///   - uploadID: The ID of the multipart upload.
    ///   - key: The key of the object.
    ///   - source: The object to copy from.
    ///   - range: The positions of the first and the last byte to copy, or `nil` for the whole object.
    /// - Returns: The part's number and ETag, to be passed to
    ///   ``completeMultipartUpload(_:key:parts:precondition:)``.
    /// - Throws: See ``send(_:body:)``.
    public func uploadPartCopy(
        _ number: Int, of uploadID: UploadID, key: ObjectKey, from source: CopySource,
        range: ClosedRange<Int64>? = nil
    ) async throws -> CompletedPart {
        let operation = UploadPartCopy(number, of: uploadID, key: key, from: source, range: range)
        return CompletedPart(number, etag: try await send(operation).etag)
    }

    /// Completes a multipart upload, which creates the object.
    ///
    /// If the response is lost and a retry finds that the upload no longer exists, the client checks the object. The
    /// call succeeds if the object consists of exactly these parts and was stored after the call started.
    /// - Parameters:
    ///   - uploadID: The ID of the multipart upload.
    ///   - key: The key of the object.
    ///   - parts: The parts, in any order.
    ///   - precondition: The condition that the existing object must meet. If it fails, R2 aborts the upload.
    /// - Returns: The properties of the new object.
    /// - Throws: See ``send(_:body:)``.
    @discardableResult
    public func completeMultipartUpload(
        _ uploadID: UploadID, key: ObjectKey, parts: [CompletedPart], precondition: ObjectPrecondition? = nil
    ) async throws -> CompleteMultipartUpload.Output {
        try await send(CompleteMultipartUpload(uploadID, key: key, parts: parts, precondition: precondition))
    }

    /// Aborts a multipart upload and deletes its parts.
    /// - Parameters:
    ///   - uploadID: The ID of the multipart upload.
    ///   - key: The key of the object.
    /// - Throws: See ``send(_:body:)``.
    public func abortMultipartUpload(_ uploadID: UploadID, key: ObjectKey) async throws {
        try await send(AbortMultipartUpload(uploadID, key: key))
    }
}
#endif
