#if Storage
internal import NIOCore
public import R2Kit

/// A download that starts when you call ``run()``.
///
/// ```swift
/// let download = client.makeDownload(key, to: .file("lecture.mp4"))
/// async let result = download.run()
/// for await progress in download.progress { print(progress.fraction ?? 0) }
/// print(try await result.size)
/// ```
///
/// The download runs in the task that calls ``run()``, and is cancelled with it.
public final class R2Download: Sendable {
    private let key: ObjectKey
    private let target: DownloadTarget
    private let resumedToken: ResumeToken?
    private let options: DownloadOptions
    private let client: R2Client
    private let runner = TransferRunner<ResumeToken>()
    private var meter: ProgressMeter { runner.meter }
    private var latestToken: Monitor<LatestValue<ResumeToken>> { runner.latestToken }

    init(
        _ key: ObjectKey, to target: DownloadTarget, resuming token: ResumeToken?, options: DownloadOptions,
        client: R2Client
    ) {
        self.key = key
        self.target = target
        self.options = options
        self.client = client
        resumedToken = token
    }

    /// A sequence of the download's progress, which ends with the download.
    ///
    /// A slow reader skips values, except for the last one. Any number of tasks can read at the same time.
    public var progress: some AsyncSequence<TransferProgress, Never> & Sendable { meter.updates }

    /// A sequence of tokens to resume the download, with a new one after each range.
    ///
    /// It ends with the download.
    ///
    /// A slow reader skips tokens, except for the last one.
    public var tokens: some AsyncSequence<ResumeToken, Never> & Sendable { LatestValue.Updates(latestToken) }

    /// The latest token to resume the download.
    ///
    /// `nil` if the download hasn't started, or has ended and left nothing, or if the object's ETag is weak.
    public var token: ResumeToken? { latestToken.state.value }

    /// Runs the download.
    ///
    /// Call it once.
    /// - Returns: The object's metadata.
    /// - Throws: A ``TransferError``, with the code `cancelled` if the task is cancelled.
    ///   ``DownloadOptions/onFailure`` determines what happens to the partial file.
    public func run() async throws(TransferError) -> DownloadResult {
        try await runner.run("download", by: client, resuming: resumedToken) { client in
            let session = DownloadSession(
                key: self.key, options: self.options, client: client, meter: self.meter,
                latestToken: self.latestToken)
            do {
                return try await self.download(session)
            } catch {
                throw await session.failure(after: error)
            }
        } makeError: { error in
            var failure = TransferError.download(error)
            failure.downloadToken = self.resumedToken
            return failure
        }
    }

    private func download(_ session: DownloadSession) async throws -> DownloadResult {
        try options.validate()
        if case .file(let path, let isReplaceable) = target.form {
            // Nothing is fetched for a file that can't be written in the end.
            _ = try await DownloadSession.mappingTargetErrors {
                try await ReplacedFile.find(path, isReplaceable: isReplaceable)
            }
        }
        let metadata = try await session.metadata(resuming: resumedToken)
        switch target.form {
        case .file(let path, let isReplaceable):
            try await download(metadata, toFile: path, isReplaceable: isReplaceable, session)
        case .sink(let write): try await download(metadata, to: write, session)
        }
        latestToken.change { $0.clear() }
        return DownloadResult(metadata: metadata, bytesReceived: meter.transferredBytes)
    }

    private func download(
        _ metadata: ObjectMetadata, toFile path: LocalPath, isReplaceable: Bool, _ session: DownloadSession
    ) async throws {
        let file = try await partialFile(for: path, isReplaceable: isReplaceable, size: metadata.contentLength)
        let finish = { @Sendable in
            try Task.checkCancellation()
            try await DownloadSession.mappingTargetErrors {
                try await file.move(to: path, isReplaceable: isReplaceable)
            }
        }
        guard !metadata.etag.isWeak else {
            return try await download(weak: metadata, through: file, session, finish: finish)
        }
        let token = latestToken.change { latest in
            if latest.value == nil { latest.set(makeToken(metadata, partialFile: file.path)) }
            latest.update { $0.partialFile = file.path }
            return latest.value
        }
        let ranges = DownloadRanges(
            size: metadata.contentLength, length: token?.rangeLength ?? options.rangeLength)
        let completed = token?.finishedRanges.reduce(0) { $0 + ranges.length(of: $1) } ?? 0
        meter.start(completed: completed, total: metadata.contentLength)
        try await session.fetch(ranges, of: metadata, into: file)
        try await finish()
    }

