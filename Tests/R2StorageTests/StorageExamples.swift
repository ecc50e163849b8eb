#if Storage
import HTTPTypes
import Logging
import NIOCore
import R2Kit
import R2Storage
import ServiceLifecycle
import Testing
import UnixSignals

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The Swift code of the guide to storage, the articles and the documentation comments, each example exactly as there.
///
/// The examples need a bucket, so they are compiled but not run.
private struct StorageExamples {
    private struct Writer { func write(_ chunk: ByteBuffer) async throws {} }

    private struct Server: Service { func run() async throws {} }

    private let logger = Logger.silent
    private let config: R2Config
    private let client: R2Client
    private let key: ObjectKey
    private let copyKey: ObjectKey
    private let path = "lecture.mp4"
    private let stateFile = URL(filePath: "lecture.mp4.r2-upload")
    private let writer = Writer()
    private let server = Server()
    private let chunks = AsyncStream<ByteBuffer> { $0.finish() }

    // MARK: Guide

    func client() async throws {
        let client = R2Client(try R2Config(), logger: logger)  // account, bucket and access key from the environment
        let key = try ObjectKey("videos/42/lecture.mp4")
        _ = (client, key)
    }

    func singleOperations() async throws {
        let metadata = try await client.head(key)  // size, type, ETag, user metadata
        let isThere = try await client.exists(key)
        try await client.put(Array("hello".utf8), to: key, properties: ObjectProperties(contentType: "text/plain"))
        try await client.copy(CopySource(key), to: copyKey)
        try await client.delete(copyKey)
        try await use(metadata, isThere)
    }

    func conditions(_ metadata: ObjectMetadata) async throws {
        try await client.put(fileAt: "poster.jpg", to: key, conditions: ObjectConditions(precondition: .ifAbsent))
        try await client.put(
            fileAt: "poster.jpg", to: key, conditions: ObjectConditions(precondition: .ifMatch(metadata.etag)))
    }

    func lists() async throws {
        for try await object in client.list(prefix: "videos/42/") { print(object.key, object.size) }
        for try await entry in client.list(prefix: "videos/", delimiter: "/") {
            if case .commonPrefix(let folder) = entry { print(folder) }
        }
    }

    func deletions() async throws {
        let old = client.list(prefix: "tmp/").map(\.key)
        let failures = try await client.deleteObjects(old) { if let error = $0.error { logger.error("\(error)") } }
        try await use(failures)
    }

    func streaming() async throws {
        let object = try await client.get(key, range: .from(1_048_576))
        for try await chunk in object.body { try await writer.write(chunk) }

        try await client.put(.sequence(chunks, length: 5_242_880), to: key)  // chunks: AsyncSequence of ByteBuffer
    }

    func transfers() async throws {
        var options = UploadOptions()
        options.properties.contentType = "video/mp4"
        let result = try await client.upload(.file("lecture.mp4"), to: key, options: options)
        try await client.download(key, to: .file("lecture.mp4"))
        for try await chunk in client.bytes(of: key) { try await writer.write(chunk) }
        try await use(result)
    }

    func progress() async throws {
        let upload = client.makeUpload(.file("lecture.mp4"), to: key)
        async let uploaded = upload.run()
        for await progress in upload.progress { print(progress.bytesDone, progress.fraction ?? 0) }
        print(try await uploaded.etag)
    }

    func leavingAToken() async throws {
        do {
            _ = try await client.upload(.file(path), to: key, options: UploadOptions(onFailure: .keepForResume))
        } catch {
            guard let token = error.uploadToken else { throw error }
            try JSONEncoder().encode(token).write(to: stateFile)  // holds no secret
        }
    }

    func resuming() async throws {
        let token = try JSONDecoder().decode(R2Upload.ResumeToken.self, from: Data(contentsOf: stateFile))
        let resumed = try await client.resume(token, from: .file(path))
        try await use(resumed)
    }

    func retries() async throws {
        var configuration = R2ClientConfiguration()
        configuration.retry.maximumAttempts = 3
        configuration.timeLimit = .seconds(30)
        let hasty = R2Client(config, logger: logger, configuration: configuration)
        let metadata = try await hasty.with(timeLimit: .seconds(2)).head(key)
        try await use(metadata)
    }

    func errors() async throws {
        do {
            try await client.delete(key)
        } catch let error as R2Error where error.code == .objectLockedByBucketPolicy {
            logger.warning("kept by the bucket's lock", metadata: ["request-id": "\(error.requestID ?? "-")"])
        }
    }

