#if Storage
public import R2Kit

extension R2Client {
    /// Uploads a file, bytes, or a stream.
    ///
    /// Small content is sent in a single request, larger content in parts of equal size.
    ///
    /// ```swift
    /// var options = UploadOptions()
    /// options.properties.contentType = "video/mp4"
    /// let result = try await client.upload(.file("lecture.mp4"), to: key, options: options)
    /// ```
    /// - Parameters:
    ///   - source: The content to upload.
    ///   - key: The key of the object to store.
    ///   - options: The upload's options.
    /// - Returns: The ETag and size of the stored object.
    /// - Throws: A ``TransferError``, which has a resume token if parts of the upload are left.
    public func upload(
        _ source: UploadSource, to key: ObjectKey, options: UploadOptions = UploadOptions()
    ) async throws(TransferError) -> UploadResult {
        try await makeUpload(source, to: key, options: options).run()
    }

    /// Makes an upload that reports its progress.
    ///
    /// Works like ``upload(_:to:options:)``, but nothing is sent until you call ``R2Upload/run()``.
    /// - Parameters:
    ///   - source: The content to upload.
    ///   - key: The key of the object to store.
    ///   - options: The upload's options.
    /// - Returns: The upload.
    public func makeUpload(
        _ source: UploadSource, to key: ObjectKey, options: UploadOptions = UploadOptions()
    ) -> R2Upload {
        R2Upload(source, to: key, start: .new, options: options, client: self)
    }

    /// Resumes an upload in parts.
    ///
    /// Completed parts aren't sent again, whether they are in the token or only in R2. A server other than R2 that
    /// doesn't list parts gets those again that aren't in the token. The upload fails if the size or modification time
    /// of a file has changed. Other sources are read from the start, and compared with the MD5 digests of the parts in
    /// R2.
    ///
    /// If the upload fails before sending anything, the parts in R2 stay there, whatever
    /// ``UploadOptions/onFailure`` says, and the error has the token again, unless the upload no longer exists.
    /// - Parameters:
    ///   - token: The token of the interrupted upload.
    ///   - source: The same source as before.
    ///   - options: The upload's options. The properties and precondition of the original upload apply.
    /// - Returns: The ETag and size of the stored object.
    /// - Throws: A ``TransferError``, for example with the code `sourceChanged` or `uploadNotFound`.
    public func resume(
        _ token: R2Upload.ResumeToken, from source: UploadSource, options: UploadOptions = .resuming
    ) async throws(TransferError) -> UploadResult {
        try await makeUpload(resuming: token, from: source, options: options).run()
    }

    /// Makes an upload that resumes an interrupted one and reports its progress.
    ///
    /// Works like ``resume(_:from:options:)``, but nothing is sent until you call ``R2Upload/run()``.
    /// - Parameters:
    ///   - token: The token of the interrupted upload.
    ///   - source: The same source as before.
    ///   - options: The upload's options. The properties and precondition of the original upload apply.
    /// - Returns: The upload.
    public func makeUpload(
        resuming token: R2Upload.ResumeToken, from source: UploadSource, options: UploadOptions = .resuming
    ) -> R2Upload {
        R2Upload(source, to: token.key, start: .token(token), options: options, client: self)
    }

    /// Resumes an upload in parts of which only the ID is known.
    ///
    /// Lists the parts in R2, reads the source from the start, and compares it with the MD5 digest of each part.
    /// - Parameters:
    ///   - uploadID: The ID of the upload.
    ///   - key: The object's key, the same as when the upload was created.
    ///   - source: The same source as before.
    ///   - options: The upload's options, with the original `partLength` if the parts in R2 don't reveal it. The
    ///     properties of the original upload apply.
    /// - Returns: The ETag and size of the stored object.
    /// - Throws: A ``TransferError``, for example with the code `sourceChanged`, `partsDoNotFit`, or `uploadNotFound`,
    ///   or `partsNotListed` if the server doesn't list parts.
    public func resume(
        _ uploadID: UploadID, of key: ObjectKey, from source: UploadSource, options: UploadOptions = .resuming
    ) async throws(TransferError) -> UploadResult {
        try await makeUpload(resuming: uploadID, of: key, from: source, options: options).run()
    }

    /// Makes an upload that resumes an interrupted one, of which only the ID is known, and reports its progress.
    ///
    /// Works like ``resume(_:of:from:options:)``, but nothing is sent until you call ``R2Upload/run()``.
    /// - Parameters:
    ///   - uploadID: The ID of the upload.
    ///   - key: The object's key, the same as when the upload was created.
    ///   - source: The same source as before.
    ///   - options: The upload's options, with the original `partLength` if the parts in R2 don't reveal it. The
    ///     properties of the original upload apply.
    /// - Returns: The upload.
    public func makeUpload(
        resuming uploadID: UploadID, of key: ObjectKey, from source: UploadSource, options: UploadOptions = .resuming
    ) -> R2Upload {
        R2Upload(source, to: key, start: .uploadID(uploadID), options: options, client: self)
    }
}
#endif
