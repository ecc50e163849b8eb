#if Storage
import NIOCore
import R2Kit
import R2Storage
import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension FaultScenario {
    private static var partLength: Int { Int(PartPlan.minimumPartLength) }

    mutating func upload() async throws -> Report {
        let content = world.content(kind == .smallUpload ? smallCount() : largeCount(), &generator)
        let source = try source(content)
        let options = UploadOptions(
            checksum: generator.pick([nil, nil, .md5]), multipartThreshold: Int64(Self.partLength),
            partLength: Int64(Self.partLength), concurrency: generator.pick([1, 2, 4]),
            onFailure: generator.pick([.abort, .keepForResume]), abortTimeLimit: .seconds(2))
        let cancelsAfter = generator.happens(0.08) ? Int.random(in: 0...80, using: &generator) : nil
        let (client, key) = (client, key)
        let task = Task { () -> Result<UploadResult, TransferError> in
            do throws(TransferError) {
                return .success(try await client.upload(source(), to: key, options: options))
            } catch {
                return .failure(error)
            }
        }
        if let cancelsAfter {
            try await Task.sleep(for: .milliseconds(cancelsAfter))
            task.cancel()
        }
        let result = await task.value
        try await connections.drain(into: world.log)
        var report = Report(kind: kind)
        switch result {
        case .success(let result): try await checkSuccess(result, content, &report)
        case .failure(let error):
            report.failure = "\(error.code) \(error.r2Error.map { "\($0.code)" } ?? "")"
            try await checkFailure(error, content, options.onFailure, source, &report)
        }
        return report
    }

    /// A random size of two or three parts, with preference for limits.
    private mutating func largeCount() -> Int {
        let whole = Self.partLength * generator.pick([1, 1, 1, 2])
        return whole + generator.pick([1, 0, Int.random(in: 2...400_000, using: &generator)])
            + (whole == Self.partLength ? 1 : 0)
    }

    /// Returns a source of the content, each time it is called.
    private mutating func source(_ content: ByteBuffer) throws -> @Sendable () -> UploadSource {
        switch kind {
        case .fileUpload:
            let path = world.folder.appendingPathComponent("upload-\(number)").path
            try Data(content.readableBytesView).write(to: URL(fileURLWithPath: path))
            return { .file(path) }
        case .streamUpload:
            let step = generator.pick([65_536, 1_000_003, 7 * 1024 * 1024])
            return {
                .stream(
                    AsyncStream { continuation in
                        var rest = content
                        while let chunk = rest.readSlice(length: min(step, rest.readableBytes)), chunk.readableBytes > 0
                        {
                            continuation.yield(chunk)
                        }
                        continuation.finish()
                    })
            }
        default: return { .bytes(content) }
        }
    }

    private func checkSuccess(_ result: UploadResult, _ content: ByteBuffer, _ report: inout Report) async throws {
        let stored = try await world.stored(key)
        check(stored == content, "a successful upload stores the source's bytes", &report)
        check(result.size == Int64(content.readableBytes), "the result has the size", &report)
        let head = try await world.direct.head(key)
        check(head.etag == result.etag, "the result has the ETag: \(result.etag), not \(head.etag)", &report)
        try await checkNoUploads(&report)
    }

    private static func difference(_ stored: ByteBuffer, _ content: ByteBuffer) -> String {
        let same = zip(stored.readableBytesView, content.readableBytesView).prefix { $0 == $1 }.count
        return "\(stored.readableBytes) of \(content.readableBytes) bytes are stored, and the first \(same) are right"
    }

    private func checkFailure(
        _ error: TransferError, _ content: ByteBuffer, _ policy: FailurePolicy, _ source: @Sendable () -> UploadSource,
        _ report: inout Report
    ) async throws {
        let stored = try await world.stored(key)
        check(
            stored == nil || stored == content,
            "a failed upload leaves the whole object or none, but \(stored.map { Self.difference($0, content) } ?? "")",
            &report)
        switch policy {
        case .abort:
            // The error has the token of an upload that couldn't be aborted.
            let isLeft = error.cleanupError != nil
            check((error.uploadToken != nil) == isLeft, "an aborted upload leaves no token: \(error)", &report)
            try await checkNoUploads(besides: error.uploadToken, after: error, &report)
            if let token = error.uploadToken { try? await world.direct.abortMultipartUpload(token.uploadID, key: key) }
        case .keepForResume:
            guard let token = error.uploadToken else {
                check(
                    world.log.sentParts(of: key.rawValue).isEmpty, "an upload with sent parts has a token",
                    &report)
                return try await checkNoUploads(after: error, &report)
            }
            try await checkNoUploads(besides: stored == nil ? token : nil, &report)
            try await resume(token, content, source(), &report)
        }
    }

    /// Resumes without faults.
    ///
    /// It must succeed and send nothing twice.
    private func resume(
        _ token: R2Upload.ResumeToken, _ content: ByteBuffer, _ source: UploadSource, _ report: inout Report
    ) async throws {
        report.isResumed = true
        let finished = world.log.finishedParts(of: key.rawValue)
        let sentBefore = world.log.sentParts(of: key.rawValue).count
        var listed: [String] = []
        do {
            for try await part in world.direct.listParts(of: token.uploadID, key: key) {
                listed.append("\(part.number): \(part.size) bytes")
            }
        } catch {
            // The upload is complete.
        }
        world.plan.calm(key.rawValue)
        do {
            let kept = try JSONDecoder().decode(R2Upload.ResumeToken.self, from: JSONEncoder().encode(token))
            let result = try await patient.resume(kept, from: source)
            try await patientConnections.drain(into: world.log)
            let sent = Set(world.log.sentParts(of: key.rawValue).dropFirst(sentBefore))
            check(
                sent.isDisjoint(with: finished),
                "finished parts \(finished) aren't sent again: \(sent), listed \(listed)", &report)
            try await checkSuccess(result, content, &report)
        } catch let error as TransferError {
            check(false, "a kept upload can be resumed: \(error)", &report)
        }
    }

    /// Checks that no upload is left except a reported one, and an empty one for each lost creation response.
    private func checkNoUploads(
        besides known: R2Upload.ResumeToken? = nil, after error: TransferError? = nil, _ report: inout Report
    ) async throws {
        let left = try await world.openUploads(key).filter { $0 != known?.uploadID }
        // The ID of a creation that timed out is unknown, too.
        let isCreation = error?.r2Error?.operation == CreateMultipartUpload.name
        let isGivenUp = (isCreation || error?.code == .cancelled) && error?.uploadToken == nil
        // The client logs all creations that timed out except the last.
        let waited = world.timedOutCreations[key] + (isCreation && error?.r2Error?.code == .timedOut ? 1 : 0)
        let unknown = max(world.log.unknownUploads(of: key.rawValue) + waited, isGivenUp ? 1 : 0)
        let creations = world.log.entries(CreateMultipartUpload.name, key: key.rawValue).map {
            "\($0.fault), \($0.status ?? 0), \($0.hasResponse ? "response passed on" : "response lost")"
        }
        let outcome = "\(error.map { "\($0)" } ?? "success"); created: \(creations)"
        check(left.count <= unknown, "at most \(unknown) unknown uploads are left: \(left.count); \(outcome)", &report)
        for id in left {
            for try await part in world.direct.listParts(of: id, key: key) {
                check(false, "an unknown leftover upload has no part: \(part.number); \(outcome)", &report)
            }
        }
        report.unknownUploads = left.count
        report.uploadsThatMayBeLeft = unknown
    }
}
#endif
