#if Storage
internal import NIOCore
public import R2Kit

/// An upload that starts when you call ``run()``.
///
/// ```swift
/// let upload = client.makeUpload(.file("lecture.mp4"), to: key)
/// async let result = upload.run()
/// for await progress in upload.progress { print(progress.fraction ?? 0) }
/// print(try await result.etag)
/// ```
///
/// The upload runs in the task that calls ``run()``, and is cancelled with it. An upload that never runs sends nothing
/// and needs no cleanup.
public final class R2Upload: Sendable {
    private let source: UploadSource
    private let key: ObjectKey
    private let start: UploadStart
    private let options: UploadOptions
    private let client: R2Client
    private let runner = TransferRunner<ResumeToken>()
    private var meter: ProgressMeter { runner.meter }

    init(_ source: UploadSource, to key: ObjectKey, start: UploadStart, options: UploadOptions, client: R2Client) {
        self.source = source
        self.key = key
        self.start = start
        self.options = options
        self.client = client
    }

    /// A sequence of the upload's progress, which ends with the upload.
    ///
    /// A slow reader skips values, except for the last one. Any number of tasks can read at the same time.
    public var progress: some AsyncSequence<TransferProgress, Never> & Sendable { meter.updates }

    /// A sequence of tokens to resume the upload, with a new one after each part.
    ///
    /// It ends with the upload.
    ///
    /// Store the latest token outside of the process. An upload in a single request has none. A slow reader skips
    /// tokens, except for the last one.
    public var tokens: some AsyncSequence<ResumeToken, Never> & Sendable { LatestValue.Updates(runner.latestToken) }

    /// The latest token to resume the upload.
    ///
    /// `nil` if the upload hasn't started, was completed or aborted, or uses a single request.
    public var token: ResumeToken? { runner.latestToken.state.value }

    /// Runs the upload.
    ///
    /// Call it once.
    /// - Returns: The ETag and size of the stored object.
    /// - Throws: A ``TransferError``, with the code `cancelled` if the task is cancelled.
    ///   ``UploadOptions/onFailure`` determines what happens to the uploaded parts.
    public func run() async throws(TransferError) -> UploadResult {
        try await runner.run("upload", by: client, resuming: resumedToken) { client in
            let session = UploadSession(
                key: self.key, options: self.options, client: client, meter: self.meter,
                latestToken: self.runner.latestToken)
            do {
                return try await self.upload(session)
            } catch {
                throw await session.failure(after: error)
            }
        } makeError: { error in
            var failure = TransferError.upload(error)
            failure.uploadToken = self.resumedToken
            return failure
        }
    }

    /// The token of the interrupted upload that this one resumes, if any.
    private var resumedToken: ResumeToken? {
        if case .token(let token) = start { token } else { nil }
    }

    private func upload(_ session: UploadSession) async throws -> UploadResult {
        try options.validate()
        switch source.content {
        case .file(let path): return try await upload(fileAt: path, session)
        case .bytes(let bytes): return try await upload(bytes, session)
        case .stream(let stream): return try await upload(stream, session)
        }
    }

    private func upload(fileAt path: LocalPath, _ session: UploadSession) async throws -> UploadResult {
        let (file, status) = try await PartContent.mappingSourceErrors {
            let file = try await TransferFile.reading(
                path, ignoresModificationTime: options.ignoresModificationTime)
            return (file, try await file.status())
        }
        guard try await PartContent.mappingSourceErrors({ try await file.ends(at: status.size) }) else {
            let current = try await PartContent.mappingSourceErrors { try await file.status() }
            guard current.size == status.size else { throw TransferError.sourceChanged(file.path) }
            return try await upload(UploadSource.Stream(readingToEnd: file), session)
        }
        let info = SourceInfo(length: status.size, modified: status.modified, description: "The file \(path)")
        let content = { @Sendable (offset: Int64, length: Int64) in
            PartContent(file, status: status, offset: offset, length: length)
        }
        return try await upload(info, length: status.size, content: content, session) {
            try await PartContent.checkUnchanged(file, since: status)
        }
    }

