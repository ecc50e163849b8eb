#if Storage
public import NIOCore
public import R2Kit

extension R2Client {
    /// Downloads an object to a file or a closure, in several ranges at a time.
    ///
    /// ```swift
    /// try await client.download(key, to: .file("lecture.mp4"))
    /// try await client.download(key, to: .sink { chunk in try await writer.write(chunk) })
    /// ```
    /// All ranges are of the same version of the object. If the connection of a range fails, the range is requested
    /// again from its current position.
    ///
    /// An object with a weak ETag is downloaded in one request, and its download can't be resumed.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - target: The file or closure that receives the content.
    ///   - options: The download's options.
    /// - Returns: The object's metadata.
    /// - Throws: A ``TransferError``, which has a resume token if the download can continue. Its code is
    ///   `objectChanged` if the object changed meanwhile.
    @discardableResult
    public func download(
        _ key: ObjectKey, to target: DownloadTarget, options: DownloadOptions = DownloadOptions()
    ) async throws(TransferError) -> DownloadResult {
        try await makeDownload(key, to: target, options: options).run()
    }

    /// Makes a download that reports its progress.
    ///
    /// Works like ``download(_:to:options:)``, but nothing is requested until you call ``R2Download/run()``.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - target: The file or closure that receives the content.
    ///   - options: The download's options.
    /// - Returns: The download.
    public func makeDownload(
        _ key: ObjectKey, to target: DownloadTarget, options: DownloadOptions = DownloadOptions()
    ) -> R2Download {
        R2Download(key, to: target, resuming: nil, options: options, client: self)
    }

    /// Resumes a download.
    ///
    /// Ranges in the partial file aren't fetched again. A closure receives the bytes after those it has received
    /// before.
    ///
    /// If the download fails before fetching anything, the partial file stays there, whatever
    /// ``DownloadOptions/onFailure`` says, and the error has the token again, unless the token can't be used anymore.
    /// - Parameters:
    ///   - token: The token of the interrupted download.
    ///   - target: The same target as before.
    ///   - options: The download's options. The token's ETag applies.
    /// - Returns: The object's metadata.
    /// - Throws: A ``TransferError``, for example with the code `objectChanged` or `partialFileLost`.
    @discardableResult
    public func resume(
        _ token: R2Download.ResumeToken, to target: DownloadTarget, options: DownloadOptions = .resuming
    ) async throws(TransferError) -> DownloadResult {
        try await makeDownload(resuming: token, to: target, options: options).run()
    }

    /// Makes a download that resumes an interrupted one and reports its progress.
    ///
    /// Works like ``resume(_:to:options:)``, but nothing is requested until you call ``R2Download/run()``.
    /// - Parameters:
    ///   - token: The token of the interrupted download.
    ///   - target: The same target as before.
    ///   - options: The download's options. The token's ETag applies.
    /// - Returns: The download.
    public func makeDownload(
        resuming token: R2Download.ResumeToken, to target: DownloadTarget, options: DownloadOptions = .resuming
    ) -> R2Download {
        R2Download(token.key, to: target, resuming: token, options: options, client: self)
    }

    /// Returns an object's content as an asynchronous sequence of chunks, fetched in several ranges at a time.
    ///
    /// ```swift
    /// for try await chunk in client.bytes(of: key) { try await writer.write(chunk) }
    /// ```
    /// Each iterator runs its own download. It starts with the first chunk, and is cancelled when the iterator is
    /// released or the reading task is cancelled. Up to `rangeLength` times `concurrency` bytes are fetched ahead,
    /// which is 64 MiB by default.
    ///
    /// To get the size and type first, call ``head(_:conditions:)`` and set ``DownloadOptions/etag`` to the returned
    /// ETag. For small objects or a single range, ``get(_:range:conditions:)`` sends only one request.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - options: The download's options. `onFailure` has no effect.
    /// - Returns: A sequence of chunks of any size, which throws a ``TransferError`` if the download fails. The error
    ///   has a token to continue after the last chunk that was read.
    public func bytes(
        of key: ObjectKey, options: DownloadOptions = DownloadOptions()
    ) -> some AsyncSequence<ByteBuffer, TransferError> & Sendable {
        ObjectBytes { makeDownload(key, to: $0, options: options) }
    }

    /// Returns the remaining content of an object whose download to a sequence or closure was interrupted.
    /// - Parameters:
    ///   - token: The token of the interrupted download.
    ///   - options: The download's options. The token's ETag applies.
    /// - Returns: A sequence of the chunks after those that were read before. See ``bytes(of:options:)``.
    public func bytes(
        resuming token: R2Download.ResumeToken, options: DownloadOptions = .resuming
    ) -> some AsyncSequence<ByteBuffer, TransferError> & Sendable {
        ObjectBytes { makeDownload(resuming: token, to: $0, options: options) }
    }
}
#endif
