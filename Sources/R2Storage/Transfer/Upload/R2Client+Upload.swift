#if Storage
public import R2Kit

extension R2Client {
    /// Uploads a file, bytes or a stream: in one request if it is small, else in parts of one size.
    ///
    /// ```swift
    /// var options = UploadOptions()
    /// options.properties.contentType = "video/mp4"
    /// let result = try await client.upload(.file("lecture.mp4"), to: key, options: options)
    /// ```
    /// - Parameters:
    ///   - source: What is uploaded.
    ///   - key: Where it goes.
    ///   - options: How it is done.
    /// - Returns: What was uploaded.
    /// - Throws: ``TransferError``, which has what the upload can be resumed with.
    public func upload(
        _ source: UploadSource, to key: ObjectKey, options: UploadOptions = UploadOptions()
    ) async throws(TransferError) -> UploadResult {
        try await uploading(source, to: key, options: options).run()
    }

    /// The same as ``upload(_:to:options:)`` as a value, which tells how far it has come.
    /// - Parameters:
    ///   - source: What is uploaded.
    ///   - key: Where it goes.
    ///   - options: How it is done.
    /// - Returns: The upload, which begins when it is run.
    public func uploading(
        _ source: UploadSource, to key: ObjectKey, options: UploadOptions = UploadOptions()
    ) -> R2Upload {
        R2Upload(self, source, to: key, .fresh, options)
    }

    /// Goes on with an upload in parts.
    ///
    /// Finished parts are not sent again, neither those in the token nor those that R2 has besides. A file is refused if
    /// its size or its time of modification is another than at the beginning. Other sources are read from their
    /// beginning, and the MD5 of what R2 has is compared.
    ///
    /// A resumption that fails before it has sent anything leaves the upload as it is, whatever the options' `onFailure`
    /// says, and the error has the token again; only that of an upload which is gone is of no use any more.
    /// - Parameters:
    ///   - token: What the upload left.
    ///   - source: The same source.
    ///   - options: How it is done; properties and condition are those of the beginning.
    /// - Returns: What was uploaded.
    /// - Throws: ``TransferError``, with the codes `sourceChanged` and `uploadNotFound` among others.
    public func resume(
        _ token: UploadToken, from source: UploadSource, options: UploadOptions = .resuming
    ) async throws(TransferError) -> UploadResult {
        try await resuming(token, from: source, options: options).run()
    }

    /// The same as ``resume(_:from:options:)`` as a value, which tells how far it has come.
    /// - Parameters:
    ///   - token: What the upload left.
    ///   - source: The same source.
    ///   - options: How it is done; properties and condition are those of the beginning.
    /// - Returns: The upload, which goes on when it is run.
    public func resuming(
        _ token: UploadToken, from source: UploadSource, options: UploadOptions = .resuming
    ) -> R2Upload {
        R2Upload(self, source, to: token.key, .token(token), options)
    }

    /// Goes on with an upload in parts of which nothing is known but its id.
    ///
    /// What R2 has is listed. Only the bytes tell whether the source is still the same: the MD5 of each finished part is
    /// compared, for which the source is read.
    /// - Parameters:
    ///   - uploadID: The upload.
    ///   - key: The object's key, the same as at the upload's creation.
    ///   - source: The same source.
    ///   - options: How it is done, with the `partLength` of the beginning if the parts do not tell it; properties are
    ///     those of the beginning.
    /// - Returns: What was uploaded.
    /// - Throws: ``TransferError``, with the codes `sourceChanged`, `partsDoNotFit` and `uploadNotFound` among others.
    public func resume(
        _ uploadID: UploadID, of key: ObjectKey, from source: UploadSource, options: UploadOptions = .resuming
    ) async throws(TransferError) -> UploadResult {
        try await resuming(uploadID, of: key, from: source, options: options).run()
    }

    /// The same as ``resume(_:of:from:options:)`` as a value, which tells how far it has come.
    /// - Parameters:
    ///   - uploadID: The upload.
    ///   - key: The object's key, the same as at the upload's creation.
    ///   - source: The same source.
    ///   - options: How it is done.
    /// - Returns: The upload, which goes on when it is run.
    public func resuming(
        _ uploadID: UploadID, of key: ObjectKey, from source: UploadSource, options: UploadOptions = .resuming
    ) -> R2Upload {
        R2Upload(self, source, to: key, .uploadID(uploadID), options)
    }
}
#endif