    /// Downloads an object with a weak ETag, of which nothing is kept if the download fails.
    private func download(
        weak metadata: ObjectMetadata, through file: PartialFile, _ session: DownloadSession,
        finish: () async throws -> Void
    ) async throws {
        meter.start(completed: 0, total: metadata.contentLength)
        do {
            try await session.fetch(ranges(of: metadata), of: metadata, into: file)
            try await finish()
        } catch {
            var failure = TransferError.download(error)
            failure.cleanupError = await cleanup(within: .seconds(10)) { try await file.remove() }
            throw failure
        }
    }

    private func ranges(of metadata: ObjectMetadata, from start: Int64 = 0) -> DownloadRanges {
        // Ranges of an object with a weak ETag might belong to different versions.
        let length = metadata.etag.isWeak ? max(1, metadata.contentLength) : options.rangeLength
        return DownloadRanges(size: metadata.contentLength, length: length, start: start)
    }

    private func partialFile(
        for target: LocalPath, isReplaceable: Bool, size: Int64
    ) async throws -> PartialFile {
        guard let resumedToken else {
            return try await DownloadSession.mappingTargetErrors {
                let replaced = try await ReplacedFile.find(target, isReplaceable: isReplaceable)
                return try await PartialFile.beside(replaced, size: size)
            }
        }
        let file = try await partialFile(of: resumedToken, for: target)
        try await DownloadSession.mappingTargetErrors { try await file.reserve(size) }
        return file
    }

    private func partialFile(of resumedToken: ResumeToken, for target: LocalPath) async throws -> PartialFile {
        guard let partialPath = resumedToken.partialFile else {
            throw TransferError(
                .invalidOptions, "The token's download had no file as its target: start a new download.")
        }
        do {
            let file = try await existingPartialFile(partialPath, beside: target)
            guard try await file.size() >= resumedToken.minimumPartialSize else {
                throw TransferError(
                    .partialFileLost,
                    "The partial file \(file.path) is shorter than it was: start a new download.")
            }
            return file
        } catch let error as R2FileError {
            throw TransferError(
                .partialFileLost,
                "The partial file can't be opened: move it back to its path, or start a new download.",
                underlying: error)
        }
    }

    /// Opens the partial file at its path, or beside the target if their folder was moved.
    private func existingPartialFile(_ path: LocalPath, beside target: LocalPath) async throws -> PartialFile {
        do { return try await PartialFile.existing(path) } catch let error as R2FileError {
            guard error.isNotFound,
                let replaced = try? await ReplacedFile.find(target),
                let file = try? await PartialFile.existing(replaced.path.folder.appending(path.lastComponent))
            else { throw error }
            return file
        }
    }

    private func download(
        _ metadata: ObjectMetadata, to write: @escaping @Sendable (ByteBuffer) async throws -> Void,
        _ session: DownloadSession
    ) async throws {
        guard resumedToken?.partialPath == nil else {
            throw TransferError(
                .invalidOptions, "The token's download had a file as its target: resume it with a file.")
        }
        if resumedToken == nil, !metadata.etag.isWeak {
            latestToken.change { $0.set(makeToken(metadata, partialFile: nil)) }
        }
        let start = resumedToken?.bytesDelivered ?? 0
        let ranges = ranges(of: metadata, from: start)
        meter.start(completed: start, total: metadata.contentLength)
        try await session.fetch(ranges, of: metadata, into: write)
    }

    private func makeToken(_ metadata: ObjectMetadata, partialFile: LocalPath?) -> ResumeToken {
        ResumeToken(
            key: key, etag: metadata.etag, size: metadata.contentLength, rangeLength: options.rangeLength,
            partialFile: partialFile)
    }
}

/// The result of a download.
public struct DownloadResult: Sendable, Hashable {
    /// The object's metadata.
    public let metadata: ObjectMetadata
    /// The number of bytes received.
    ///
    /// Less than the size if the download was resumed, and more if ranges were fetched again.
    public let bytesReceived: Int64

    /// The object's ETag.
    public var etag: ETag { metadata.etag }
    /// The object's size, in bytes.
    public var size: Int64 { metadata.contentLength }
}
#endif
