#if Storage
import NIOCore
import R2Kit
import R2Storage
import Synchronization
import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension FaultScenario {
    mutating func download() async throws -> Report {
        let count =
            generator.happens(0.2) ? generator.pick([0, 1, 65_536]) : Int.random(in: 2...3_000_000, using: &generator)
        let content = world.content(count, &generator)
        try await world.direct.put(content, to: key)
        let options = DownloadOptions(
            rangeLength: generator.pick([65_536, 262_144, 1_048_576]), concurrency: generator.pick([1, 3, 8]),
            onFailure: generator.pick([.abort, .keepForResume]))
        let cancelsAfter = generator.happens(0.08) ? Int.random(in: 0...60, using: &generator) : nil
        return kind == .fileDownload
            ? try await toFile(content, options, cancelsAfter) : try await inOrder(content, options, cancelsAfter)
    }

    private func run(
        _ cancelsAfter: Int?, _ transfer: @escaping @Sendable () async throws(TransferError) -> Void
    ) async throws -> TransferError? {
        let task = Task { () -> TransferError? in
            do throws(TransferError) {
                try await transfer()
                return nil
            } catch {
                return error
            }
        }
        if let cancelsAfter {
            try await Task.sleep(for: .milliseconds(cancelsAfter))
            task.cancel()
        }
        return await task.value
    }

    private func toFile(_ content: ByteBuffer, _ options: DownloadOptions, _ cancelsAfter: Int?) async throws -> Report
    {
        var report = Report(kind: kind)
        let folder = world.folder.appendingPathComponent("download-\(number)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appendingPathComponent("video").path
        func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path) }
        func isWhole() -> Bool {
            FileManager.default.contents(atPath: path).map { ByteBuffer(bytes: $0) == content } ?? false
        }

        let (client, key) = (client, key)
        let error = try await run(cancelsAfter) { () async throws(TransferError) in
            try await client.download(key, to: .file(path), options: options)
        }
        guard let error else {
            check(isWhole(), "a successful download writes the object's bytes", &report)
            check(try names() == ["video"], "a successful download leaves one file: \(try names())", &report)
            return report
        }
        report.failure = "\(error.code) \(error.r2Error.map { "\($0.code)" } ?? "")"
        if options.onFailure == .abort || error.downloadToken == nil {
            check(error.downloadToken == nil, "an aborted download leaves no token", &report)
            check(try names().isEmpty, "an aborted download leaves no file: \(try names())", &report)
        } else if let token = error.downloadToken {
            check(
                try names().count == 1 && !isWhole(), "the target doesn't exist before it is complete: \(try names())",
                &report)
            report.isResumed = true
            world.plan.calm(key.rawValue)
            do {
                let kept = try JSONDecoder().decode(R2Download.ResumeToken.self, from: JSONEncoder().encode(token))
                try await patient.resume(kept, to: .file(path))
                check(isWhole(), "a resumed download writes the object's bytes", &report)
                check(try names() == ["video"], "a resumed download leaves one file: \(try names())", &report)
            } catch {
                check(false, "a kept download can be resumed: \(error)", &report)
            }
        }
        return report
    }

    /// Downloads to a closure or a sequence.
    private func inOrder(
        _ content: ByteBuffer, _ options: DownloadOptions, _ cancelsAfter: Int?
    ) async throws -> Report {
        var report = Report(kind: kind)
        let taken = Taken()
        let (client, key, isRead) = (client, key, kind == .readDownload)
        let error = try await run(cancelsAfter) { () async throws(TransferError) in
            if isRead {
                for try await chunk in client.bytes(of: key, options: options) { taken.append(chunk) }
            } else {
                try await client.download(key, to: .sink { taken.append($0) }, options: options)
            }
        }
        let before = taken.bytes
        guard let error else {
            check(before == content, "a successful download delivers the object's bytes", &report)
            return report
        }
        report.failure = "\(error.code) \(error.r2Error.map { "\($0.code)" } ?? "")"
        let beginning = content.getSlice(
            at: content.readerIndex, length: min(before.readableBytes, content.readableBytes))
        check(before == beginning, "a failed download delivers a prefix of the object", &report)
        if let token = error.downloadToken {
            check(
                token.bytesDelivered == Int64(before.readableBytes), "the token has the number of delivered bytes",
                &report)
            report.isResumed = true
            world.plan.calm(key.rawValue)
            do {
                try await patient.resume(token, to: .sink { taken.append($0) })
                check(taken.bytes == content, "a resumed download delivers the rest", &report)
            } catch {
                check(false, "a kept download can be resumed: \(error)", &report)
            }
        }
        return report
    }
}

/// The bytes that a closure received.
private final class Taken: Sendable {
    private let buffer = Mutex(ByteBuffer())

    var bytes: ByteBuffer { buffer.withLock { $0 } }

    func append(_ chunk: ByteBuffer) { buffer.withLock { _ = $0.writeImmutableBuffer(chunk) } }
}
#endif
