#if Storage
public import R2Kit

extension R2Client {
    /// Downloads an object to a file or a closure, in several ranges at a time, all of one version.
    ///
    /// ```swift
    /// try await client.download(key, to: .file("lecture.mp4"))
    /// try await client.download(key, to: .sink { chunk in try await writer.write(chunk) })
    /// ```
    /// A range whose connection fails is asked for again from where it was.
    /// - Parameters:
    ///   - key: The object.
    ///   - target: Where it goes.
    ///   - options: How it is done.
    /// - Returns: What was downloaded.
    /// - Throws: ``TransferError``, which has what the download can be resumed with; its code is `objectChanged` if the
    ///   object was changed meanwhile.
    @discardableResult
    public func download(
        _ key: ObjectKey, to target: DownloadTarget, options: DownloadOptions = DownloadOptions()
    ) async throws(TransferError) -> DownloadResult {
        try await downloading(key, to: target, options: options).run()
    }

    /// The same as ``download(_:to:options:)`` as a value, which tells how far it has come.
    /// - Parameters:
    ///   - key: The object.
    ///   - target: Where it goes.
    ///   - options: How it is done.
    /// - Returns: The download, which begins when it is run.
    public func downloading(
        _ key: ObjectKey, to target: DownloadTarget, options: DownloadOptions = DownloadOptions()
    ) -> R2Download {
        R2Download(self, key, to: target, nil, options)
    }

    /// Reads an object as an asynchronous sequence of chunks, fetched in several ranges at a time, all of one version.
    ///
    /// ```swift
    /// for try await chunk in client.bytes(of: key) { try await writer.write(chunk) }
    /// ```
    /// To know size and type beforehand, ask for ``head(_:conditions:)``, and for its ETag as the options' `version`. For
    /// what is small, or a range, ``get(_:range:conditions:)`` takes one request.
    /// - Parameters:
    ///   - key: The object.
    ///   - options: How it is done; there is no file that `onFailure` could speak of.
    /// - Returns: The content, which throws ``TransferError``.
    public func bytes(of key: ObjectKey, options: DownloadOptions = DownloadOptions()) -> R2Bytes {
        R2Bytes { downloading(key, to: $0, options: options) }
    }

    /// Reads on where ``bytes(of:options:)``, or a download to a closure, has failed.
    /// - Parameters:
    ///   - token: What the error has brought.
    ///   - options: How it is done; its `version` is that of the beginning.
    /// - Returns: What follows the bytes that have been read.
    public func bytes(resuming token: DownloadToken, options: DownloadOptions = .resuming) -> R2Bytes {
        R2Bytes { resuming(token, to: $0, options: options) }
    }

    /// Goes on with a download.
    ///
    /// Ranges that are whole in the partial file are not fetched again; a closure gets what follows the bytes that it
    /// has taken.
    ///
    /// A resumption that fails before it has fetched anything leaves the partial file as it is, whatever the options'
    /// `onFailure` says, and the error has the token again, unless that is of no use any more.
    /// - Parameters:
    ///   - token: What the download left.
    ///   - target: The same target.
    ///   - options: How it is done; its `version` is that of the beginning.
    /// - Returns: What was downloaded.
    /// - Throws: ``TransferError``, with the codes `objectChanged` and `partialFileLost` among others.
    @discardableResult
    public func resume(
        _ token: DownloadToken, to target: DownloadTarget, options: DownloadOptions = .resuming
    ) async throws(TransferError) -> DownloadResult {
        try await resuming(token, to: target, options: options).run()
    }

    /// The same as ``resume(_:to:options:)`` as a value, which tells how far it has come.
    /// - Parameters:
    ///   - token: What the download left.
    ///   - target: The same target.
    ///   - options: How it is done.
    /// - Returns: The download, which goes on when it is run.
    public func resuming(
        _ token: DownloadToken, to target: DownloadTarget, options: DownloadOptions = .resuming
    ) -> R2Download {
        R2Download(self, token.key, to: target, token, options)
    }
}
#endif
