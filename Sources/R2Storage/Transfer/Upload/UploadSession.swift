#if Storage
internal import Crypto
internal import NIOCore
internal import R2Kit
internal import Synchronization

/// What the steps of one upload share.
final class UploadSession: Sendable {
    let client: R2Client
    let key: ObjectKey
    let options: UploadOptions
    let meter: ProgressMeter
    let tokens: Monitor<Latest<UploadToken>>
    /// Whether there is an upload in parts that this session has made, or has found to be its own.
    let hasBegun = Atomic(false)

    init(
        _ client: R2Client, _ key: ObjectKey, _ options: UploadOptions, _ meter: ProgressMeter,
        _ tokens: Monitor<Latest<UploadToken>>
    ) {
        self.client = client
        self.key = key
        self.options = options
        self.meter = meter
        self.tokens = tokens
    }

    /// The part size for a source, of which the length may be unknown.
    func partLength(_ length: Int64?) throws -> Int64 {
        if let wished = options.partLength {
            _ = try PartPlan(totalLength: max(1, length ?? 1), partLength: wished)
            return wished
        }
        guard let longest = length ?? options.maximumStreamLength else { return PartPlan.preferredPartLength }
        return try PartPlan(totalLength: max(1, longest)).partLength
    }

    // MARK: One request

    /// Uploads in one request.
    func put(_ content: PartContent) async throws -> UploadResult {
        let part = PartMeter(meter)
        let operation = PutObject(
            key, contentLength: content.length, properties: options.properties,
            checksum: try await checksum(of: content), conditions: options.condition?.objectConditions ?? .none,
            storageClass: options.storageClass, customerKey: options.customerKey)
        let answer = try await client.send(operation, body: content.body { part.sent($0) })
        part.finish(length: content.length)
        return UploadResult(
            key: key, etag: answer.etag, size: content.length, partCount: nil, bytesSent: meter.movedBytes)
    }

    private func checksum(of content: PartContent) async throws -> Checksum? {
        guard let algorithm = options.checksum, let digest = ContentDigest(algorithm) else { return nil }
        return try Checksum(algorithm, bytes: try await content.checksum(digest))
    }

    // MARK: Parts

    /// Begins an upload in parts, or goes on with one, and keeps its token.
    func begin(_ resumption: Resumption?, partLength: Int64, _ source: SourceFacts) async throws {
        let id: UploadID
        if let resumption {
            id = resumption.uploadID
        } else {
            id = try await create()
        }
        let token = UploadToken(
            key: key, uploadID: id, partLength: partLength, totalLength: source.length, fileModified: source.modified,
            condition: resumption == nil ? options.condition : resumption?.condition,
            parts: resumption?.finished.values.sorted { $0.number < $1.number } ?? [])
        tokens.change { $0.set(token) }
        hasBegun.store(true, ordering: .relaxed)
        try Task.checkCancellation()
    }

    private func create() async throws -> UploadID {
        let operation = CreateMultipartUpload(
            key, properties: options.properties, storageClass: options.storageClass, customerKey: options.customerKey)
        // An upload whose id is not heard of stays at R2: after a cancellation the answer is still waited for.
        let creation = Task { [client] in try await client.send(operation) }
        return try await withTaskCancellationHandler {
            try await creation.value
        } onCancel: { [limit = options.abortTimeLimit] in
            Task {
                try? await Task.sleep(for: limit)
                creation.cancel()
            }
        }
    }

    /// Sends all parts of a feed that are not finished, several at a time, each task one after the other.
    func sendParts(of feed: some PartFeed, _ resumption: Resumption?, countsFinished: Bool) async throws {
        guard let token = tokens.state.value else { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<options.concurrency {
                group.addTask {
                    while let part = try await feed.next() {
                        try Task.checkCancellation()
                        let finished = resumption?.finished[part.number]
                        if let finished, finished.size == part.content.length {
                            if resumption?.comparesContent == true { try await self.compare(part, finished) }
                            if countsFinished { self.meter.count(done: finished.size) }
                        } else {
                            try await self.send(part, token.uploadID, replaces: finished != nil)
                        }
                        feed.release()
                    }
                }
            }
            // The first error ends the group, and cancels what is under way.
            for try await _ in group {}
        }
    }

    private func send(_ part: OutgoingPart, _ id: UploadID, replaces: Bool) async throws {
        let partMeter = PartMeter(meter)
        let operation = UploadPart(
            part.number, of: id, key: key, contentLength: part.content.length,
            checksum: try await checksum(of: part.content), customerKey: options.customerKey)
        let answer = try await client.send(operation, body: part.content.body { partMeter.sent($0) })
        let stored = UploadToken.Part(number: part.number, etag: answer.etag, size: part.content.length)
        tokens.change { $0.update { $0.set(stored, replaces: replaces) } }
        partMeter.finish(length: part.content.length)
    }

    /// Refuses a source whose bytes are not those of a part that R2 has.
    private func compare(_ part: OutgoingPart, _ finished: UploadToken.Part) async throws {
        let digest = try await part.content.checksum(.md5(.init()))
        guard digest == MultipartETag.digest(finished.etag) else {
            throw TransferError(
                .sourceChanged,
                "part \(part.number) of the source has other bytes than R2 has stored: begin a new upload")
        }
    }
}
#endif
