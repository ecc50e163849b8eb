#if Storage
internal import NIOCore
internal import R2Kit

/// An upload, which begins when ``run()`` is called.
///
/// ```swift
/// let upload = client.uploading(.file("lecture.mp4"), to: key)
/// async let result = upload.run()
/// for await progress in upload.progress { print(progress.fraction ?? 0) }
/// print(try await result.etag)
/// ```
///
/// It runs in the task that calls ``run()``, and is cancelled with it. There is nothing to be closed: an upload that is
/// never run has sent nothing.
public final class R2Upload: Sendable {
    private let client: R2Client
    private let source: UploadSource
    private let key: ObjectKey
    private let start: UploadStart
    private let options: UploadOptions
    private let state = TransferState<UploadToken>()
    private var meter: ProgressMeter { state.meter }
    private var latestToken: Monitor<Latest<UploadToken>> { state.latestToken }

    init(
        _ client: R2Client, _ source: UploadSource, to key: ObjectKey, _ start: UploadStart, _ options: UploadOptions
    ) {
        self.client = client
        self.source = source
        self.key = key
        self.start = start
        self.options = options
    }

    /// How far it has come.
    public var progress: TransferUpdates<TransferProgress> { meter.updates }

    /// What it can be resumed with, anew after each part.
    ///
    /// Keep the newest where it survives the process. An upload in one request has none.
    public var tokens: TransferUpdates<UploadToken> { TransferUpdates(latest: latestToken) }

    /// What it can be resumed with at this moment; `nil` if it has not begun, was completed or aborted, or goes in one
    /// request.
    public var token: UploadToken? { latestToken.state.value }

    /// Uploads.
    /// - Returns: What was uploaded.
    /// - Throws: ``TransferError``; its code is `cancelled` if the task was cancelled. What is left then is what
    ///   ``UploadOptions/onFailure`` says.
    public func run() async throws(TransferError) -> UploadResult {
        try await state.run("an upload", by: client, resuming: resumed) { client in
            let session = UploadSession(client, self.key, self.options, self.meter, self.latestToken)
            do {
                return try await self.upload(session)
            } catch {
                throw await session.failure(error)
            }
        } refused: { error in
            var refusal = TransferError.upload(error)
            refusal.uploadToken = self.resumed
            return refusal
        }
    }

    /// What an earlier upload left, if this one goes on with it.
    private var resumed: UploadToken? {
        if case .token(let token) = start { token } else { nil }
    }

    private func upload(_ session: UploadSession) async throws -> UploadResult {
        try options.check()
        switch source.content {
        case .file(let path): return try await upload(path, session)
        case .bytes(let bytes): return try await upload(bytes, session)
        case .stream(let stream): return try await upload(stream, session)
        }
    }

    private func upload(_ path: String, _ session: UploadSession) async throws -> UploadResult {
        let (file, status) = try await PartContent.sourceFailure {
            let file = try await TransferFile.reading(path)
            return (file, try await file.status())
        }
        let facts = SourceFacts(length: status.size, modified: status.modified, description: path)
        let content = { @Sendable (offset: Int64, length: Int64) in
            PartContent(file, status, offset: offset, length: length)
        }
        return try await upload(facts, status.size, content, session) { try await PartContent.check(file, status) }
    }

    private func upload(_ bytes: ByteBuffer, _ session: UploadSession) async throws -> UploadResult {
        let length = Int64(bytes.readableBytes)
        let content = { @Sendable (offset: Int64, length: Int64) in
            PartContent(bytes.getSlice(at: bytes.readerIndex + Int(offset), length: Int(length)) ?? ByteBuffer())
        }
        return try await upload(SourceFacts(length: length, description: "the source"), length, content, session) {}
    }

    /// Uploads a source of which every byte can be reached.
    private func upload(
        _ facts: SourceFacts, _ length: Int64, _ content: @escaping @Sendable (Int64, Int64) -> PartContent,
        _ session: UploadSession, check: () async throws -> Void
    ) async throws -> UploadResult {
        let resumption = try await resume(facts, session)
        if resumption == nil, length <= options.multipartThreshold {
            meter.begin(done: 0, total: length)
            return try await session.put(content(0, length))
        }
        let partLength = try resumption?.partLength ?? session.partLength(length)
        let plan = try PartPlan(totalLength: length, partLength: partLength)
        meter.begin(done: resumption?.finished.values.reduce(0) { $0 + $1.size } ?? 0, total: length)
        try await session.begin(resumption, partLength: partLength, facts)
        let feed = IndexedFeed(plan) { content($0.offset, $0.length) }
        try await session.sendParts(of: feed, resumption, countsFinished: false)
        try await check()
        return try await session.finish(resumption, total: length)
    }

    private func upload(_ stream: UploadSource.Stream, _ session: UploadSession) async throws -> UploadResult {
        let facts = SourceFacts(length: stream.length, description: "the stream")
        let resumption = try await resume(facts, session)
        let partLength = try resumption?.partLength ?? session.partLength(stream.length)
        guard partLength <= Self.maximumStreamPartLength else {
            throw TransferError(.invalidOptions, "parts of a stream are held in memory, and have at most 1 GiB")
        }
        meter.begin(done: 0, total: stream.length)
        let feed = StreamFeed(capacity: options.concurrency)
        return try await withThrowingTaskGroup(of: UploadResult?.self) { [meter] group in
            group.addTask {
                var reader = StreamReader(stream, partLength: Int(partLength), feed: feed) { meter.learn(total: $0) }
                try await reader.run()
                return nil
            }
            group.addTask {
                if resumption == nil, let whole = try await feed.whole() { return try await session.put(whole) }
                try await session.begin(resumption, partLength: partLength, facts)
                try await session.sendParts(of: feed, resumption, countsFinished: true)
                return try await session.finish(resumption, total: feed.total ?? 0)
            }
            for try await result in group {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    /// The most bytes of a part that is held in memory: 1 GiB.
    private static let maximumStreamPartLength: Int64 = 1024 * 1024 * 1024

    private func resume(_ facts: SourceFacts, _ session: UploadSession) async throws -> Resumption? {
        do {
            return try await session.resumption(start, facts)
        } catch let error as R2Error where error.isNotFound && error.code != .noSuchBucket {
            if let found = try await session.completedBefore(start, facts) { return found }
            throw TransferError.uploadNotFound(error)
        }
    }
}
#endif
