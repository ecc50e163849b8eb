#if Storage
import AsyncHTTPClient
import NIOCore
import R2Kit
@testable import R2Storage
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

let mebibyte: Int64 = 1024 * 1024
/// The minimum size of a part in R2.
let partLength: Int64 = 5 * mebibyte

/// A bucket with a client and a temporary directory.
struct TransferFixture: Sendable {
    let bucket: FakeBucket
    let client: R2Client
    let directory: String
    let key: ObjectKey

    /// Runs a test with its own server, and cleans up.
    ///
    /// The client waits without an end for a response that is held.
    static func run(
        retry: RetryPolicy = RetryPolicy(), shutdownTimeLimit: Duration? = .seconds(600), ownsConnections: Bool = false,
        _ test: @escaping @Sendable (TransferFixture) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "r2kit-transfer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let bucket = FakeBucket()
        try await bucket.serve { port in
            var configuration = R2ClientConfiguration(retry: retry, shutdownTimeLimit: shutdownTimeLimit)
            configuration.stallTimeout = .seconds(1_000_000)
            let fixture = try TransferFixture(bucket, port: port, directory.path, configuration, ownsConnections)
            do {
                try await test(fixture)
            } catch {
                if ownsConnections { try await fixture.client.shutdown() }
                throw error
            }
            if ownsConnections { try await fixture.client.shutdown() }
        }
    }

    private init(
        _ bucket: FakeBucket, port: Int, _ directory: String, _ configuration: R2ClientConfiguration,
        _ ownsConnections: Bool
    ) throws {
        self.bucket = bucket
        self.directory = directory
        let config = try R2Config(
            endpoint: R2Endpoint("http://127.0.0.1:\(port)"),
            credentials: R2Credentials(accessKeyID: "AKIDTEST", secretAccessKey: "secret"),
            bucket: BucketName("videos"))
        client =
            ownsConnections
            ? R2Client(owningHTTPClientFor: config, configuration: configuration) : Self.client(config, configuration)
        key = try ObjectKey("lectures/1 + é.mp4")
    }

    /// Returns a client whose pauses take no time.
    private static func client(_ config: R2Config, _ configuration: R2ClientConfiguration) -> R2Client {
        var environment = ClientEnvironment.live
        environment.random = { 0 }
        environment.pause = { _ in try Task.checkCancellation() }
        return R2Client(config, httpClient: .sharedByR2Clients, configuration: configuration, environment: environment)
    }

    /// Returns another client of the same bucket.
    func another() -> R2Client { Self.client(client.config, .patient) }

    func path(_ name: String) -> String { "\(directory)/\(name)" }

    /// Writes a file, and returns its path.
    func file(_ bytes: ByteBuffer, _ name: String = "source") throws -> String {
        try Data(bytes.readableBytesView).write(to: URL(filePath: path(name)))
        return path(name)
    }

    func contents(_ name: String) -> ByteBuffer? {
        (try? Data(contentsOf: URL(filePath: path(name)))).map { ByteBuffer(bytes: $0) }
    }

    /// The names of the files in the directory.
    var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory))?.sorted() ?? [] }

    var object: StrictBucket.Object? { bucket.object(key.rawValue) }

    /// Returns options that send parts of the minimum size, even for a small source.
    static func parts(
        concurrency: Int = 3, onFailure: FailurePolicy = .abort, checksum: Checksum.Algorithm? = nil
    ) -> UploadOptions {
        UploadOptions(
            checksum: checksum, multipartThreshold: 0, partLength: partLength, concurrency: concurrency,
            onFailure: onFailure, abortTimeLimit: .seconds(600))
    }
}

/// Returns bytes without repetition, which depend on the seed.
func pattern(_ count: Int64, seed: UInt64 = 1) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: Int(count) + 8)
    var state = seed
    while buffer.readableBytes < Int(count) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // The same 4 KiB in another order and with another beginning each time would be slower to make.
        buffer.writeInteger(state)
        let block = [UInt8](repeating: UInt8(truncatingIfNeeded: state >> 40), count: 4088)
        buffer.writeBytes(block)
    }
    return buffer.getSlice(at: 0, length: Int(count)) ?? ByteBuffer()
}

func slice(_ buffer: ByteBuffer, _ offset: Int64, _ length: Int64) -> ByteBuffer {
    buffer.getSlice(at: buffer.readerIndex + Int(offset), length: Int(length)) ?? ByteBuffer()
}

/// Returns the error of a transfer.
func transferError(
    _ work: () async throws(TransferError) -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> TransferError {
    do {
        try await work()
    } catch {
        return error
    }
    Issue.record("the transfer succeeded", sourceLocation: sourceLocation)
    throw CancellationError()
}

/// Waits until a condition holds, for at most two minutes, because other suites run at the same time.
func eventually(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () -> Bool
) async throws {
    let end = ContinuousClock.now + .onBusyMachine
    while !condition() {
        guard ContinuousClock.now < end else {
            Issue.record(what, sourceLocation: sourceLocation)
            throw CancellationError()
        }
        try await Task.sleep(for: .milliseconds(2))
    }
}
#endif