    private func upload(_ bytes: ByteBuffer, _ session: UploadSession) async throws -> UploadResult {
        let length = Int64(bytes.readableBytes)
        let content = { @Sendable (offset: Int64, length: Int64) in
            PartContent(bytes.getSlice(at: bytes.readerIndex + Int(offset), length: Int(length)) ?? ByteBuffer())
        }
        let info = SourceInfo(length: length, description: "The source")
        return try await upload(info, length: length, content: content, session) {}
    }

    /// Uploads a source with random access.
    private func upload(
        _ info: SourceInfo, length: Int64,
        content: @escaping @Sendable (_ offset: Int64, _ length: Int64) -> PartContent,
        _ session: UploadSession, checkUnchanged: () async throws -> Void
    ) async throws -> UploadResult {
        let resumption = try await resumption(for: info, session)
        if resumption == nil, length <= options.multipartThreshold {
            meter.start(completed: 0, total: length)
            return try await session.put(content(0, length))
        }
        let partLength = try resumption?.partLength ?? session.partLength(forSourceLength: length)
        let plan = try PartPlan(totalLength: length, partLength: partLength)
        meter.start(completed: resumption?.finishedBytes ?? 0, total: length)
        try await session.begin(resumption, partLength: partLength, source: info)
        let feed = RandomAccessPartFeed(plan) { content($0.offset, $0.length) }
        try await session.sendParts(of: feed, resumption: resumption, countsFinished: false)
        try await checkUnchanged()
        return try await session.finish(resumption, total: length)
    }

    private func upload(_ stream: UploadSource.Stream, _ session: UploadSession) async throws -> UploadResult {
        let info = SourceInfo(length: stream.length, description: "The stream")
        let resumption = try await resumption(for: info, session)
        let partLength = try resumption?.partLength ?? session.partLength(forSourceLength: stream.length)
        guard partLength <= Self.maximumStreamPartLength else {
            throw TransferError(
                .invalidOptions,
                "Invalid partLength: expected at most 1 GiB for a stream, whose parts are held in memory, "
                    + "got \(partLength) bytes."
            )
        }
        meter.start(completed: 0, total: stream.length)
        let feed = StreamPartFeed(capacity: options.concurrency)
        return try await withThrowingTaskGroup(of: UploadResult?.self) { [meter] group in
            group.addTask {
                var reader = StreamReader(stream, partLength: Int(partLength), feed: feed) { meter.setTotal($0) }
                try await reader.run()
                return nil
            }
            group.addTask {
                if resumption == nil, let content = try await feed.wholeContent() {
                    return try await session.put(content)
                }
                try await session.begin(resumption, partLength: partLength, source: info)
                try await session.sendParts(of: feed, resumption: resumption, countsFinished: true)
                return try await session.finish(resumption, total: feed.total ?? 0)
            }
            for try await result in group {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    /// The maximum size of a part that is held in memory: 1 GiB.
    private static let maximumStreamPartLength: Int64 = 1024 * 1024 * 1024

    private func resumption(for info: SourceInfo, _ session: UploadSession) async throws -> UploadResumption? {
        do {
            return try await session.resumption(of: start, from: info)
        } catch let error as R2Error where error.isNotFound && error.code != .noSuchBucket {
            if let completed = try await session.recoverCompletion(of: start, from: info) { return completed }
            throw TransferError.uploadNotFound(error)
        }
    }
}

/// The result of an upload.
public struct UploadResult: Sendable, Hashable, Codable {
    /// The object's key.
    public let key: ObjectKey
    /// The object's ETag.
    ///
    /// For an upload in parts, it was compared with the ETags of the parts.
    public let etag: ETag
    /// The object's size, in bytes.
    public let size: Int64
    /// The number of parts, or `nil` for an upload in a single request.
    public let partCount: Int?
    /// The number of bytes sent.
    ///
    /// Less than the size if the upload was resumed, and more if parts were sent again.
    public let bytesSent: Int64
}
#endif
