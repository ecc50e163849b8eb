#if Storage
public import R2Kit

extension R2Client {
    /// Begins an upload in parts.
    /// - Parameters:
    ///   - key: Where the object goes.
    ///   - properties: What is kept with it; it cannot be given later.
    /// - Returns: The upload's id.
    /// - Throws: As ``send(_:body:)`` does.
    public func createMultipartUpload(
        _ key: ObjectKey, properties: ObjectProperties = ObjectProperties()
    ) async throws -> UploadID {
        try await send(CreateMultipartUpload(key, properties: properties))
    }

    /// Stores one part of an upload.
    /// - Parameters:
    ///   - number: Which part, from 1 to 10,000.
    ///   - uploadID: The upload.
    ///   - key: The object's key.
    ///   - body: The part's content.
    /// - Returns: The part's number and tag, as the completion takes them.
    /// - Throws: As ``send(_:body:)`` does.
    public func uploadPart(
        _ number: Int, of uploadID: UploadID, key: ObjectKey, body: R2RequestBody
    ) async throws -> CompleteMultipartUpload.Part {
        let operation = UploadPart(number, of: uploadID, key: key, contentLength: body.length)
        return .init(number, etag: try await send(operation, body: body).etag)
    }

    /// Stores one part of an upload, copied from an object within R2.
    /// - Parameters:
    ///   - number: Which part, from 1 to 10,000.
    ///   - uploadID: The upload.
    ///   - key: The object's key.
    ///   - source: What is copied from.
    ///   - range: The position of the first byte that is copied, and of the last; the whole object if `nil`.
    /// - Returns: The part's number and tag, as the completion takes them.
    /// - Throws: As ``send(_:body:)`` does.
    public func uploadPartCopy(
        _ number: Int, of uploadID: UploadID, key: ObjectKey, from source: CopySource,
        range: ClosedRange<Int64>? = nil
    ) async throws -> CompleteMultipartUpload.Part {
        let operation = UploadPartCopy(number, of: uploadID, key: key, from: source, range: range)
        return .init(number, etag: try await send(operation).etag)
    }

    /// Makes an object of the parts of an upload.
    ///
    /// If the answer is lost, and a second try is told that there is no such upload, the object is looked at: the call
    /// succeeds if the object is made of exactly these parts and was stored since the call began.
    /// - Parameters:
    ///   - uploadID: The upload.
    ///   - key: The object's key.
    ///   - parts: The parts, in any order.
    ///   - condition: What must hold of the object under the key; if it does not, R2 aborts the upload.
    /// - Returns: What R2 says about the object.
    /// - Throws: As ``send(_:body:)`` does.
    @discardableResult
    public func completeMultipartUpload(
        _ uploadID: UploadID, key: ObjectKey, parts: [CompleteMultipartUpload.Part], condition: UploadCondition? = nil
    ) async throws -> CompleteMultipartUpload.Output {
        try await send(
            CompleteMultipartUpload(
                uploadID, key: key, parts: parts, ifMatch: condition?.ifMatch, ifNoneMatch: condition?.ifNoneMatch))
    }

    /// Gives up an upload, and its parts with it.
    /// - Parameters:
    ///   - uploadID: The upload.
    ///   - key: The object's key.
    /// - Throws: As ``send(_:body:)`` does.
    public func abortMultipartUpload(_ uploadID: UploadID, key: ObjectKey) async throws {
        try await send(AbortMultipartUpload(uploadID, key: key))
    }
}
#endif
