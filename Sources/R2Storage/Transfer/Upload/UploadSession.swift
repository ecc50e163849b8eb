#if Storage
internal import NIOCore
internal import R2Kit
internal import Synchronization

/// The requests of one upload, and the state they share.
final class UploadSession: Sendable {
    let key: ObjectKey
    let options: UploadOptions
    let client: R2Client
    let meter: ProgressMeter
    let latestToken: Monitor<LatestValue<R2Upload.ResumeToken>>
    /// A Boolean value that indicates whether the session created an upload in parts, or took one over.
    let ownsUpload = Atomic(false)

    init(
        key: ObjectKey, options: UploadOptions, client: R2Client, meter: ProgressMeter,
        latestToken: Monitor<LatestValue<R2Upload.ResumeToken>>
    ) {
        self.key = key
        self.options = options
        self.client = client
        self.meter = meter
        self.latestToken = latestToken
    }

    /// Returns the part size for a source, whose length may be unknown.
    func partLength(forSourceLength length: Int64?) throws -> Int64 {
        if let partLength = options.partLength {
            _ = try PartPlan(totalLength: max(1, length ?? 1), partLength: partLength)
            return partLength
        }
        guard let maximum = length ?? options.maximumStreamLength else { return PartPlan.preferredPartLength }
        return try PartPlan(totalLength: max(1, maximum)).partLength
    }

    // MARK: A single request

    /// Uploads the content in a single request.
    func put(_ content: PartContent) async throws -> UploadResult {
        let part = PartMeter(meter)
        let operation = PutObject(
            key, contentLength: content.length, properties: options.properties,
            checksum: try await checksum(of: content),
            conditions: ObjectConditions(precondition: options.precondition), storageClass: options.storageClass,
            customerKey: options.customerKey)
        let output = try await client.send(operation, body: content.body { part.addSent($0) })
        part.finish(length: content.length)
        return UploadResult(
            key: key, etag: output.etag, size: content.length, partCount: nil, bytesSent: meter.transferredBytes)
    }

    private func checksum(of content: PartContent) async throws -> Checksum? {
        guard let algorithm = options.checksum, let digest = ContentDigest(algorithm) else { return nil }
        return try Checksum(algorithm, bytes: try await content.checksum(digest))
    }

    // MARK: Parts

    /// Creates an upload in parts, or takes one over, and publishes its token.
    func begin(_ resumption: UploadResumption?, partLength: Int64, source: SourceInfo) async throws {
        let id: UploadID
        if let resumption {
            id = resumption.uploadID
        } else {
            id = try await createUpload()
        }
        let token = R2Upload.ResumeToken(
            key: key, uploadID: id, partLength: partLength, totalLength: source.length, fileModified: source.modified,
            precondition: resumption == nil ? options.precondition : resumption?.precondition,
            parts: resumption?.finished.values.sorted { $0.number < $1.number } ?? [])
        latestToken.change { $0.set(token) }
        ownsUpload.store(true, ordering: .relaxed)
        try Task.checkCancellation()
    }

    private func createUpload() async throws -> UploadID {
        let operation = CreateMultipartUpload(
            key, properties: options.properties, storageClass: options.storageClass, customerKey: options.customerKey)
        // An upload without a known ID can't be aborted. So a cancelled task still waits for the response.
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

    /// Sends all unfinished parts of a feed, several at a time.
    func sendParts(of feed: some PartFeed, resumption: UploadResumption?, countsFinished: Bool) async throws {
        guard let token = latestToken.state.value else { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let pace = UploadPace(client.core)
            for count in 0..<options.concurrency {
                group.addTask {
                    try await pace.wait(after: count)
                    defer { pace.end() }
                    while let part = try await feed.next() {
                        try Task.checkCancellation()
                        let finished = resumption?.finished[part.number]
                        if let finished, finished.size == part.content.length {
                            if resumption?.comparesContent == true { try await self.compare(part, with: finished) }
                            if countsFinished { self.meter.addCompleted(finished.size) }
                        } else {
                            try await self.send(part, of: token.uploadID, replacing: finished != nil)
                        }
                        feed.release()
                    }
                }
            }
            // The first error ends the group and cancels the other tasks.
            for try await _ in group {}
        }
    }

    private func send(_ part: OutgoingPart, of id: UploadID, replacing isReplacement: Bool) async throws {
        let partMeter = PartMeter(meter)
        let operation = UploadPart(
            part.number, of: id, key: key, contentLength: part.content.length,
            checksum: try await checksum(of: part.content), customerKey: options.customerKey)
        let output = try await client.send(operation, body: part.content.body { partMeter.addSent($0) })
        let stored = R2Upload.ResumeToken.Part(number: part.number, etag: output.etag, size: part.content.length)
        latestToken.change { $0.update { $0.add(stored, replacing: isReplacement) } }
        partMeter.finish(length: part.content.length)
    }

    /// Throws if a part of the source differs from the part in R2.
    private func compare(_ part: OutgoingPart, with finished: R2Upload.ResumeToken.Part) async throws {
        guard let digest = ContentDigest(.md5),
            try await part.content.checksum(digest) == MultipartETag.md5(finished.etag)
        else {
            throw TransferError(
                .sourceChanged, "Part \(part.number) of the source differs from the one in R2: start a new upload.")
        }
    }
}
#endif