    // MARK: Guide to presigning

    func startingParts() async throws {
        let uploadID = try await client.createMultipartUpload(
            key, properties: ObjectProperties(contentType: "video/mp4"))
        try await use(uploadID)
    }

    func startingPartsByHand(_ status: Int, _ headerFields: HTTPFields, _ body: [UInt8]) throws -> UploadID {
        let create = CreateMultipartUpload(key, properties: ObjectProperties(contentType: "video/mp4"))
        let signed = try R2RequestSigner(config).sign(create.request())
        let uploadID = try create.output(from: R2Response(status: status, headerFields: headerFields, body: body))
        _ = signed
        return uploadID
    }

    func signingParts(_ presigner: R2Presigner, _ uploadID: UploadID) async throws {
        let plan = try PartPlan(totalLength: 2_000_000_000)  // 239 parts, of 8 MiB all but the last
        let first = try presigner.presignParts(plan.parts.prefix(20), of: uploadID, key: key)
        let next = try presigner.presignParts(plan.parts.dropFirst(20).prefix(20), of: uploadID, key: key)
        try await use(first, next)
    }

    func completingParts(_ clientParts: Data, _ uploadID: UploadID) async throws {
        let parts = try JSONDecoder().decode([CompletedPart].self, from: clientParts)
        try await client.completeMultipartUpload(uploadID, key: key, parts: parts, precondition: .ifAbsent)
    }

    func missingParts(_ presigner: R2Presigner, _ plan: PartPlan, _ uploadID: UploadID) async throws {
        var stored: Set<Int> = []
        for try await part in client.listParts(of: uploadID, key: key) { stored.insert(part.number) }
        let missing = plan.parts.filter { !stored.contains($0.number) }
        let rest = try presigner.presignParts(missing.prefix(20), of: uploadID, key: key)
        try await use(rest)
    }

    // MARK: Articles and documentation comments

    func client2() async throws {
        let client = R2Client(try R2Config())
        let metadata = try await client.head(key)
        for try await object in client.list(prefix: "videos/") { print(object.key) }
        try await use(metadata)
    }

    func landingPage() async throws {
        let client = R2Client(try R2Config(), logger: logger)
        try await client.put(fileAt: "lecture.mp4", to: key, properties: ObjectProperties(contentType: "video/mp4"))
        for try await chunk in try await client.get(key).body { try await writer.write(chunk) }
    }

    func entries() async throws {
        for try await entry in client.list(prefix: "videos/", delimiter: "/") { print(entry) }
    }

    func deletionsByReport() async throws {
        let old = client.list(prefix: "tmp/").map(\.key)
        try await client.deleteObjects(old) { if let error = $0.error { print(error) } }
    }

    func stream() async throws {
        let stream = try await client.stream(GetObject(key))
        for try await chunk in stream.body { try await writer.write(chunk) }
    }

    func uploadWithType() async throws {
        var options = UploadOptions()
        options.properties.contentType = "video/mp4"
        let result = try await client.upload(.file("lecture.mp4"), to: key, options: options)
        try await use(result)
    }

    func uploadWithProgress() async throws {
        let upload = client.makeUpload(.file("lecture.mp4"), to: key)
        async let result = upload.run()
        for await progress in upload.progress { print(progress.fraction ?? 0) }
        print(try await result.etag)
    }

    func continuing() async throws {
        do {
            _ = try await client.upload(.file(path), to: key, options: UploadOptions(onFailure: .keepForResume))
        } catch {
            guard let token = error.uploadToken else { throw error }
            _ = try await client.resume(token, from: .file(path))
        }
    }

    func downloadWithProgress() async throws {
        let download = client.makeDownload(key, to: .file("lecture.mp4"))
        async let result = download.run()
        for await progress in download.progress { print(progress.fraction ?? 0) }
        print(try await result.size)
    }

    func downloads() async throws {
        try await client.download(key, to: .file("lecture.mp4"))
        try await client.download(key, to: .sink { chunk in try await writer.write(chunk) })
        for try await chunk in client.bytes(of: key) { try await writer.write(chunk) }
    }

    func service() async throws {
        let storage = R2ClientService(try R2Config(), logger: logger)
        let group = ServiceGroup(services: [storage, server], gracefulShutdownSignals: [.sigterm], logger: logger)
        try await group.run()
    }

    func setup() async throws {
        print(try await client.checkSetup(origin: "https://app.example.com"))
    }

    private func use<each Value>(_ values: repeat each Value) async throws {}
}
#endif
