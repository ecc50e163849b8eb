#if Storage
internal import NIOCore
internal import R2Kit
internal import Synchronization

/// A download, which begins when ``run()`` is called.
///
/// ```swift
/// let download = client.downloading(key, to: .file("lecture.mp4"))
/// async let result = download.run()
/// for await progress in download.progress { print(progress.fraction ?? 0) }
/// print(try await result.size)
/// ```
///
/// It runs in the task that calls ``run()``, and is cancelled with it.
public final class R2Download: Sendable {
    private let client: R2Client
    private let key: ObjectKey
    private let target: DownloadTarget
    private let resumed: DownloadToken?
    private let options: DownloadOptions
    private let state = TransferState<DownloadToken>()
    private var meter: ProgressMeter { state.meter }
    private var latestToken: Monitor<Latest<DownloadToken>> { state.latestToken }

    init(
        _ client: R2Client, _ key: ObjectKey, to target: DownloadTarget, _ token: DownloadToken?,
        _ options: DownloadOptions
    ) {
        self.client = client
        self.key = key
        self.target = target
        self.options = options
        resumed = token
    }

    /// How far it has come.
    public var progress: TransferUpdates<TransferProgress> { meter.updates }

    /// What it can be resumed with, anew after each range.
    public var tokens: TransferUpdates<DownloadToken> { TransferUpdates(latest: latestToken) }

    /// What it can be resumed with at this moment; `nil` if it has not begun, or is over and has left nothing.
    public var token: DownloadToken? { latestToken.state.value }

    /// Downloads.
    /// - Returns: What was downloaded.
    /// - Throws: ``TransferError``; its code is `cancelled` if the task was cancelled. What is left then is what
    ///   ``DownloadOptions/onFailure`` says.
    public func run() async throws(TransferError) -> DownloadResult {
        try await state.run("a download", by: client, resuming: resumed) { client in
            let session = DownloadSession(client, self.key, self.options, self.meter, self.latestToken)
            do {
                return try await self.download(session)
            } catch {
                throw await session.failure(error)
            }
        } refused: { error in
            var refusal = TransferError.download(error)
            refusal.downloadToken = self.resumed
            return refusal
        }
    }

    private func download(_ session: DownloadSession) async throws -> DownloadResult {
        try options.check()
        let head = try await session.head(resumed)
        switch target.form {
        case .file(let path): try await download(head, to: path, session)
        case .sink(let write): try await download(head, to: write, session)
        }
        latestToken.change { $0.clear() }
        return DownloadResult(head: head, bytesReceived: meter.movedBytes)
    }

    private func download(_ head: ObjectHead, to path: String, _ session: DownloadSession) async throws {
        try await DownloadSession.targetFailure { try await PartialFile.check(path) }
        let file = try await partialFile(for: path)
        let token = latestToken.change { latest in
            if latest.value == nil { latest.set(begin(head, file.path)) }
            return latest.value
        }
        let ranges = DownloadRanges(
            size: head.contentLength, length: token?.rangeLength ?? options.rangeLength)
        let done = token?.finishedRanges.reduce(0) { $0 + ranges.bytes(of: $1) } ?? 0
        meter.begin(done: done, total: head.contentLength)
        try await session.fetch(ranges, of: head, into: file)
        try Task.checkCancellation()
        try await DownloadSession.targetFailure { try await file.move(to: path) }
    }

    private func partialFile(for path: String) async throws -> PartialFile {
        guard let resumed else {
            return try await DownloadSession.targetFailure { try await PartialFile.beside(path) }
        }
        guard let partialPath = resumed.partialPath else {
            throw TransferError(.invalidOptions, "this download did not go to a file: begin a new one")
        }
        do {
            let file = try await PartialFile.existing(partialPath)
            guard try await file.size() >= resumed.bytesWritten else {
                throw TransferError(
                    .partialFileLost, "the partial file lacks what was written to it: begin a new download")
            }
            return file
        } catch let error as R2FileError {
            throw TransferError(
                .partialFileLost, "the partial file cannot be opened: begin a new download", underlying: error)
        }
    }

    private func download(
        _ head: ObjectHead, to write: @escaping @Sendable (ByteBuffer) async throws -> Void,
        _ session: DownloadSession
    ) async throws {
        guard resumed?.partialPath == nil else {
            throw TransferError(.invalidOptions, "this download went to a file: resume it to a file")
        }
        if resumed == nil { latestToken.change { $0.set(begin(head, nil)) } }
        let start = resumed?.bytesDelivered ?? 0
        let ranges = DownloadRanges(size: head.contentLength, length: options.rangeLength, start: start)
        meter.begin(done: start, total: head.contentLength)
        try await session.fetch(ranges, of: head, into: write)
    }

    private func begin(_ head: ObjectHead, _ partialPath: String?) -> DownloadToken {
        DownloadToken(
            key: key, etag: head.etag, size: head.contentLength, rangeLength: options.rangeLength,
            partialPath: partialPath, finishedRanges: [], bytesDelivered: 0)
    }
}

extension DownloadSession {
    /// Leaves behind what the caller chose, and tells what went wrong.
    func failure(_ error: any Error) async -> TransferError {
        var failure = TransferError.download(error).because(of: client)
        guard let token = tokens.state.value else { return failure }
        let isUseless = failure.code == .objectChanged || failure.code == .partialFileLost
        // One that was resumed, and has changed nothing, stays as it is, whatever was chosen for failures.
        let isRemoved = isUseless || options.onFailure == .abort && hasBegun.load(ordering: .relaxed)
        if let path = token.partialPath {
            failure.cleanupError = await cleanup(within: .seconds(10)) {
                let file = try await PartialFile.existing(path)
                if isRemoved { try await file.remove() } else { try await file.synchronize() }
            }
            // What could not be opened has been lost before.
            if failure.code == .partialFileLost { failure.cleanupError = nil }
        }
        if isUseless || isRemoved && token.partialPath != nil { tokens.change { $0.clear() } }
        failure.downloadToken = tokens.state.value
        return failure
    }
}

extension TransferError {
    /// What an error of a download means.
    static func download(_ error: any Error) -> TransferError {
        switch error {
        case let error as TransferError: error
        case is CancellationError: TransferError(.cancelled, "the download was cancelled", underlying: error)
        case let error as R2KitError: TransferError(.invalidOptions, error.message, underlying: error)
        case let error as R2FileError: .target(error)
        default: TransferError(.requestFailed, "a request failed", underlying: error)
        }
    }
}
#endif
